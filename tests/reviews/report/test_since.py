"""“Since last time” in the report: what it says, and that it is drawn anew from the report's own data."""

from pathlib import Path

import pytest

from reviews.report.changes import shown
from reviews.report.render import render
from reviews.report.verdict import Compared
from tests.reviews.report import forging, sample
from tests.reviews.report.reading import squeezed, whole_text
from tests.reviews.report.test_render import HOSTILE
from tests.support.pdf_conformance import broken_rules


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("since") / "report.pdf"
    path.write_bytes(render(sample.followed()).pdf)
    return path


@pytest.fixture(scope="module")
def text(followed: Path) -> str:
    return whole_text(followed)


def test_it_names_the_review_that_it_is_compared_with(text: str):
    digest = sample.followed()["since"]["review"]["sha256"]
    assert squeezed("Compared with review 1 of this workload, approved 3 Nov 2025, 10:02 UTC, snapshot") in text
    assert digest in text
    assert squeezed("It walked through Inferencing (model hosting) 1.0") in text


def test_it_tells_the_scores_then_and_now(text: str):
    told, now = shown(sample.followed()["since"]), sample.realistic()["score"]
    scores = [(each["title"], each["before"], each["after"], each["by"]) for each in told["scores"]]
    assert scores[:4] == [
        ("Overall", "61.5", str(now["overall"]), f"+{now['overall'] - 61.5:.1f}"),
        ("Reliability", "–", f"{now['pillars'][0]['score']:.1f}", ""),
        ("Security", "90.0", "100.0", "+10.0"),
        ("Cost optimization", "81.0", "81.0", "0.0"),
    ]
    assert squeezed(f"The score rose from 61.5 to {now['overall']}.") in text


def test_a_score_that_fell_has_a_minus_sign():
    since = sample.followed()["since"]
    since["overall"]["before"] = 90.0
    assert shown(since)["scores"][0]["by"].startswith("−")
    assert shown(since)["sentence"].startswith("The score fell from 90.0 to")


def test_it_tells_which_findings_are_new_gone_changed_and_as_they_were(text: str):
    groups = {group["title"]: group["changes"] for group in shown(sample.followed()["since"])["risks"]}
    told = {
        title: [(each["before_title"], each["after_title"], each["name"]) for each in changes]
        for title, changes in groups.items()
    }
    assert told["New"] == [("No risk", "High risk", "INF-C-02"), ("Unanswered", "High risk", "INF-N-01")]
    assert told["Gone"] == [("Medium risk", "Not asked", "GEN-99")]
    assert ("High risk", "Medium risk", "GEN-06") in told["Changed"]
    assert ("Medium risk", "Medium risk", "GEN-04") in told["As then"]
    assert squeezed("Findings: 2 new, 1 gone, 5 still there.") in text
    assert all(each["name"] in text for changes in groups.values() for each in changes)


def test_it_tells_what_was_and_is_chosen_and_what_the_notes_said(text: str):
    question = {each["id"]: each for each in sample.questions_of(sample.realistic())}["INF-C-02"]
    was, has = question["choices"][0]["text"], next(each["text"] for each in question["choices"] if each["selected"])
    assert squeezed(f"INF-C-02 {question['title']} Then {was} Now {has}") in text
    assert squeezed("Applies now The AI APIs stand behind a gateway") in text
    assert squeezed("Did not apply Nobody else uses it. Does not apply Used by claims operations alone") in text
    assert squeezed("Table Has other rows than then.") in text
    assert squeezed("Note then Container apps and index span one zone") in text
    assert squeezed("Note now Container apps and index span three zones") in text
    assert squeezed("Do people outside the organisation use it? Yes No") in text


def test_it_tells_which_questions_are_new_and_which_are_not_asked_any_more(text: str):
    assert squeezed("Questions that are new • GEN-02") in text
    assert squeezed("Questions that are not asked any more • GEN-99 Where data may be") in text


def test_a_first_review_has_no_such_section(sample_pdf):
    assert "Sincelasttime" not in whole_text(sample_pdf)


def test_nothing_changed_is_said_as_well(saved):
    same = sample.realistic()
    snapshot = sample.realistic() | {"since": sample.since(same, "0" * 64, sample.realistic())}
    text = whole_text(saved(render(snapshot).pdf))
    assert squeezed(f"The score is {round(same['score']['overall'])}, as it was. Findings: 7 still there.") in text


def test_the_signed_report_is_verified_by_its_own_data():
    snapshot = sample.followed()
    found = forging.verdict(forging.signed(render(snapshot).pdf, snapshot), compare_pages=True)
    assert found.problems == ()
    assert found.data.compared == Compared.BYTES


def test_it_conforms_whatever_is_written_in_it_and_hostile_text_is_printed_as_it_was_written(saved, followed):
    snapshot = sample.followed()
    since = snapshot["since"]
    for change in since["answers"]:
        change.update(title=HOSTILE, chosen=[HOSTILE], reasons=["", HOSTILE])
        change["note"] = [{"where": "old", "text": HOSTILE}, {"where": "new", "text": "שלום 🙂 \u202e"}]
    since["facts"] = []
    since["checklists"][0] = HOSTILE
    hostile = saved(render(snapshot).pdf)
    assert broken_rules([hostile, followed]) == []
    # A title, a choice, a reason and a note for each answer; the checklist.
    assert whole_text(hostile).count(squeezed(HOSTILE)) == 4 * len(since["answers"]) + 1
