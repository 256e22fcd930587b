import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.formats.imported import ImportedAnswer
from checklists.formats.microsoft_csv import read_microsoft_csv
from checklists.language import PILLARS, ChecklistErrors
from checklists.scoring import AnswerValue, Risk, risk_of

SAMPLE = Path(__file__).parent.parent / "samples" / "ms_assessment_csv" / "Azure_Well_Architected_Review_Sample.csv"
HEADER = ["Category", "Question", "Answers", "Selected Answer", "Note"]
NONE = "None of the above."
HEAD = [
    ["Gen AI Assessment - Nov 17, 2025 - 2:38:53 AM"],
    [],
    ["Recommendations for your workload"],
    ["Your overall results", "Critical", "'4/120'"],
    ["Reliability", "Not assessed"],
    [],
    ["-----------"],
    [],
]


def row(question, answer, selected="", note="", category="Security"):
    return [category, question, answer, answer if selected is True else selected, note]


BANK = [row("Keys?", "Rotated", True), row("Keys?", "In a vault"), row("Keys?", NONE)]


def table(*rows, head=HEAD, header=HEADER, newline="\r\n"):
    text = io.StringIO()
    csv.writer(text, lineterminator=newline).writerows([*head, header, *rows])
    return text.getvalue().encode()


def read(*rows, **more):
    return read_microsoft_csv(table(*rows, **more), "a.csv")


def only(imported):
    (question,) = imported.checklist.questions
    return question


def refusal(data):
    with pytest.raises(ChecklistErrors) as refused:
        read_microsoft_csv(data, "a.csv")
    return str(refused.value)


def test_a_public_export_is_read_whole():
    imported = read_microsoft_csv(SAMPLE.read_bytes(), SAMPLE.name)
    summary = imported.summary()
    assert (summary["format"], summary["questions"], summary["choices"]) == ("microsoft-csv", 60, 437)
    assert summary["pillars"] == 5
    assert [(section.title, len(section.questions)) for section in imported.checklist.sections] == [
        ("Reliability", 10),
        ("Security", 12),
        ("Cost Optimization", 14),
        ("Operational Excellence", 12),
        ("Performance Efficiency", 12),
    ]
    assert len(imported.answers) == 60
    for question in imported.checklist.questions:
        (chosen,) = imported.answers[question.id].selected
        assert question.choices[int(chosen[1:]) - 1].none_of_these


def test_what_is_not_taken_over_is_said():
    imported = read_microsoft_csv(SAMPLE.read_bytes(), SAMPLE.name)
    assert imported.skipped[0].startswith("98 recommendations (priority: 87 High, 9 Medium, 2 Low): ")
    assert imported.skipped[1].startswith("3 next steps")
    assert "Reliability Critical 0/200" in imported.warnings[0]
    assert "Microsoft’s and are not taken over" in imported.warnings[0]


def test_nothing_of_one_workload_gets_into_the_checklist_that_all_teams_see():
    imported = read(*BANK, row("Keys?", "Named Falcon", note="the Falcon project"))
    assert "Falcon project" not in str(imported.checklist.to_json())
    assert "4/120" not in str(imported.checklist.to_json())


def test_the_date_of_an_export_is_no_part_of_the_checklists_name():
    first, later = read(*BANK), read(*BANK, head=[["Gen AI Assessment - Dec 1, 2025 - 1:00:00 PM"]])
    assert first.checklist.id == "microsoft-gen-ai-assessment"
    assert later.checklist == first.checklist
    assert read(*BANK, head=[["DevOps - Full Test"]]).checklist.title == "DevOps - Full Test"
    assert read(*BANK, head=[]).checklist.title == "Microsoft assessment"


def test_all_practices_leave_no_risk_some_medium_none_high():
    question = only(read(*BANK))
    assert (question.kind, question.obligatory, question.usual_weight) == ("practices", True, 3)
    assert [choice.id for choice in question.choices] == ["c1", "c2", "c3"]
    risks = [risk_of(question, AnswerValue(frozenset(chosen))) for chosen in (["c1", "c2"], ["c1"], ["c3"])]
    assert risks == [Risk.NONE, Risk.MEDIUM, Risk.HIGH]


def test_a_question_with_one_practice_has_no_rule_that_can_never_fire():
    question = only(read(row("Keys?", "Rotated"), row("Keys?", NONE)))
    assert [rule.risk for rule in question.risk_rules] == ["none", "high"]


def test_what_was_selected_and_noted_becomes_the_answer():
    imported = read(
        row("Keys?", "Rotated", True, "Every 90 days,\nby a job."),
        row("Keys?", "In a vault", True, "ADR-7"),
        row("Keys?", NONE, note="ADR-7"),
        row("Logs?", "Kept"),
        row("Logs?", NONE, note="nobody knows"),
        row("Backups?", "Made"),
    )
    keys, logs, backups = (question.id for question in imported.checklist.questions)
    assert imported.answers == {
        keys: ImportedAnswer(("c1", "c2"), "Every 90 days,\nby a job.\nADR-7"),
        logs: ImportedAnswer((), "nobody knows"),
    }
    assert backups not in imported.answers


def test_ids_depend_on_category_and_question_alone():
    whole = read(row("Other?", "Yes"), *BANK).checklist.questions[1]
    assert whole.id == only(read(*BANK)).id
    assert whole.label == "1.2"
    assert only(read(row("Keys?", "Rotated", category="Cost"))).id != whole.id


