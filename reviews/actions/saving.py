# ruff: noqa: S608 - its SQL is put together from texts of this module alone
"""What saving an answer reads and writes, in SQL of its own: it is done thousands of times a day, by people who wait.

One statement reads all that a save depends on. PostgreSQL writes in one more, which does nothing where the review
was changed in between; SQLite writes in several, in a transaction that keeps all others out. The reasons:
docs/decisions/saving.md.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any

from django.db import connection

from checklists.language import Checklist, FactValue
from checklists.models import checklist_of_editions
from checklists.scoring import Result, Risk
from checklists.standing import AnswerValue
from reviews.access import ReviewAccess
from reviews.actions.score import as_json
from reviews.models import Answer, Event, Review, User


class Overtaken(Exception):
    """The review was changed after it was read; nothing is written."""


@dataclass(frozen=True)
class Found:
    """A review as one statement found it.

    `access` knows the person's role already, `answer` is the stored one to the question, None for none. `facts` and
    `values` are what scoring takes; `values` has the answers to all questions by id.
    """

    review: Review
    access: ReviewAccess
    checklist: Checklist
    answer: Answer | None
    facts: Mapping[str, FactValue]
    values: dict[str, AnswerValue]


def hold(review_id: uuid.UUID) -> None:
    """Let nobody else change the review until the transaction ends. SQLite has done so for the whole database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM reviews_review WHERE id = %s FOR UPDATE", [review_id])


def find(user: User, review_id: uuid.UUID, question_id: str) -> Found:
    """Read what a save depends on. Raises Review.DoesNotExist for a review that the person cannot see."""
    parameters = {"review": _key(review_id), "question": question_id, "user": user.pk, "blank": _BLANK}
    with connection.cursor() as cursor:
        cursor.execute(_READ[connection.vendor], parameters)
        row = cursor.fetchone()
    role, contributed = row[8:10] if row else (None, None)
    if row is None or not (role or user.is_superuser):
        raise Review.DoesNotExist
    edition, kind, state, version, length, head, criticality, classification = row[:8]
    added, answers, facts = (json.loads(text) if text else {} for text in row[10:13])
    review = Review.from_db(
        connection.alias,
        ["id", "edition_id", "kind", "state", "version", "trail_length", "trail_head"],
        [review_id, _uuid(edition), kind, state, version, length, head],
    )
    return Found(
        review=review,
        access=ReviewAccess(user, review, role=role or "", contributed=bool(contributed)),
        checklist=checklist_of_editions((review.edition_id, *map(_uuid, added))),
        answer=_answer(review_id, question_id, row[13:]),
        facts=facts | {"criticality": criticality, "data_classification": classification, "workload_kind": kind},
        values={question: _value(text) for question, text in answers.items()},
    )


def keep(found: Found, answer: Answer, event: Event, result: Result) -> None:
    """Write the answer, its event, the review's next version and the score, and that the person contributed.

    Raises `Overtaken` where the review is not any more what was found.
    """
    review = found.review
    parameters = {
        "review": _key(review.pk),
        "was": review.version,
        "head": review.trail_head,
        "question": answer.question_id,
        "version": answer.version,
        "selected": json.dumps(answer.selected),
        "left_out": json.dumps(answer.left_out),
        "rows": json.dumps(answer.rows),
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "note": answer.note,
        "by": answer.answered_by_id,
        "name": event.actor_name,
        "at": connection.ops.adapt_datetimefield_value(answer.answered_at),
        "number": event.number,
        "sha256": event.sha256,
        "kind": str(event.kind),
        "detail": json.dumps(event.detail),
        "address": event.address,
        "overall": result.overall,
        "high": result.count(Risk.HIGH),
        "medium": result.count(Risk.MEDIUM),
        "result": json.dumps(as_json(result)),
        "newcomer": not found.access.contributed,
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_WRITE_AT_ONCE, parameters)
            written = cursor.fetchone()
            if written is None:
                raise Overtaken
        else:
            cursor.execute(_UPSERT_ANSWER, parameters)
            written = cursor.fetchone()
            for statement in _WRITE_THE_REST:
                cursor.execute(statement, parameters)
            if not found.access.contributed:
                cursor.execute(_CONTRIBUTOR, parameters)
    answer.pk = written[0]
    review.version += 1
    review.trail_length, review.trail_head = event.number, event.sha256


def _answer(review_id: uuid.UUID, question_id: str, row: tuple[Any, ...]) -> Answer | None:
    """The stored answer with the person who gave it."""
    pk, version, confirmed, selected, left_out, rows, not_applicable, reason, note, at, by, name = row
    if pk is None:
        return None
    answer = Answer(
        pk=pk,
        review_id=review_id,
        question_id=question_id,
        version=version,
        confirmed=bool(confirmed),
        selected=json.loads(selected),
        left_out=json.loads(left_out),
        rows=json.loads(rows),
        not_applicable=not_applicable,
        reason=reason,
        note=note,
        answered_at=at.replace(tzinfo=UTC) if at.tzinfo is None else at,
    )
    answer.answered_by = User.from_db(connection.alias, ["id", "name"], [by, name])
    return answer


@lru_cache(maxsize=20_000)
def _value(text: str) -> AnswerValue:
    """An answer as scoring takes it; most are among few, and none need be read twice."""
    selected, left_out, rows, not_applicable, explained = json.loads(text)
    return AnswerValue(
        selected=frozenset(selected),
        not_applicable=bool(not_applicable),
        left_out=frozenset(left_out),
        rows=tuple(rows),
        explained=bool(explained),
    )


def _uuid(stored: uuid.UUID | str) -> uuid.UUID:
    return stored if isinstance(stored, uuid.UUID) else uuid.UUID(stored)


