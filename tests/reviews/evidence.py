"""Evidence as people add it, beside the first question."""

import io
from pathlib import Path

from reviews.access import Actor
from reviews.actions.evidence import add_file, add_link, add_quote
from reviews.models import Evidence, Review, User
from tests.reviews import files

QUESTION = "GEN-01"


def file(user: User, review: Review, content: bytes = files.PDF, name: str = "load-test.pdf", **more) -> Evidence:
    return add_file(
        Actor(user), review_id=review.pk, question_id=QUESTION, file=io.BytesIO(content), name=name, **more
    )


def link(user: User, review: Review, url: str = "https://wiki.example.org/claims/limits", **more) -> Evidence:
    return add_link(Actor(user), review_id=review.pk, question_id=QUESTION, url=url, **more)


def quote(
    user: User, review: Review, text: str = "None of the calls failed.", source: str = "Load test, page 4", **more
) -> Evidence:
    return add_quote(Actor(user), review_id=review.pk, question_id=QUESTION, text=text, source=source, **more)


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
