# ruff: noqa: S608 - its SQL is put together from texts of this module alone
"""What saving an answer reads and writes, in SQL of its own: it is done thousands of times a day, by people who wait.

One statement reads all that a save depends on. PostgreSQL writes in one more, which does nothing where the review
was changed in between; SQLite writes in several, in a transaction that keeps all others out. The reasons:
docs/decisions/saving.md.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from string import Formatter
from typing import Any

import orjson
from django.db import IntegrityError, OperationalError, connection

from checklists.language import Checklist, FactValue
from checklists.models import checklist_of_editions
from checklists.scoring import Result, Risk
from checklists.standing import AnswerValue
from reviews.access import ReviewAccess
from reviews.actions.score import as_json
from reviews.actions.trail import Line
from reviews.actions.transaction import taking_turns
from reviews.models import Answer, Review, User
from reviews.prepared import execute


class Overtaken(Exception):
    """The review was changed after it was read; nothing is written."""


@dataclass(frozen=True)
class Found:
    """A review as one statement found it.

    `access` knows the person's role already, `answer` is the stored one to the question, None for none; `facts` and
    `values` are what scoring takes; `values` has the answers to all questions by id.
    """

    review: Review
    access: ReviewAccess
    checklist: Checklist
    answer: "Stored | None"
    facts: Mapping[str, FactValue]
    values: dict[str, AnswerValue]


@dataclass(frozen=True)
class Stored:
    """An answer as it is stored; `content` has what was given, by the names of the model's fields.

    `pk` is None for one that is stored for the first time.
    """

    pk: int | None
    review_id: uuid.UUID
    question_id: str
    version: int
    confirmed: bool
    content: dict[str, Any]
    at: datetime
    by: int
    name: str

    def as_model(self) -> Answer:
        """The same with the person who gave it."""
        answer = Answer(
            pk=self.pk,
            review_id=self.review_id,
            question_id=self.question_id,
            version=self.version,
            confirmed=self.confirmed,
            answered_at=self.at,
            **self.content,
        )
        answer.answered_by = User.from_db(connection.alias, ["id", "name"], [self.by, self.name])
        return answer


def hold(review_id: uuid.UUID) -> None:
    """Let nobody else change the review until the transaction ends. SQLite has done so for the whole database."""
    if connection.vendor == "postgresql":
        execute("SELECT 1 FROM reviews_review WHERE id = %s FOR UPDATE", [review_id])


def find(user: User, review_id: uuid.UUID, question_id: str) -> Found:
    """Read what a save depends on. Raises Review.DoesNotExist for a review that the person cannot see."""
    parameters = {"review": _key(review_id), "question": question_id, "user": user.pk, "blank": _BLANK}
    row = execute(_READ[connection.vendor], parameters)
    role, contributed = row[8:10] if row else (None, None)
    if row is None or not (role or user.is_superuser):
        raise Review.DoesNotExist
    edition, kind, state, version, length, head, criticality, classification = row[:8]
    added, answers, facts = (orjson.loads(text) if text else {} for text in row[10:13])
    # `from_db` takes fields in the model's own order.
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


def keep(found: Found, answer: Stored, line: Line, result: Result) -> None:
    """Write the answer, its line of the trail, the next version of the review and its score; note who took part.

    Raises `Overtaken` where the review is not any more what was found.
    """
    review, content = found.review, answer.content
    parameters = {
        "review": _key(review.pk),
        "was": review.version,
        "head": review.trail_head,
        "question": answer.question_id,
        "answer": answer.pk,
        "version": answer.version,
        "confirmed": answer.confirmed,
        "selected": _text(content["selected"]),
        "left_out": _text(content["left_out"]),
        "rows": _text(content["rows"]),
        "not_applicable": content["not_applicable"],
        "reason": content["reason"],
        "note": content["note"],
        "by": answer.by,
        "name": line.actor_name,
        "at": connection.ops.adapt_datetimefield_value(answer.at),
        "number": line.number,
        "sha256": line.sha256,
        "kind": line.kind,
        "detail": _text(line.detail),
        "address": line.address,
        "overall": result.overall,
        "high": result.count(Risk.HIGH),
        "medium": result.count(Risk.MEDIUM),
        "result": _text(as_json(result)),
        "newcomer": not found.access.contributed,
    }
    with taking_turns():
        if not _WRITE[connection.vendor](parameters):
            raise Overtaken
    review.version += 1
    review.trail_length, review.trail_head = line.number, line.sha256


def _write_postgresql(parameters: Mapping[str, Any]) -> bool:
    return execute(_AT_ONCE, parameters) is not None


def _write_sqlite(parameters: Mapping[str, Any]) -> bool:
    try:
        execute(_INTO_VIEW, parameters)
    except IntegrityError as problem:
        if str(problem) == _OVERTAKEN:
            return False
        raise
    except OperationalError as problem:
        if "no such table" not in str(problem):
            raise
        for statement in _VIEW:
            execute(statement, [])
        return _write_sqlite(parameters)
    return True


_WRITE = {"postgresql": _write_postgresql, "sqlite": _write_sqlite}


def _answer(review_id: uuid.UUID, question_id: str, row: tuple[Any, ...]) -> Stored | None:
    pk, version, confirmed, selected, left_out, rows, not_applicable, reason, note, at, by, name = row
    if pk is None:
        return None
    content = {
        "selected": orjson.loads(selected),
        "left_out": orjson.loads(left_out),
        "rows": orjson.loads(rows),
        "not_applicable": bool(not_applicable),
        "reason": reason,
        "note": note,
    }
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return Stored(pk, review_id, question_id, version, bool(confirmed), content, at, by, name)


@lru_cache(maxsize=20_000)
def _value(text: str) -> AnswerValue:
    """An answer as scoring takes it; most are among few, and none need be read twice."""
    selected, left_out, rows, not_applicable, explained = orjson.loads(text)
    return AnswerValue(
        selected=frozenset(selected),
        not_applicable=bool(not_applicable),
        left_out=frozenset(left_out),
        rows=tuple(rows),
        explained=bool(explained),
    )


def _text(value: object) -> str:
    return orjson.dumps(value).decode()


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
# All answers come as one text, an object of texts: a row for each would take longer to fetch than all else.
_SAID = " || ',' || ".join(
    f"CAST({each} AS text)"
    for each in ("selected", "left_out", "rows", "not_applicable", "(trim(note, %(blank)s) <> '')")
)
_ADDED = "(SELECT edition_id FROM reviews_reviewaddition WHERE review_id = review.id ORDER BY id) added"
_ANSWERS = (
    f"(question_id, '[' || {_SAID} || ']') AS text) FROM reviews_answer WHERE review_id = review.id AND confirmed)"
)
_FACTS = "AS text) FROM reviews_workloadfact WHERE workload_id = review.workload_id)"
_READ = {
    "postgresql": _READ_FROM.format(
        added=f"(SELECT CAST(json_agg(edition_id) AS text) FROM {_ADDED})",
        answers=f"(SELECT CAST(json_object_agg{_ANSWERS}",
        facts=f"(SELECT CAST(json_object_agg(name, value) {_FACTS}",
    ),
    "sqlite": _READ_FROM.format(
        added=f"(SELECT json_group_array(edition_id) FROM {_ADDED})",
        answers=f"(SELECT CAST(json_group_object{_ANSWERS}",
        facts=f"(SELECT CAST(json_group_object(name, json(value)) {_FACTS}",
    ),
}

_ANSWER = {
    "version": "{version}",
    "confirmed": "{confirmed}",
    "selected": "{selected}",
    "left_out": "{left_out}",
    "rows": "{rows}",
    "not_applicable": "{not_applicable}",
    "reason": "{reason}",
    "note": "{note}",
    "answered_by_id": "{by}",
    "answered_at": "{at}",
}
_GROW = """
    UPDATE reviews_review SET version = version + 1, changed_at = {at}, trail_length = {number}, trail_head = {sha256}
    WHERE id = {review} AND version = {was} AND trail_head = {head}