def _key(review_id: uuid.UUID) -> uuid.UUID | str:
    return review_id if connection.features.has_native_uuid_field else review_id.hex


_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""What `str.strip` takes away."""

_READ_FROM = """
    SELECT review.edition_id, review.kind, review.state, review.version, review.trail_length, review.trail_head,
        workload.criticality, workload.data_classification,
        (SELECT role FROM reviews_membership WHERE team_id = workload.team_id AND user_id = %(user)s),
        EXISTS (SELECT 1 FROM reviews_contributor WHERE review_id = review.id AND user_id = %(user)s),
        {added}, {answers}, {facts},
        answer.id, answer.version, answer.confirmed, answer.selected, answer.left_out, answer.rows,
        answer.not_applicable, answer.reason, answer.note, answer.answered_at, answer.answered_by_id, author.name
    FROM reviews_review review
    JOIN reviews_workload workload ON workload.id = review.workload_id
    LEFT JOIN reviews_answer answer ON answer.review_id = review.id AND answer.question_id = %(question)s
    LEFT JOIN reviews_user author ON author.id = answer.answered_by_id
    WHERE review.id = %(review)s
"""
_ADDED = "(SELECT edition_id FROM reviews_reviewaddition WHERE review_id = review.id ORDER BY id) added"
_ANSWERS = "FROM reviews_answer WHERE review_id = review.id AND confirmed"
_FACTS = "FROM reviews_workloadfact WHERE workload_id = review.workload_id"

# All answers come as one text, an object of texts: a row for each would take longer to fetch than all else.
_READ = {
    "postgresql": _READ_FROM.format(
        added=f"(SELECT json_agg(edition_id)::text FROM {_ADDED})",
        answers="(SELECT json_object_agg(question_id, json_build_array("
        f"selected, left_out, rows, not_applicable, trim(note, %(blank)s) <> '')::text)::text {_ANSWERS})",
        facts=f"(SELECT json_object_agg(name, value)::text {_FACTS})",
    ),
    "sqlite": _READ_FROM.format(
        added=f"(SELECT json_group_array(edition_id) FROM {_ADDED})",
        answers="(SELECT json_group_object(question_id, json_array("
        "json(selected), json(left_out), json(rows), not_applicable, trim(note, %(blank)s) <> '') || '') "
        f"{_ANSWERS})",
        facts=f"(SELECT json_group_object(name, json(value)) {_FACTS})",
    ),
}

_OVER_THE_LAST = """
    ON CONFLICT (review_id, question_id) DO UPDATE SET version = excluded.version, confirmed = TRUE,
        selected = excluded.selected, left_out = excluded.left_out, rows = excluded.rows,
        not_applicable = excluded.not_applicable, reason = excluded.reason, note = excluded.note,
        answered_by_id = excluded.answered_by_id, answered_at = excluded.answered_at
    RETURNING id
"""
_INTO_ANSWERS = """
    INSERT INTO reviews_answer (review_id, question_id, version, confirmed, selected, left_out, rows, not_applicable,
        reason, note, answered_by_id, answered_at)
"""
_INTO_EVENTS = """
    INSERT INTO reviews_event (review_id, number, sha256, at, actor_id, actor_name, kind, detail, address)
"""
_REVIEW = """
    UPDATE reviews_review
    SET version = version + 1, changed_at = %(at)s, trail_length = %(number)s, trail_head = %(sha256)s
    WHERE id = %(review)s AND version = %(was)s AND trail_head = %(head)s
"""

_WRITE_AT_ONCE = f"""
    WITH grown AS ({_REVIEW} RETURNING id, version),
    said AS (
        {_INTO_ANSWERS}
        SELECT id, %(question)s, %(version)s, TRUE, %(selected)s::jsonb, %(left_out)s::jsonb, %(rows)s::jsonb,
            %(not_applicable)s, %(reason)s, %(note)s, %(by)s, %(at)s FROM grown
        {_OVER_THE_LAST}
    ),
    told AS (
        {_INTO_EVENTS}
        SELECT id, %(number)s, %(sha256)s, %(at)s, %(by)s, %(name)s, %(kind)s, %(detail)s::jsonb, %(address)s::inet
        FROM grown
    ),
    scored AS (
        UPDATE reviews_score score
        SET for_version = grown.version, overall = %(overall)s, high = %(high)s, medium = %(medium)s,
            result = %(result)s::jsonb, scored_at = %(at)s, runs = runs + 1
        FROM grown WHERE score.review_id = grown.id AND score.for_version < grown.version
    ),
    contributed AS (
        INSERT INTO reviews_contributor (review_id, user_id) SELECT id, %(by)s FROM grown WHERE %(newcomer)s
        ON CONFLICT DO NOTHING
    )
    SELECT id FROM said
"""

_UPSERT_ANSWER = f"""
    {_INTO_ANSWERS}
    VALUES (%(review)s, %(question)s, %(version)s, TRUE, %(selected)s, %(left_out)s, %(rows)s, %(not_applicable)s,
        %(reason)s, %(note)s, %(by)s, %(at)s)
    {_OVER_THE_LAST}
"""
_WRITE_THE_REST = [
    f"""
    {_INTO_EVENTS}
    VALUES (%(review)s, %(number)s, %(sha256)s, %(at)s, %(by)s, %(name)s, %(kind)s, %(detail)s, %(address)s)
    """,
    _REVIEW,
    """
    UPDATE reviews_score
    SET for_version = %(was)s + 1, overall = %(overall)s, high = %(high)s, medium = %(medium)s, result = %(result)s,
        scored_at = %(at)s, runs = runs + 1
    WHERE review_id = %(review)s AND for_version <= %(was)s
    """,
]
_CONTRIBUTOR = "INSERT INTO reviews_contributor (review_id, user_id) VALUES (%(review)s, %(by)s)"
