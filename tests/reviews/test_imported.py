from pathlib import Path

import pytest

from checklists.formats.azure_review_checklist import read_azure_review_checklist
from checklists.formats.graph_results import GraphResults, Resources, read_graph_results
from checklists.formats.imported import ImportedAnswer
from checklists.formats.microsoft_csv import read_microsoft_csv
from checklists.language import WorkloadKind
from checklists.models import Edition
from checklists.publish import publish
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.errors import Invalid
from reviews.actions.imported import start_filled_review
from reviews.actions.score import apply_score
from reviews.actions.start import start_review
from reviews.actions.submit import withdraw_review
from reviews.actions.verify import apply_graph_results
from reviews.models import Answer, Event, Review, Score, Workload
from tests.conftest import People, give, version_of

SAMPLES = Path(__file__).parent.parent / "samples"
CSV = SAMPLES / "ms_assessment_csv" / "Azure_Well_Architected_Review_Sample.csv"
LANDING_ZONE = SAMPLES / "azure_review_checklists" / "ai_lz_checklist.en.json"
KEY_ACCESS = "11cc57b4-a4b1-4410-b439-58a8c2289b3d"
"""The landing zone's AI.102, which has a query."""


@pytest.fixture
def landing_zone(people: People, workload: Workload) -> Review:
    imported = read_azure_review_checklist(LANDING_ZONE.read_bytes(), LANDING_ZONE.name)
    edition = publish(imported.checklist)
    return start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING, edition=edition)


def results(timestamp="Monday", **checks):
    """Results by guid; each is a text of + (compliant), - (not) and ? (undefined), one resource a sign."""
    found = {}
    for guid, signs in checks.items():
        named = [(sign, f"/subscriptions/1/{number}") for number, sign in enumerate(signs)]
        found[guid] = Resources(*([name for sign, name in named if sign == wanted] for wanted in "+-?"))
    return GraphResults(timestamp, found)


def verify(review, user, timestamp="Monday", *, guid=KEY_ACCESS, signs="+"):
    return apply_graph_results(Actor(user), review_id=review.pk, results=results(timestamp, **{guid: signs}))


def stored(review, question_id=KEY_ACCESS):
    return Answer.objects.get(review=review, question_id=question_id)


def test_an_assessment_becomes_a_review_with_its_answers_and_runs_to_a_score(people: People, workload: Workload):
    imported = read_microsoft_csv(CSV.read_bytes(), CSV.name)
    edition = publish(imported.checklist)
    review = start_filled_review(
        Actor(people.ada),
        workload=workload,
        kind=WorkloadKind.INFERENCING,
        edition=edition,
        answers=imported.answers,
    )
    assert review.edition == edition
    assert Answer.objects.filter(review=review).count() == 60
    assert Event.objects.filter(review=review, kind="answered", actor=people.ada).count() == 60
    assert review.version == version_of(review)
    apply_score(review.pk)
    score = Score.objects.get(review=review)
    assert (score.overall, score.high, score.medium) == (0, 60, 0)
    assert (score.result["answered"], score.result["total"]) == (60, 60)


def test_notes_of_the_file_come_along(people: People, workload: Workload):
    imported = read_microsoft_csv(CSV.read_bytes(), CSV.name)
    question = imported.checklist.questions[0]
    review = start_filled_review(
        Actor(people.ada),
        workload=workload,
        kind=WorkloadKind.TRAINING,
        edition=publish(imported.checklist),
        answers={question.id: ImportedAnswer(("c2", "c1"), "ADR-7")},
    )
    answer = Answer.objects.get(review=review)
    assert (answer.selected, answer.note, answer.answered_by) == (["c1", "c2"], "ADR-7", people.ada)


def test_a_review_whose_answers_cannot_be_taken_is_not_started(people: People, workload: Workload):
    imported = read_microsoft_csv(CSV.read_bytes(), CSV.name)
    edition = publish(imported.checklist)
    with pytest.raises(Invalid, match="c99 is not a choice"):
        start_filled_review(
            Actor(people.ada),
            workload=workload,
            kind=WorkloadKind.EDA,
            edition=edition,
            answers=imported.answers | {imported.checklist.questions[0].id: ImportedAnswer(("c99",))},
        )
    assert not Review.objects.exists()
    assert not Event.objects.exists()


def test_only_people_who_write_in_the_team_start_a_filled_review(people: People, workload: Workload):
    edition = publish(read_microsoft_csv(CSV.read_bytes(), CSV.name).checklist)
    with pytest.raises(NotYours):
        start_filled_review(Actor(people.rolf), workload=workload, kind=WorkloadKind.EDA, edition=edition, answers={})
    assert not Review.objects.exists()


def test_a_second_import_of_the_same_bank_is_the_same_edition(db: None):
    checklist = read_microsoft_csv(CSV.read_bytes(), CSV.name).checklist
    assert publish(checklist) == publish(checklist)
    assert Edition.objects.count() == 1


def test_results_answer_the_questions_that_they_verify(landing_zone: Review, people: People):
    asked = [question.id for question in landing_zone.checklist.questions[:4]]
    found = results(**dict(zip([*asked, "strange"], ["++", "+-", "?", "+?", "-"], strict=True)))
    verified = apply_graph_results(Actor(people.ada), review_id=landing_zone.pk, results=found)
    assert verified.fulfilled == (asked[0],)
    assert verified.open == (asked[1],)
    assert verified.undefined == (asked[2], asked[3])
    assert verified.unknown == ("strange",)
    assert {answer.question_id: answer.selected for answer in Answer.objects.all()} == {
        asked[0]: ["fulfilled"],
        asked[1]: ["open"],
    }
    assert Event.objects.filter(review=landing_zone, kind="answered").count() == 2


