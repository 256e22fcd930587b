"""What is measured, and against which floor."""

import json
from collections.abc import Iterator
from typing import cast

from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from weasyprint import HTML

from benchmarks.meanwhile import saves_meanwhile
from benchmarks.measuring import Figure, compare, taken_apart
from benchmarks.saving import saves
from checklists.scoring import score_standing
from checklists.standing import Standing
from reviews import demo
from reviews.actions.score import facts_of, value_of
from reviews.models import Answer, Report, Review
from reviews.report import make_report, render, signing_identity
from reviews.report.snapshot import QuestionData, SectionData, SnapshotData


def measure() -> Iterator[Figure]:
    """All figures, on the demo in a fresh database; each as soon as it is taken."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_checklists", verbosity=0)
    loaded = demo.load("not a secret here")
    draft, approved = loaded.reviews["credit-risk-lab"], loaded.reviews["claims-assistant"]
    client = Client()
    client.force_login(loaded.people["ada"])
    yield from saves()
    yield saves_meanwhile()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield _page(client, draft)
    yield _scoring(approved)
    yield from _reports(approved)


def _page(client: Client, review: Review) -> Figure:
    """The questionnaire, against reading its rows and writing them as JSON."""
    url = reverse("questionnaire", args=[review.pk])

    def ours() -> None:
        assert client.get(url).status_code == 200

    def floor() -> None:
        answers = list(Answer.objects.filter(review=review).values("question_id", "selected", "note"))
        content = Review.objects.values_list("edition__content", flat=True).get(pk=review.pk)
        json.dumps([answers, content], default=str)

    return compare("page: the questionnaire", ours, floor, bar=60, runs=30)


def _scoring(review: Review) -> Figure:
    """Scoring one review with its conditions, against adding up its choices once."""
    checklist, facts = review.checklist, facts_of(review)
    answers = {answer.question_id: value_of(answer) for answer in Answer.objects.filter(review=review)}

    def floor() -> int:
        return sum(
            choice.weight
            for question in checklist.questions
            for choice in question.choices
            if question.id in answers and choice.id in answers[question.id].selected
        )

    def ours() -> None:
        score_standing(Standing(checklist, facts, answers))

    return compare("scoring: one review", ours, floor, bar=60, runs=200)


def _reports(review: Review) -> Iterator[Figure]:
    """Making reports, against what WeasyPrint alone takes for the same pages in the same variant of PDF."""
    report = Report.objects.select_related("snapshot").get(snapshot__review=review)
    approved = cast(SnapshotData, report.snapshot.data)
    # What is read once in the life of a process, such as fonts, every run then finds read.
    make_report(approved, signing_identity())
    for count, runs in ((60, 7), (600, 3), (3000, 1)):
        yield _report(_with_questions(approved, count), runs=runs)


def _report(data: SnapshotData, *, runs: int) -> Figure:
    identity = signing_identity()
    html = render.render_html(data)

    def floor() -> None:
        HTML(string=html, base_url="asset:///", url_fetcher=render.AssetFetcher()).write_pdf(
            pdf_variant=render.VARIANT
        )

    count = sum(len(section["questions"]) for section in data["sections"])
    name = f"report: {count} questions"
    return compare(
        name,
        lambda: make_report(data, identity),
        floor,
        bar=1.15,
        runs=runs,
        warm_ups=0,
        timed=taken_apart,
    )


def _with_questions(data: SnapshotData, count: int) -> SnapshotData:
    """The snapshot with its questions repeated until there are so many, under names of their own."""
    pattern = [question for section in data["sections"] for question in section["questions"]]
    questions = [
        cast(QuestionData, {**pattern[number % len(pattern)], "id": f"Q{number}", "name": f"Q{number}"})
        for number in range(count)
    ]
    sections = [
        SectionData(id=f"S{start}", title=f"From {start + 1}", intro="", questions=questions[start : start + 60])
        for start in range(0, count, 60)
    ]
    return {**data, "sections": sections}
