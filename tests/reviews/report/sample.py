"""Snapshots to make reports from: one as a real review leaves it, and the smallest there can be."""

import copy
from dataclasses import replace
from functools import cache
from typing import Any

from checklists.canonical import canonical_json, sha256_hex
from checklists.language import Checklist, FactValue, Question
from checklists.measured import COLUMN_TITLES, COLUMNS, measured
from checklists.publish import read_library
from checklists.scoring import METHOD, AnswerValue, Result, Risk, score_standing
from checklists.standing import Standing
from reviews.report.since import since
from reviews.report.snapshot import EvidenceData, Person, QuestionData, SnapshotData, TableData

ADA: Person = {"name": "Ada Brandt", "username": "ada", "email": "ada@example.org"}
JONAS: Person = {"name": "Jonas Keller", "username": "jonas", "email": "jonas@example.org"}
LEA: Person = {"name": "Lea Okafor", "username": "lea", "email": "lea@example.org"}

LONG_NOTE = """\
Container apps and index span three zones. The model deployment is in one region.

Fallback since 28 October: without the model, the front end shows the passages that the index finds, \
without a summary. Tried with 40 handlers for an hour; calls took 1.5 minutes longer, none failed.

    p50   0.6 s to the first token
    p95   0.9 s to the first token, 6.1 s to the full answer

A second deployment in francecentral is planned for the first quarter. Until then the on-call engineer of the \
platform team switches the front end to passages only; the switch is a flag and takes effect within a minute. \
The runbook is https://wiki.example.org/spaces/CLAIMS/pages/8841723/Runbook+assistant+without+model#switching-back."""

WANTED = {
    "GEN-02": (Risk.NONE, "Confirmed by data protection on 2 October; all of it stays in swedencentral."),
    "GEN-01": (Risk.NONE, "ADR-031 and ADR-034 say why the existing search could not rank passages."),
    "GEN-04": (
        Risk.MEDIUM,
        "Model deployment: 300k tokens/min, expected peak 190k (Monday, 9 to 11).\nIndex: 50 queries/s.",
    ),
    "GEN-06": (Risk.MEDIUM, "No staged exposure of new prompts yet."),
    "INF-C-02": (Risk.HIGH, ""),
    "INF-F-03": (Risk.MEDIUM, "Our own images are deployed by digest; the model version is not pinned."),
    "INF-N-01": (Risk.HIGH, LONG_NOTE),
    "INF-N-04": (Risk.MEDIUM, "Answers are not sampled for quality; handlers mark about 30 a week as wrong."),
    "INF-N-08": (Risk.MEDIUM, ""),
}
"""Question id -> the risk that its answer leaves, as near as its choices allow, and the note."""

EVIDENCE: dict[str, list[EvidenceData]] = {
    "GEN-04": [
        {
            "kind": "file",
            "title": "Load test of 14 October: limits and peaks",
            "file_name": "load-test-2026-10-14.xlsx",
            "content_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "size": 412_388,
            "url": "",
            "quote": "",
            "source": "",
            "sha256": "a7f1c9d8e05b4c3f9b6a2d1e8f70c4b5a6d7e8f9012b3c4d5e6f708192a3b4c5",
            "by": JONAS,
            "at": "2026-10-16T09:44:10Z",
        },
    ],
    "INF-N-01": [
        {
            "kind": "link",
            "title": "Runbook: assistant without model",
            "file_name": "",
            "content_type": "",
            "size": None,
            "url": "https://wiki.example.org/spaces/CLAIMS/pages/8841723/Runbook+assistant+without+model#switching-back",
            "quote": "",
            "source": "",
            "sha256": "0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9eafb",
            "by": ADA,
            "at": "2026-11-19T11:58:00Z",
        },
        {
            "kind": "quote",
            "title": "Minutes of the exercise of 28 October, page 2",
            "file_name": "",
            "content_type": "",
            "size": None,
            "url": "",
            "quote": "40 handlers worked for an hour without the model.\nNo call failed.",
            "source": "Minutes of the exercise of 28 October, page 2",
            "sha256": "9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a0",
            "by": ADA,
            "at": "2026-11-19T12:01:30Z",
        },
    ],
}
"""Question id -> what shows that its answer is true."""

FACTS: dict[str, FactValue] = {
    "workload_kind": "inferencing",
    "criticality": "high",
    "data_regions": ["swedencentral"],
    "compute_regions": ["swedencentral"],
    "caller_regions": ["swedencentral"],
    "model_origin": ["foundation", "own"],
    "inferencing_mode": ["batch", "online"],
    "latency_target_ms": 900,
    "hosting": ["model_service", "self_hosted"],
    "platform_shared": True,
}

