"""Freezing a review: its snapshot."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from checklists.canonical import canonical_json, sha256_hex
from checklists.language import Question, Section, said
from checklists.measured import COLUMN_TITLES, COLUMNS, measured
from checklists.models import Edition
from checklists.scoring import METHOD, Result, score_standing
from checklists.standing import Standing
from reviews.actions.score import as_json, standing_of, store
from reviews.languages import IN_ENGLISH
from reviews.models import (
    Answer,
    Comment,
    Decision,
    Event,
    Evidence,
    Milestone,
    Review,
    Role,
    Snapshot,
    Submission,
    User,
)
from reviews.models.trail import STEPS
from reviews.policies import policy_for
from reviews.report.since import since

FORMAT = "ai-platform-review-snapshot/4"


@translation.override(IN_ENGLISH)
def freeze(review: Review, decision: Decision) -> Snapshot:
    """Write the review down as it is now, with the decision that closes it. Call inside the deciding transaction."""
    sign_offs = sign_offs_of(review)
    policy = policy_for(review)
    valid_until = decision.at + timedelta(days=policy.valid_days)
    closing = {
        "sign_offs": sign_offs,
        "approval": sign_offs[-1],
        "policy": {
            "approvers": policy.approvers,
            "approver_role": str(policy.approver_role.label),
            "blocks_on_high": policy.blocks_on_high,
            "valid_days": policy.valid_days,
        },
        "valid_until": time(valid_until),
        "verify_url": f"{settings.BASE_URL}/verify/",
        "trail_head": _trail_head(review),
    }
    state = state_of(review)
    earlier = earlier_approval(review)
    last = {"since": since(earlier.data, earlier.sha256, state)} if earlier else {}
    content = canonical_json(state | closing | last)
    return Snapshot.objects.create(
        review=review,
        decision=decision,
        content=content.decode(),
        sha256=sha256_hex(content),
        at=decision.at,
        valid_until=valid_until,
    )


def earlier_approval(review: Review) -> Snapshot | None:
    """The last approval of another of the workload's reviews of this kind, before its own; None for none."""
    snapshots = Snapshot.objects.filter(review__workload=review.workload_id, review__kind=review.kind)
    if own := review.snapshots.defer("content").first():
        snapshots = snapshots.filter(at__lt=own.at)
    return snapshots.exclude(review=review).order_by("at", "id").last()


@translation.override(IN_ENGLISH)
def sign_offs_of(review: Review) -> list[dict[str, Any]]:
    """The sign-offs as a snapshot has them: the submission, then the approvals that count."""
    # A review that was handed in before there were submissions has its approvals alone.
    submission = review.submissions.select_related("by").order_by("at", "id").last()
    given: list[Submission | Decision] = [*review.standing_approvals.select_related("by").order_by("at", "id")]
    return [_sign_off(each) for each in ([submission, *given] if submission else given)]


@translation.override(IN_ENGLISH)
def trail_of(review: Review) -> list[dict[str, Any]]:
    """The decision trail so far, as a snapshot has it."""
    return [_event(event) for event in review.events.filter(kind__in=STEPS).select_related("actor")]


def _trail_head(review: Review) -> dict[str, Any]:
    """The end of the whole trail, of which the decision trail is a part: a signed report proves all of it."""
    last = review.events.order_by("number").last()
    return {"events": last.number, "sha256": last.sha256} if last else {"events": 0, "sha256": ""}


def _sign_off(each: Submission | Decision) -> dict[str, Any]:
    role = str(Role(each.role).label)
    return {"by": _person(each.by), "role": role, "at": time(each.at), "statement": each.statement}


@translation.override(IN_ENGLISH)
def set_milestone(review: Review, *, name: str, by: User) -> Milestone:
    """Keep the review as it is now under a name. Call inside a writing transaction."""
    content = canonical_json(state_of(review) | {"trail_head": _trail_head(review)})
    return Milestone.objects.create(
        review=review, name=name, content=content.decode(), sha256=sha256_hex(content), by=by, at=timezone.now()
    )


def state_of(review: Review) -> dict[str, Any]:
    """The review as it is now, as a snapshot has it but for the approval; its score is brought up to date."""
    state, result = read_state(review)
    store(review, result)
    return state


@translation.override(IN_ENGLISH)
def read_state(review: Review) -> tuple[dict[str, Any], Result]:
    """The same, nothing written; and the score that it has."""
    given = review.answers.filter(confirmed=True).select_related("answered_by")
    answers = {answer.question_id: answer for answer in given}
    standing = standing_of(review, answers.values())
    result = score_standing(standing)
    score = as_json(result)
    risks = score.pop("risks")
    comments = _comments(review)
    state = {
        "format": FORMAT,
        "review": {
            "id": str(review.pk),
            "kind": review.kind,
            "kind_title": review.get_kind_display(),
            "number": review.number,
            "created_at": time(review.created_at),
            "created_by": _person(review.created_by),
            "version": review.version,
        },
        "workload": _workload(review, standing),
        "checklist": _edition(review.edition)
        | {
            "pillars": [
                {
                    "id": pillar["id"],
                    "title": pillar["title"],
                    "weight": pillar["weight"],
                    "weight_title": pillar["weight_title"],
                }
                for pillar in score["pillars"]
            ],
        },
        "added_checklists": [_edition(edition) for edition in review.editions[1:]],
        "score": {**score, "method": METHOD},
        "sections": _sections(review, standing, answers, risks, comments),
        "comments": [_comment(comment) for comment in comments.get("", [])],
        "contributors": [
            _person(contributor.user)
            for contributor in review.contributors.select_related("user").order_by("user__name", "user__username")
        ],
        "trail": trail_of(review),
    }
    return state, result


