"""The pages that people read, and reviews in every state to be seen on them."""

PAGES = {
    "home": "/",
    "language": "/language/",
    "password": "/password/",
    "notices": "/notices/",
    "notice-settings": "/notices/settings/",
    "mailbox": "/mailbox/",
    "people": "/people/",
    "policies": "/policies/",
    "policy": "/policies/inferencing/high/",
    "workloads": "/workloads/",
    "workload-new": "/workloads/new/",
    "workload": "/workloads/{workload}/",
    "workload-edit": "/workloads/{workload}/edit/",
    "review-from-file": "/workloads/{workload}/reviews/from-file/",
    "review": "/reviews/{submitted}/",
    "questionnaire": "/reviews/{draft}/questionnaire/",
    "talk": "/reviews/{draft}/talk/{question}/",
    "background": "/reviews/{draft}/questions/{question}/background/",
    "answer-history": "/reviews/{draft}/answers/{question}/history/",
    "at-once": "/reviews/{draft}/sections/GEN/",
    "assign": "/reviews/{draft}/assign/question/{question}/",
    "evidence": "/reviews/{draft}/evidence/{question}/",
    "graph-results": "/reviews/{draft}/query-results/",
    "move-preview": "/reviews/{draft}/edition/",
    "templates": "/templates/",
    "milestones": "/reviews/{draft}/milestones/",
    "compare": "/reviews/{draft}/compare/?from=milestone:{milestone}&to=now",
    "timeline": "/reviews/{draft}/timeline/",
    "report": "/reviews/{approved}/report/",
    "verify": "/verify/",
    "checklists": "/checklists/",
    "checklist-new": "/checklists/new/",
    "edition": "/checklists/looked-at/2.0/",
    "export": "/checklists/looked-at/2.0/export/",
    "changes": "/checklists/looked-at/1.0/2.0/",
    "draft": "/checklists/looked-at/draft/",
    "draft-preview": "/checklists/looked-at/draft/preview/",
    "draft-changes": "/checklists/looked-at/draft/changes/",
    "draft-publish": "/checklists/looked-at/draft/publish/",
}
"""An address of each page; {names} are filled in."""

STATES = {
    "an approved review": "/reviews/{approved}/",
    "a review with changes requested": "/reviews/{returned}/questionnaire/",
    "a workload that is approved": "/workloads/{approved_workload}/",
    "a search": "/checklists/looked-at/2.0/?q=data",
    "nothing here": "/nothing-here/",
}
"""Pages again, in states that show something else."""

SET_UP = """
import json
from checklists.drafts import begin_draft, publish_draft, text_of_edition
from checklists.models import Edition
from reviews.access import Actor
from reviews.actions.assign import assign
from reviews.actions.beginning import make_template
from reviews.actions.decide import request_changes
from reviews.actions.evidence import add_link, add_quote
from reviews.actions.milestones import name_milestone
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread, resolve
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Report, ThreadKind, User
from tests.conftest import answer_all, give, make_user, version_of
from reviews.models import Role

people = {user.username: user for user in User.objects.all()}
ada, lea, admin = (people[name] for name in ("ada", "lea", "admin"))
team = ada.memberships.get().team
make_user("rita", team, Role.READER)

about = dict(purpose="Answers questions.", owner="Claims", team=team, criticality="high", regions=["westeurope"])
links = [{"title": "Design", "url": "https://example.org/design"}]
reviews = {}
for name in ("Draft", "Submitted", "Returned"):
    described = WorkloadDescription(name=f"{name} assistant", data_classification="internal", links=links, **about)
    reviews[name] = start_review(Actor(ada), workload=create_workload(Actor(ada), described), kind="eda")
draft = reviews["Draft"]
first, second = (question.id for question in draft.checklist.questions[:2])
milestone = name_milestone(Actor(ada), review_id=draft.pk, name="Before the workshop")
note = "As **seen** in [the wiki](https://x.org)."
give(ada, draft, first, selected=[draft.checklist.questions[0].choices[-1].id], note=note)
give(ada, draft, second, not_applicable=True, reason="There is none.")
thread = open_thread(Actor(lea), review_id=draft.pk, question_id=first, text="Says who, @ada?").thread
resolve(Actor(ada), review_id=draft.pk, thread_id=thread.pk)
open_thread(Actor(lea), review_id=draft.pk, question_id=first, text="And since when, @ada?")
assign(Actor(lea), review_id=draft.pk, to=ada, question_id=second)
for review in reviews.values():
    about = {"review_id": review.pk, "question_id": first}
    add_link(Actor(ada), **about, url="https://example.org/runbook")
    add_quote(Actor(ada), **about, text="It was tried twice.", source="Mail of the operator, 3 November")
for name in ("Submitted", "Returned"):
    answer_all(ada, reviews[name])
    question = reviews[name].checklist.questions[0]
    give(ada, reviews[name], question.id, selected=[question.choices[-1].id])
    submit_review(Actor(ada), review_id=reviews[name].pk, statement="All of it is so.")
returned = reviews["Returned"]
request = {"question_id": first, "text": "More, please.", "kind": ThreadKind.CHANGE_REQUEST}
open_thread(Actor(lea), review_id=returned.pk, **request)
request_changes(Actor(lea), review_id=returned.pk, version=version_of(returned), statement="See there.")
approved = Report.objects.select_related("snapshot__review__workload").earliest("id").snapshot.review
make_template(Actor(lea), review_id=approved.pk, name="Like claims")

text = text_of_edition(Edition.objects.filter(key="eda").latest("id")).replace("id: eda", "id: looked-at", 1)
text = text.replace("library: true", "", 1)
for version in ("1.0", "2.0"):
    begun = begin_draft(admin, text=text)
    publish_draft(admin, key="looked-at", draft_version=begun.version, version=version, notes="What is new.")
    text = text.replace("title: ", "title: Another ", 3)
begin_draft(admin, text=text, base=Edition.objects.filter(key="looked-at").latest("id"))
places = {
    "draft": draft, "submitted": reviews["Submitted"], "returned": returned, "approved": approved,
    "question": first, "milestone": milestone.pk, "workload": draft.workload.key,
    "approved_workload": approved.workload.key,
}
print(json.dumps({name: str(getattr(each, "pk", each)) for name, each in places.items()}))
"""
"""Makes what the addresses are about; the last line that it prints says what fills them in, as JSON."""
