"""Freezing a review: its snapshot."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from checklists.canonical import canonical_json, sha256_hex
from checklists.language import PILLARS, Checklist, Question, Section
from checklists.scoring import METHOD
from reviews.actions.score import as_json, result_of, store
from reviews.models import Answer, Comment, Decision, Event, Review, Snapshot, User, WorkloadFact
from reviews.models.trail import STEPS

FORMAT = "ai-platform-review-snapshot/1"


def freeze(review: Review, decision: Decision) -> Snapshot:
    """Write the review down as it is now, with the decision that closes it. Call inside the deciding transaction."""
    content = canonical_json(_content(review, decision))
    return Snapshot.objects.create(
        review=review, decision=decision, content=content.decode(), sha256=sha256_hex(content), at=decision.at
    )


def _content(review: Review, decision: Decision) -> dict[str, Any]:
    checklist = review.edition.checklist
    result = result_of(review)
    store(review, result)
    score = as_json(result)
    risks = score.pop("risks")
    return {
        "format": FORMAT,
        "review": {
            "id": str(review.pk),
            "kind": review.kind,
            "kind_title": review.get_kind_display(),
            "number": review.number,
            "created_at": _time(review.created_at),
            "created_by": _person(review.created_by),
            "version": review.version,
        },
        "workload": _workload(review, checklist),
        "checklist": {
            "id": checklist.id,
            "title": checklist.title,
            "version": checklist.version,
            "sha256": review.edition.sha256,
            "source": checklist.source.model_dump(),
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
        "score": {**score, "method": METHOD},
        "sections": _sections(review, checklist, risks),
        "contributors": [
            _person(contributor.user)
            for contributor in review.contributors.select_related("user").order_by("user__name", "user__username")
        ],
        "trail": [_event(event) for event in review.events.filter(kind__in=STEPS).select_related("actor")],
        "approval": {
            "by": _person(decision.by),
            "role": "Lead",
            "at": _time(decision.at),
            "statement": decision.statement,
        },
    }


def _workload(review: Review, checklist: Checklist) -> dict[str, Any]:
    workload = review.workload
    facts = dict(WorkloadFact.objects.filter(workload=workload).values_list("name", "value"))
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
        "facts": [{"id": fact.id, "text": fact.text, "value": facts.get(fact.id)} for fact in checklist.facts],
    }


def _sections(review: Review, checklist: Checklist, risks: dict[str, str]) -> list[dict[str, Any]]:
    answers = {answer.question_id: answer for answer in review.answers.select_related("answered_by")}
    comments: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in review.comments.select_related("author"):
        comments[comment.question_id].append(comment)

    def section_content(section: Section) -> dict[str, Any]:
        return {
            "id": section.id,
            "title": section.title,
            "intro": section.intro,
            "questions": [
                _question(question, answers.get(question.id), risks[question.id], comments[question.id])
                for question in section.questions
            ],
        }

    return [section_content(section) for section in checklist.sections]


def _question(question: Question, answer: Answer | None, risk: str, comments: list[Comment]) -> dict[str, Any]:
    selected = set(answer.selected) if answer else set()
    return {
        "id": question.id,
        "title": question.title,
        "text": question.text,
        "why": question.why,
        "good": question.good,
        "do": question.do,
        "pillars": list(question.pillars),
        "pillar_titles": [PILLARS[pillar] for pillar in question.pillars],
        "weight": question.weight,
        "obligatory": question.obligatory,
        "risk": risk,
        "kind": question.kind,
        "choices": [
            {"id": choice.id, "text": choice.text, "means": choice.means, "selected": choice.id in selected}
            for choice in question.choices
        ],
        "not_applicable": bool(answer and answer.not_applicable),
        "reason": answer.reason if answer else "",
        "note": answer.note if answer else "",
        "answered_by": _person(answer.answered_by) if answer else None,
        "answered_at": _time(answer.answered_at) if answer else None,
        "comments": [
            {"by": _person(comment.author), "at": _time(comment.at), "text": comment.text} for comment in comments
        ],
        "links": [link.model_dump() for link in question.links],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "at": _time(event.at),
        "actor": _person(event.actor) if event.actor else None,
        "kind": event.kind,
        "text": event.get_kind_display(),
        "statement": event.detail.get("statement", ""),
        "address": event.address or "",
    }


def _person(user: User) -> dict[str, str]:
    return {"name": user.name, "username": user.username, "email": user.email}


def _time(moment: datetime) -> str:
    """ISO 8601 in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