def _edition(edition: Edition) -> dict[str, Any]:
    checklist = edition.checklist
    return {
        "id": checklist.id,
        "title": checklist.title,
        "version": checklist.version,
        "sha256": edition.sha256,
        "source": checklist.source.model_dump() if checklist.source else None,
    }


def _workload(review: Review, standing: Standing) -> dict[str, Any]:
    workload = review.workload
    return {
        "key": workload.key,
        "name": workload.name,
        "purpose": workload.purpose,
        "owner": workload.owner,
        "team": workload.team.name,
        "criticality": workload.criticality,
        "criticality_title": workload.get_criticality_display(),
        "data_classification": workload.data_classification,
        "data_classification_title": workload.get_data_classification_display(),
        "regions": workload.regions,
        "links": workload.links,
        "facts": [
            {
                "id": fact.id,
                "text": fact.text,
                "value": standing.value(fact.id),
                "said": said(fact, standing.value(fact.id)),
            }
            for fact in standing.checklist.facts
            if standing.is_asked(fact)
        ],
    }


def evidence_of(review: Review) -> dict[str, list[dict[str, Any]]]:
    """The review's evidence by question, as a snapshot has it; what was taken away is not in it."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for piece in review.evidence.filter(removed_at=None).select_related("by"):
        found[piece.question_id].append(_evidence(piece))
    return found


def _comments(review: Review) -> dict[str, list[Comment]]:
    """What was said by question, and under the empty name about the review as a whole."""
    found: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in Comment.objects.filter(thread__review=review).select_related("author", "thread"):
        found[comment.thread.question_id].append(comment)
    return found


def _sections(
    review: Review,
    standing: Standing,
    answers: dict[str, Answer],
    risks: dict[str, str],
    comments: dict[str, list[Comment]],
) -> list[dict[str, Any]]:
    """The sections with the questions that are asked: what a condition hides was not part of the review."""
    evidence = evidence_of(review)

    def section_content(section: Section) -> dict[str, Any]:
        return {
            "id": section.id,
            "title": section.title,
            "intro": section.intro,
            "questions": [
                _question(question, standing, answers.get(question.id), risks[question.id])
                | {
                    "evidence": evidence.get(question.id, []),
                    "comments": [_comment(comment) for comment in comments.get(question.id, [])],
                }
                for question in section.questions
                if standing.is_asked(question)
            ],
        }

    sections = [section_content(section) for section in standing.checklist.sections]
    return [section for section in sections if section["questions"]]


def _question(question: Question, standing: Standing, answer: Answer | None, risk: str) -> dict[str, Any]:
    selected = set(answer.selected) if answer else set()
    left_out = set(answer.left_out) if answer else set()
    titles = standing.checklist.pillar_titles
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
        "pillar_titles": [titles[pillar] for pillar in question.pillars],
        "weight": standing.weight(question),
        "obligatory": standing.is_obligatory(question),
        "risk": risk,
        "regions_differ": standing.regions_differ(question),
        "kind": question.kind,
        "choices": [
            {
                "id": choice.id,
                "text": choice.text,
                "means": choice.means,
                "do": choice.do.text if choice.do else "",
                "selected": choice.id in selected,
                "not_applicable": choice.id in left_out,
            }
            for choice in question.choices
        ],
        "table": _table(question, standing, answer) if answer and answer.rows else None,
        "not_applicable": bool(answer and answer.not_applicable),
        "reason": answer.reason if answer else "",
        "note": answer.note if answer else "",
        "answered_by": _person(answer.answered_by) if answer else None,
        "answered_at": time(answer.answered_at) if answer else None,
        "links": [link.model_dump() for link in question.links],
    }


def _evidence(piece: Evidence) -> dict[str, Any]:
    return {
        "kind": piece.kind,
        "title": piece.title,
        "file_name": piece.file_name,
        "content_type": piece.content_type,
        "size": piece.size,
        "url": piece.url,
        "quote": piece.text,
        "source": piece.source,
        "sha256": piece.sha256,
        "by": _person(piece.by),
        "at": time(piece.at),
    }


def _comment(comment: Comment) -> dict[str, Any]:
    return {"by": _person(comment.author), "at": time(comment.at), "text": comment.text}


def _table(question: Question, standing: Standing, answer: Answer) -> dict[str, Any]:
    """The table of a measured answer with what it comes to, all of it texts, in the order of the columns."""
    computed = "Headroom" if question.quota else f"Cost per {question.benchmark.work}" if question.benchmark else ""
    found = measured(question, answer.rows, standing.latency_limit(question))
    return {
        "columns": [*(COLUMN_TITLES[column] for column in COLUMNS[question.kind]), computed],
        "rows": [
            {"cells": [*(row.row[column] for column in COLUMNS[question.kind]), row.shown], "best": row.best}
            for row in found
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "at": time(event.at),
        "actor": _person(event.actor) if event.actor else None,
        "kind": event.kind,
        "text": event.get_kind_display(),
        "statement": event.detail.get("statement", ""),
        "address": event.address or "",
    }


def _person(user: User) -> dict[str, str]:
    return {"name": user.name, "username": user.username, "email": user.email}


def time(moment: datetime) -> str:
    """ISO 8601 in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