DOES_NOT_APPLY = {
    "INF-F-04": "Used by claims operations alone until at least the end of next year.",
    "INF-N-06": "The model is hosted and paid by token; there is no capacity of our own to reserve.",
}


def realistic() -> SnapshotData:
    """An approved review of the library's inferencing checklist: 23 questions, findings, notes, comments."""
    checklist = _checklist()
    answers = {
        question.id: replace(_answer(question), explained=bool(WANTED.get(question.id, ("", ""))[1]))
        for question in checklist.questions
    }
    standing = Standing(checklist, FACTS, answers)
    result = score_standing(standing)
    snapshot: SnapshotData = {
        "format": "ai-platform-review-snapshot/4",
        "review": {
            "id": "7d9f1f0e-3c0b-4a52-9a55-1f6a1c5f7f10",
            "kind": "inferencing",
            "kind_title": "Inferencing (model hosting)",
            "number": 2,
            "created_at": "2026-10-05T08:12:44Z",
            "created_by": ADA,
            "version": 57,
        },
        "workload": {
            "key": "claims-assistant",
            "name": "Claims assistant",
            "purpose": (
                "Answers questions of claims handlers about policies and open claims, with quotations from the "
                "documents it found. 600 handlers use it during calls. When it is absent they search by hand, and a "
                "call takes about four minutes longer."
            ),
            "owner": "Claims operations, Ruth Amsel",
            "team": "Platform architecture",
            "criticality": "high",
            "criticality_title": "High",
            "data_classification": "confidential",
            "data_classification_title": "Confidential",
            "regions": ["swedencentral", "francecentral"],
            "links": [
                {"title": "Architecture decisions", "url": "https://wiki.example.org/claims-assistant/decisions"},
                {"title": "Service board", "url": "https://boards.example.org/claims-assistant?range=30d&tz=utc"},
            ],
            "facts": [
                {
                    "id": "personal_data",
                    "text": "Does the workload handle personal data?",
                    "value": True,
                    "said": "Yes",
                },
                {
                    "id": "external_users",
                    "text": "Do people outside the organisation use it?",
                    "value": False,
                    "said": "No",
                },
                {
                    "id": "own_weights",
                    "text": "Are the weights of the model kept by the organisation?",
                    "value": None,
                    "said": "",
                },
            ],
        },
        "checklist": {
            "id": checklist.id,
            "title": checklist.title,
            "version": checklist.version,
            "sha256": "5b0e3cf5a1f0a7dd3d7c1f8a3d6ad4d1b4e0a9f3f6a2c4e7b8d9e0f1a2b3c4d5",
            "source": {
                "title": checklist.source.title,
                "url": checklist.source.url,
                "licence": checklist.source.licence,
            },
            "pillars": [
                {"id": each.id, "title": each.title, "weight": each.weight, "weight_title": each.weight_title}
                for each in result.pillars
            ],
        },
        "added_checklists": [],
        "score": {
            "overall": result.overall,
            "pillars": [
                {
                    "id": each.id,
                    "title": each.title,
                    "weight": each.weight,
                    "weight_title": each.weight_title,
                    "score": each.score,
                }
                for each in result.pillars
            ],
            "counts": {risk.value: result.count(risk) for risk in Risk},
            "answered": result.answered,
            "total": result.total,
            "method": METHOD,
        },
        "sections": [
            {
                "id": section.id,
                "title": section.title,
                "intro": section.intro,
                "questions": [
                    _question(question, answers[question.id], result, standing)
                    for question in section.questions
                    if standing.is_asked(question)
                ],
            }
            for section in checklist.sections
        ],
        "comments": [
            {"by": LEA, "at": "2026-10-21T09:30:55Z", "text": "Good work, and honest.\nTwo things are open."}
        ],
        "contributors": [ADA, JONAS],
        "trail": [
            _event("2026-10-05T08:12:44Z", ADA, "created", "Review created", "", "10.20.4.17"),
            _event("2026-10-19T15:02:10Z", ADA, "submitted", "Submitted for approval", "", "10.20.4.17"),
            _event(
                "2026-10-21T09:30:55Z",
                LEA,
                "changes_requested",
                "Changes requested",
                "Good work, and honest. Claims handlers cannot be without the assistant when a region fails on a "
                "Monday, so INF-N-01 needs an answer. And please finish the table of limits in GEN-04.",
                "2001:db8:85a3:8d3:1319:8a2e:370:7348",
            ),
            _event("2026-11-20T16:44:31Z", JONAS, "resubmitted", "Submitted again", "", "10.20.4.92"),
            _event("2026-11-24T13:20:05Z", LEA, "approved", "Approved", _STATEMENT, "10.20.4.30"),
        ],
        "sign_offs": [
            {"by": JONAS, "role": "Architect", "at": "2026-11-20T16:44:31Z", "statement": _SUBMISSION},
            {"by": LEA, "role": "Lead", "at": "2026-11-24T13:20:05Z", "statement": _STATEMENT},
        ],
        "policy": {"approvers": 1, "approver_role": "Lead", "blocks_on_high": False, "valid_days": 365},
        "valid_until": "2027-11-24T13:20:05Z",
        "verify_url": "https://reviews.example.org/verify/",
        "approval": {"by": LEA, "role": "Lead", "at": "2026-11-24T13:20:05Z", "statement": _STATEMENT},
    }
    return snapshot


