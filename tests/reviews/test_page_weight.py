"""What a browser fetches to open the questionnaire."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.urls import reverse

from checklists.formats.reading import read_file
from checklists.language import Checklist, WorkloadKind
from checklists.publish import publish
from reviews.access import Actor
from reviews.actions.start import start_review
from reviews.models import Workload
from tests.conftest import People, give

LENS = Path(__file__).parent.parent / "samples" / "aws_custom_lens" / "generative-ai-lens.json"
MOST = 60_000  # bytes
NOTE = "The platform team keeps the figures of {} in its wiki; see the design document, section {}.\n"


def sixty_questions(shipped: list[Checklist]) -> Checklist:
    """Questions of the length that the shipped checklists and a published lens have."""
    by_id = {checklist.id: checklist for checklist in shipped}
    lens = read_file(LENS.read_bytes(), LENS.name).checklist
    first = by_id["inferencing"]
    further = [*by_id["orchestration"].sections, *by_id["training"].sections, *lens.sections]
    taken = {question.id for question in first.questions}
    sections, left = list(first.sections), 60 - len(taken)
    for section in further:
        fresh = tuple(question for question in section.questions if question.id not in taken)[:left]
        pillars = set(first.pillar_titles)
        fresh = tuple(
            question if set(question.pillars) <= pillars else question.model_copy(update={"pillars": ("security",)})
            for question in fresh
        )
        taken |= {question.id for question in fresh}
        left -= len(fresh)
        if fresh:
            sections.append(section.model_copy(update={"id": f"more_{len(sections)}", "questions": fresh}))
    facts = {fact.id: fact for each in (first, by_id["training"], by_id["orchestration"]) for fact in each.facts}
    return first.model_copy(
        update={"id": "sixty", "sections": tuple(sections), "facts": tuple(facts.values()), "guidance_of": None}
    )


def fetched(page: str) -> dict[str, int]:
    """Every style sheet and script that the page loads when it opens, with its size as the server sends it."""
    names = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', page)
    sizes = {}
    while names:
        name = names.pop()
        if name in sizes:
            continue
        path = Path(settings.STATIC_ROOT) / name
        packed = path.with_name(path.name + ".br")
        sizes[name] = (packed if packed.exists() else path).stat().st_size
        if name.endswith(".js") and name.startswith("js/"):
            imports = re.findall(r'^import\s?(?:[^"(]*? from )?"\./([^"]+)"', path.read_text(), re.MULTILINE)
            names += [f"js/{each}" for each in imports]
    return sizes


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_questionnaire_with_60_questions_is_under_60_kilobytes(
    library, people: People, workload: Workload, shipped, sign_in, language: str
):
    edition = publish(sixty_questions(shipped))
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING, edition=edition)
    assert len(review.checklist.questions) == 60
    for number, question in enumerate(review.checklist.questions):
        if number % 2 and not question.measured:
            give(
                people.ada,
                review,
                question.id,
                selected=[question.choices[0].id],
                note=NOTE.format(question.id, number),
            )
    response = sign_in(people.ada).get(
        reverse("questionnaire", args=[review.pk]),
        headers={"accept-encoding": "gzip, br", "accept-language": language},
    )
    assert response["Content-Encoding"] == "br"
    page = brotli.decompress(response.content).decode()
    sizes = fetched(page)
    assert f'<html lang="{language}">' in page
    assert page.count('class="question"') == 60
    assert all(sizes.values())
    assert len(response.content) + sum(sizes.values()) < MOST