def test_categories_that_are_no_pillars_are_pillars_of_their_own():
    genai = read(
        row("Keys?", "Rotated", category="GenAI Security: Architecture"),
        row("Agents?", "Known", category="GenAI Security: Agents Security"),
    )
    assert list(genai.checklist.pillar_titles.items()) == [
        ("genai_security_architecture", "GenAI Security: Architecture"),
        ("genai_security_agents_security", "GenAI Security: Agents Security"),
    ]
    mixed = read(*BANK, row("Size?", "Known", category="WAF Configuration"))
    assert list(mixed.checklist.pillar_titles) == [*PILLARS, "waf_configuration"]
    older = read(row("Keys?", "Rotated", category="Security - Azure Machine Learning"))
    assert only(older).pillars == ("security",)


def test_categories_beyond_the_ten_pillars_of_a_checklist_share_one():
    rows = [row("Keys?", "Rotated", category=f"Area {number}") for number in range(11)]
    assert list(read(*rows).checklist.pillar_titles) == ["other"]
    assert list(read(*rows[:10]).checklist.pillar_titles) == [f"area_{number}" for number in range(10)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("columns", [5, 10])
def test_each_layout_of_the_file_means_the_same(newline, mark, columns):
    wide = [[*each, *[""] * (columns - 5)] for each in [*BANK, row("a, “b”\nc?", "It's “so”,\nyes", True)]]
    imported = read_microsoft_csv(mark + table(*wide, newline=newline), "a.csv")
    assert imported.checklist.title == "Gen AI Assessment"
    assert [len(question.choices) for question in imported.checklist.questions] == [3, 1]
    assert imported.checklist.questions[1].title == "a, “b” c?"
    assert [answer.selected for answer in imported.answers.values()] == [("c1",), ("c1",)]


def test_what_does_not_fit_together_is_decided_and_said():
    imported = read(
        row("Keys?", "Rotated", True),
        row("Keys?", "Rotated ", True),
        row("Keys?", "In a vault", "In a drawer"),
        row("Keys?", NONE, True),
        row("Keys?", "None of the above"),
        row("", "Lost"),
        row("Nothing?", NONE, True),
    )
    question = only(imported)
    assert [choice.text for choice in question.choices] == ["Rotated", "In a vault", NONE]
    assert imported.answers[question.id].selected == ("c1",)
    warnings = "\n".join(imported.warnings)
    for said in (
        "An answer that the question offers already is taken once: lines 11 and 14.",
        "An answer that is selected twice counts once: line 11.",
        "A selected answer that is not the answer of its line is not taken: line 12.",
        "“None of the above” beside other selected answers is not taken: line 10.",
    ):
        assert said in warnings
    assert imported.skipped[:2] == (
        "Line 15: there is no question in it.",
        "Line 16: “Nothing?” offers no practice to tick.",
    )


def test_answers_beyond_sixty_are_skipped_one_by_one():
    imported = read(*(row("Keys?", f"Way {number}", number in {0, 61}) for number in range(62)))
    assert len(only(imported).choices) == 60
    assert imported.answers[only(imported).id].selected == ("c1",)
    assert "the answer “Way 60”: a question has at most 60" in imported.skipped[0]
    assert "the answer “Way 61”, which was selected: " in imported.skipped[1]


def test_long_texts_and_notes_are_cut_with_a_warning():
    imported = read(row("q" * 5000, "a" * 5000, True, "n" * 30_000))
    assert (len(only(imported).text), len(only(imported).choices[0].text)) == (4000, 4000)
    assert len(imported.answers[only(imported).id].note) == 20_000
    assert sum("cut" in warning for warning in imported.warnings) == 3


def test_recommendations_are_counted_with_their_notes():
    head = [
        *HEAD[:6],
        ["Category", "Link-Text", "Link", "Priority", "Weight", "Note"],
        ["Security", "SE:05 - Rotate.", "https://example.org", "High", "80", "done in May"],
        *HEAD[6:],
    ]
    (said,) = read(*BANK, head=head).skipped
    assert said.startswith("1 recommendation (priority: 1 High): ")
    assert said.endswith("1 note on them with them.")


def test_a_note_at_each_of_many_answers_is_read_in_a_moment():
    rows = [row("Keys?", f"Answer {number}", note=f"Note {number}") for number in range(60_000)]
    imported = read(*rows)
    (answer,) = imported.answers.values()
    assert answer.note.startswith("Note 0\nNote 1\n")


def test_files_without_a_question_bank_are_refused_at_a_line():
    assert refusal(b"").startswith("a.csv:1:1: there is no question bank")
    assert refusal(b"a,b\n\nc,d\n").startswith("a.csv:3:1: there is no question bank")
    assert refusal(table()).startswith("a.csv:9:1: the question bank that begins here has no question")
    assert refusal(table(row("Keys?", NONE))).startswith("a.csv:10:1: no question of the bank offers a practice")
    assert refusal(table(*BANK) + b'Security,Keys?,"never closed\n').startswith("a.csv:13:1: the record that begins")
    assert refusal(table(*BANK) + b"\xe4").startswith("a.csv:13:1: byte")
    assert "2,000 questions are the most" in refusal(table(*(row(f"{number}?", "Yes") for number in range(2001))))
    assert "5,000,000 is the most" in refusal(b" " * 5_000_001)


CELLS = st.sampled_from(["", "Security", "Keys?", "Rotated", NONE, "None of these", "a\nb", '"', "\x00", "ж" * 300])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=12))
def test_whatever_the_bank_says_it_is_read_or_refused(rows):
    try:
        imported = read(*rows)
    except ChecklistErrors:
        return
    for question_id, answer in imported.answers.items():
        question = imported.checklist.questions_by_id[question_id]
        assert set(answer.selected) <= question.choice_ids
        alone = {choice.id for choice in question.choices if choice.none_of_these}
        assert not alone & set(answer.selected) or len(answer.selected) == 1