"""
_REST = {
    "first": f"""
        INSERT INTO reviews_answer (review_id, question_id, {", ".join(_ANSWER)})
        SELECT {{review}}, {{question}}, {", ".join(_ANSWER.values())} {{source}} WHERE {{answer}} IS NULL
    """,
    "again": f"""
        UPDATE reviews_answer SET {", ".join(" = ".join(each) for each in _ANSWER.items())}
        {{source}} WHERE id = {{answer}}
    """,
    "told": """
        INSERT INTO reviews_event (review_id, number, sha256, at, actor_id, actor_name, kind, detail, address)
        SELECT {review}, {number}, {sha256}, {at}, {by}, {name}, {kind}, {detail}, {address} {source}
    """,
    "scored": """
        UPDATE reviews_score SET for_version = {was} + 1, overall = {overall}, high = {high}, medium = {medium},
            result = {result}, scored_at = {at}, runs = runs + 1
        {source} WHERE review_id = {review} AND for_version <= {was}
    """,
    "contributed": """
        INSERT INTO reviews_contributor (review_id, user_id) SELECT {review}, {by} {source} WHERE {newcomer}
    """,
}
"""What is written beside the review's next version: only `source`, where it is given, has rows."""

_NAMES = sorted({name for text in [_GROW, *_REST.values()] for _, name, _, _ in Formatter().parse(text) if name})
_NAMES.remove("source")

# PostgreSQL writes to several tables in one statement.
_TYPES = dict.fromkeys(("selected", "left_out", "rows", "detail", "result"), "::jsonb") | {
    "address": "::inet",
    "answer": "::bigint",
}
_GIVEN = {name: f"%({name})s{_TYPES.get(name, '')}" for name in _NAMES}
_AT_ONCE = (
    f"WITH grown AS ({_GROW.format(**_GIVEN)} RETURNING TRUE)"
    + "".join(f", {name} AS ({text.format(**_GIVEN, source='FROM grown')})" for name, text in _REST.items())
    + " SELECT * FROM grown"
)

# SQLite does so by a trigger, on a view that each connection makes for itself: a table that does not exist.
_OVERTAKEN = "overtaken"
_NEW = {name: f'NEW."{name}"' for name in _NAMES}
_VIEW = [
    "CREATE TEMP VIEW saving AS SELECT " + ", ".join(f'NULL AS "{name}"' for name in _NAMES),
    f"""
    CREATE TEMP TRIGGER save INSTEAD OF INSERT ON saving BEGIN
        {_GROW.format(**_NEW)};
        SELECT RAISE(ABORT, '{_OVERTAKEN}') WHERE changes() = 0;
        {"; ".join(text.format(**_NEW, source="") for text in _REST.values())};
    END
    """,
]
_INTO_VIEW = f"INSERT INTO saving VALUES ({', '.join(f'%({name})s' for name in _NAMES)})"