def earlier() -> SnapshotData:
    """The review before: INF-C-02 was no finding, INF-N-01 was not answered, GEN-99 was asked and GEN-02 was not."""
    snapshot = realistic()
    snapshot["review"].update(number=1, id="0b0f7c1a-9f0e-4b77-8f3a-2f1f6f0f4a55")
    snapshot["approval"] = {**snapshot["approval"], "at": "2025-11-03T10:02:00Z"}
    snapshot["checklist"].update(version="1.0")
    snapshot["score"].update(overall=61.5)
    snapshot["score"]["pillars"][0]["score"] = None
    snapshot["score"]["pillars"][1]["score"] = 90.0
    snapshot["workload"]["facts"][1].update(value=True, said="Yes")
    questions = {question["id"]: question for question in questions_of(snapshot)}
    for choice in questions["INF-C-02"]["choices"]:
        choice["selected"] = choice["id"] == questions["INF-C-02"]["choices"][0]["id"]
    questions["INF-C-02"]["risk"] = "none"
    for choice in questions["INF-N-01"]["choices"]:
        choice["selected"] = False
    questions["INF-N-01"].update(risk="unanswered", note=LONG_NOTE.replace("three zones", "one zone")[:-200])
    for choice in questions["GEN-06"]["choices"]:
        choice["selected"], choice["not_applicable"] = False, choice["id"] == "GEN-06a"
    questions["GEN-06"]["risk"] = "high"
    questions["INF-N-04"].update(risk="high", note="")
    questions["INF-F-04"].update(reason="Nobody else uses it.")
    questions["GEN-04"]["table"]["rows"].pop()
    questions["GEN-05"].update(not_applicable=True, reason="There is only one region.", risk="not_applicable")
    questions["GEN-02"].update(id="GEN-99", name="GEN-99", title="Where data may be", risk="medium")
    return snapshot


def followed() -> SnapshotData:
    """The realistic review, with what changed since the one before."""
    before, now = earlier(), realistic()
    digest = sha256_hex(canonical_json(before))
    return {**now, "since": since(before, digest, now)}


def tiny() -> SnapshotData:
    """One question, answered without risk; nothing that may be left out is there."""
    snapshot = realistic()
    question: QuestionData = copy.deepcopy(snapshot["sections"][0]["questions"][0])
    question.update(note="", evidence=[], comments=[], links=[])
    snapshot["comments"] = []
    snapshot["sections"] = [{"id": "GEN", "title": "General", "intro": "", "questions": [question]}]
    snapshot["workload"].update(links=[], facts=[], regions=[])
    snapshot["score"].update(answered=1, total=1, overall=100.0)
    snapshot["score"]["counts"] = {"high": 0, "medium": 0, "none": 1, "unanswered": 0, "not_applicable": 0}
    for pillar in snapshot["score"]["pillars"]:
        pillar["score"] = 100.0 if pillar["id"] in question["pillars"] else None
    snapshot["trail"] = snapshot["trail"][-1:]
    snapshot["contributors"] = [ADA]
    return snapshot


def large(count: int) -> SnapshotData:
    """The realistic review's questions again and again until there are so many, each with a note of its own."""
    snapshot = realistic()
    pattern = questions_of(snapshot)
    questions = []
    for number in range(count):
        question = copy.deepcopy(pattern[number % len(pattern)])
        question["id"] = question["name"] = f"Q{number:04d}"
        question["note"] = f"mark{question['id']}. {question['note'] or 'Nothing more to say.'}"
        if number >= len(pattern):
            # As in reviews, findings are few beside the rest.
            question["risk"] = "none"
        questions.append(question)
    parts = [questions[start : start + 60] for start in range(0, count, 60)]
    snapshot["sections"] = [
        {"id": f"S{number}", "title": f"Part {number}", "intro": "", "questions": part}
        for number, part in enumerate(parts, start=1)
    ]
    return snapshot