def test_the_resources_stand_in_the_note_as_evidence(landing_zone: Review, people: People):
    verify(landing_zone, people.ada, "Fri Mar 18 09:14:09 CET 2022", signs="+-+")
    assert stored(landing_zone).note == (
        "Resources found by Azure Resource Graph, results of Fri Mar 18 09:14:09 CET 2022\n"
        "▪ not compliant: /subscriptions/1/1\n"
        "▪ compliant: /subscriptions/1/0\n"
        "▪ compliant: /subscriptions/1/2"
    )


def test_what_people_wrote_stays_and_newer_results_replace_older_ones(landing_zone: Review, people: People):
    give(people.jonas, landing_zone, KEY_ACCESS, selected=["open"], note="Ticket 12.\r\n\r\n- see ADR-7")
    verify(landing_zone, people.ada, "Monday", signs="-+")
    note = stored(landing_zone).note
    edited = note.replace("/1/0", "/1/0 (the test system)").replace("\n", "\r\n") + "\r\nDone by May."
    give(people.jonas, landing_zone, KEY_ACCESS, selected=["open"], note=edited)
    verify(landing_zone, people.ada, "Tuesday", signs="+")
    assert stored(landing_zone).note.replace("\r", "") == (
        "Ticket 12.\n\n- see ADR-7\n\n"
        "▪ not compliant: /subscriptions/1/0 (the test system)\n"
        "Done by May.\n\n"
        "Resources found by Azure Resource Graph, results of Tuesday\n"
        "▪ compliant: /subscriptions/1/0"
    )
    assert stored(landing_zone).selected == ["fulfilled"]


def test_the_same_results_again_change_nothing(landing_zone: Review, people: People):
    verify(landing_zone, people.ada)
    before = version_of(landing_zone), Event.objects.count()
    again = verify(landing_zone, people.jonas)
    assert again.unchanged == (KEY_ACCESS,)
    assert (again.fulfilled, again.open) == ((), ())
    assert (version_of(landing_zone), Event.objects.count()) == before


def test_what_people_set_aside_stays_so_and_gets_the_evidence(landing_zone: Review, people: People):
    other = landing_zone.checklist.questions[0].id
    give(people.jonas, landing_zone, KEY_ACCESS, selected=["not_required"])
    give(people.jonas, landing_zone, other, not_applicable=True, reason="No such service.")
    found = results(**{KEY_ACCESS: "-", other: "-"})
    verified = apply_graph_results(Actor(people.ada), review_id=landing_zone.pk, results=found)
    assert verified.judged == (KEY_ACCESS, other)
    assert stored(landing_zone).selected == ["not_required"]
    assert stored(landing_zone, other).reason == "No such service."
    assert "▪ not compliant: /subscriptions/1/0" in stored(landing_zone, other).note


def test_evidence_that_does_not_fit_is_cut_with_a_count_and_people_lose_nothing(landing_zone: Review, people: People):
    give(people.ada, landing_zone, KEY_ACCESS, selected=["open"], note="x" * 19_000)
    verify(landing_zone, people.ada, signs="-" * 1000)
    note = stored(landing_zone).note
    assert note.startswith("x" * 19_000 + "\n\n")
    shown = note.count("▪ not compliant:")
    assert 0 < shown < 1000
    assert note.endswith(f"▪ {1000 - shown} more, not shown")
    assert 19_900 < len(note) <= 20_000
    verify(landing_zone, people.ada, signs="+")
    assert "more, not shown" not in stored(landing_zone).note


def test_a_note_without_room_keeps_what_people_wrote_and_it_is_said(landing_zone: Review, people: People):
    give(people.ada, landing_zone, KEY_ACCESS, selected=["fulfilled"], note="x" * 19_990)
    verified = verify(landing_zone, people.ada, signs="-")
    assert verified.open == verified.without_evidence == (KEY_ACCESS,)
    assert (stored(landing_zone).note, stored(landing_zone).selected) == ("x" * 19_990, ["open"])


def test_results_of_a_public_file_find_their_questions_by_guid_in_any_letters(landing_zone: Review, people: People):
    data = (SAMPLES / "azure_review_checklists" / "graph_results_akssample01.json").read_bytes()
    data = data.replace(b"578a219a-46be-4b54-9350-24922634292b", KEY_ACCESS.upper().encode())
    found = read_graph_results(data, "r.json")
    verified = apply_graph_results(Actor(people.ada), review_id=landing_zone.pk, results=found)
    assert verified.open == (KEY_ACCESS,)
    assert len(verified.unknown) == 16


def test_questions_of_other_checklists_are_not_touched(review: Review, people: People):
    assert verify(review, people.ada, guid="gen-01").unknown == ("gen-01",)
    assert not Answer.objects.exists()


def test_results_are_applied_by_those_who_may_answer_while_the_review_is_open(landing_zone: Review, people: People):
    with pytest.raises(Review.DoesNotExist):
        verify(landing_zone, people.stranger)
    with pytest.raises(NotYours):
        verify(landing_zone, people.rolf)
    withdraw_review(Actor(people.ada), review_id=landing_zone.pk, reason="Stopped.")
    with pytest.raises(NotNow):
        verify(landing_zone, people.ada)
    assert not Answer.objects.exists()