def questions_of(snapshot: SnapshotData) -> list[QuestionData]:
    """All questions, in order."""
    return [question for section in snapshot["sections"] for question in section["questions"]]


_SUBMISSION = (
    "The answers describe the workload as it runs since 18 November. What we know to be missing is said in the notes."
)
_STATEMENT = (
    "I read all answers, saw the fallback work, and checked the limits against the load test. The remaining risks "
    "are known and bearable for a year; the second region is to be ready by the end of March."
)


@cache
def _checklist() -> Checklist:
    return next(checklist for checklist in read_library() if checklist.id == "inferencing")


def _answer(question: Question) -> AnswerValue:
    if question.id in DOES_NOT_APPLY:
        return AnswerValue(not_applicable=True)
    wanted = WANTED.get(question.id, (Risk.NONE, ""))[0]
    if question.kind == "practices":
        practices = [practice.id for practice in question.practices]
        kept = {Risk.NONE: len(practices), Risk.MEDIUM: len(practices) - 1, Risk.HIGH: 1}[wanted]
        return AnswerValue(selected=frozenset(practices[:kept]))
    if question.kind == "quota":
        peak = {Risk.NONE: "100000", Risk.MEDIUM: "190000", Risk.HIGH: "400000"}[wanted]
        row = {"service": "Model deployment", "limit": "240000", "peak": peak, "unit": "tokens a minute"}
        return AnswerValue(rows=(row,))
    if question.kind == "benchmark":
        rows = [("1 × L40S", "11.5", "640", "1.9"), ("1 × H100", "31", "410", "6.4")]
        columns = ("configuration", "throughput", "p95_ms", "cost_per_hour")
        kept = {Risk.NONE: 2, Risk.MEDIUM: 1}[wanted]
        return AnswerValue(rows=tuple(dict(zip(columns, row, strict=True)) for row in rows[:kept]))
    fitting = [choice.id for choice in question.choices if choice.risk == wanted]
    return AnswerValue(selected=frozenset(fitting[:1] or [question.choices[-1].id]))


def _table(question: Question, answer: AnswerValue, standing: Standing) -> TableData | None:
    if not answer.rows:
        return None
    found = measured(question, answer.rows, standing.latency_limit(question))
    columns = COLUMNS[question.kind]
    computed = f"Cost per {question.benchmark.work}" if question.benchmark else "Headroom"
    return {
        "columns": [*(COLUMN_TITLES[column] for column in columns), computed],
        "rows": [
            {"cells": [*(each.row[column] for column in columns), each.shown], "best": each.best} for each in found
        ],
    }


def _question(question: Question, answer: AnswerValue, result: Result, standing: Standing) -> QuestionData:
    return {
        "id": question.id,
        "name": question.name,
        "title": question.title,
        "text": question.wording,
        "why": question.why,
        "good": question.good,
        "do": question.do,
        "tags": list(question.tags),
        "pillars": list(question.pillars),
        "pillar_titles": [standing.checklist.pillar_titles[pillar] for pillar in question.pillars],
        "weight": standing.weight(question),
        "obligatory": standing.is_obligatory(question),
        "risk": result.risks[question.id].value,
        "regions_differ": standing.regions_differ(question),
        "kind": question.kind,
        "choices": [
            {
                "id": each.id,
                "text": each.text,
                "means": each.means,
                "do": each.do.text if each.do else "",
                "selected": each.id in answer.selected,
                "not_applicable": each.id in answer.left_out,
            }
            for each in question.choices
        ],
        "table": _table(question, answer, standing),
        "not_applicable": answer.not_applicable,
        "reason": DOES_NOT_APPLY.get(question.id, ""),
        "note": WANTED.get(question.id, (Risk.NONE, ""))[1],
        "answered_by": JONAS if question.id.startswith("INF-F") else ADA,
        "answered_at": "2026-10-16T09:41:02Z",
        "evidence": copy.deepcopy(EVIDENCE.get(question.id, [])),
        "comments": [
            {
                "by": LEA,
                "at": "2026-10-21T09:28:00Z",
                "text": "What do handlers do when the model is not there? A tested fallback would be enough for me.",
            },
            {"by": JONAS, "at": "2026-11-19T12:03:00Z", "text": "Done: see the note.\nThe runbook is linked."},
        ]
        if question.id == "INF-N-01"
        else [],
        "links": [{"title": link.title, "url": link.url} for link in question.links],
    }


def _event(at: str, actor: Person, kind: str, text: str, statement: str, address: str) -> dict[str, Any]:
    return {"at": at, "actor": actor, "kind": kind, "text": text, "statement": statement, "address": address}
