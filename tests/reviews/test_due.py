"""Assignments that are due: who is reminded, when and of what; and what becomes of those of people who leave."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import tasks
from reviews.access import Actor
from reviews.actions.assign import assign
from reviews.actions.due import tell_of_due
from reviews.actions.errors import Invalid
from reviews.actions.mails import send_mails
from reviews.actions.notices import set_delivery
from reviews.actions.people import set_active, set_role
from reviews.actions.submit import submit_review
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.models import Assignment, Delivery, Membership, Notice, NoticeKind, Review, Role, User
from tests.conftest import People, answer_all, give

DUE = date(2031, 5, 8)
EVE = datetime(2031, 5, 7, 9, 0, tzinfo=UTC)
AFTER = datetime(2031, 5, 9, 9, 0, tzinfo=UTC)


def give_to(by: User, review: Review, to: User | None, due: date | None = DUE, **target: str) -> Assignment | None:
    return assign(Actor(by), review_id=review.pk, to=to, due=due, **target)


@pytest.fixture
def assigned(review: Review, people: People) -> Review:
    """Jonas has a question until the 8th of May; the review is scored, as workers do."""
    give_to(people.ada, review, people.jonas, question_id="GEN-01")
    tasks.score_review(str(review.pk))
    return review


@pytest.fixture
def administrator(people: People) -> Actor:
    return Actor(User.objects.create_superuser("admin", email="admin@example.org", password="x"))


def reminders() -> list[tuple[str, str]]:
    found = Notice.objects.filter(kind=NoticeKind.DUE).order_by("pk").select_related("user")
    return [(each.user.username, each.key.partition(":")[0]) for each in found]


def test_somebody_is_reminded_once_the_day_before_and_once_when_it_is_overdue(assigned: Review):
    assert tell_of_due(EVE - timedelta(days=1)) == 0
    assert tell_of_due(EVE) == 1
    assert tell_of_due(EVE + timedelta(hours=1)) == 0
    assert tell_of_due(EVE + timedelta(days=1)) == 0
    assert tell_of_due(AFTER) == 1
    assert tell_of_due(AFTER + timedelta(days=1)) == 0
    assert reminders() == [("jonas", "due"), ("jonas", "overdue")]


def test_a_day_that_was_missed_is_made_up_for(assigned: Review):
    assert tell_of_due(AFTER) == 1
    assert reminders() == [("jonas", "overdue")]


def test_what_is_answered_is_not_spoken_of(assigned: Review, people: People):
    give(people.ada, assigned, "GEN-01", selected=["justified"])
    assert tell_of_due(EVE) == tell_of_due(AFTER) == 0


def test_what_is_due_on_one_day_is_told_of_together_with_how_much_is_left(assigned: Review, people: People):
    give_to(people.ada, assigned, people.jonas, section_id="EDA-F")
    give(people.ada, assigned, "EDA-F-01", selected=["auto"])
    assert tell_of_due(EVE) == 1
    notice = Notice.objects.get(kind=NoticeKind.DUE)
    question = assigned.checklist.questions_by_id["GEN-01"]
    assert notice.text.splitlines()[0].startswith("Due on 8 May 2031")
    assert set(notice.text.splitlines()[1:]) == {question.title, "Functional requirements: 2 of 3 left"}


def test_a_question_of_a_section_that_is_somebody_elses_is_not_left_to_its_owner(review: Review, people: People):
    give_to(people.ada, review, people.jonas, section_id="EDA-F")
    give_to(people.ada, review, people.lea, due=None, question_id="EDA-F-01")
    give(people.ada, review, "EDA-F-02", selected=["menu"])
    give(people.ada, review, "EDA-F-03", selected=["EDA-F-03a"])
    assert tell_of_due(EVE) == 0


def test_it_is_the_day_and_the_hour_of_the_person(assigned: Review, people: People):
    User.objects.filter(pk=people.jonas.pk).update(time_zone="Pacific/Auckland")
    early = datetime(2031, 5, 6, 18, 59, tzinfo=UTC)  # 6:59 on the 7th there
    assert tell_of_due(early) == 0
    assert tell_of_due(early + timedelta(minutes=1)) == 1


def test_who_was_assigned_it_on_that_very_day_was_told_then(assigned: Review):
    Assignment.objects.update(at=EVE)
    assert tell_of_due(EVE + timedelta(hours=1)) == 0
    assert tell_of_due(AFTER) == 1


def test_closed_reviews_and_people_who_left_are_left_alone(assigned: Review, people: People):
    Membership.objects.filter(user=people.jonas).delete()
    assert tell_of_due(EVE) == 0
    answer_all(people.ada, assigned)
    submit_review(Actor(people.ada), review_id=assigned.pk)
    assert tell_of_due(AFTER) == 0


def test_the_reminder_goes_by_mail_as_the_person_wishes(assigned: Review, people: People):
    send_mails()
    mail.outbox.clear()
    tell_of_due(EVE)
    assert send_mails() == 1
    assert mail.outbox[0].subject.startswith("Something that is assigned to you is due in Claims assistant")
    assert f"/reviews/{assigned.pk}/questionnaire/#q-GEN-01" in mail.outbox[0].body
    set_delivery(people.jonas, {NoticeKind.DUE: Delivery.NEVER})
    assert tell_of_due(AFTER) == 1
    assert send_mails() == 0


def test_the_worker_looks_every_hour(db, settings):
    assert settings.CELERY_BEAT_SCHEDULE["due"] == {"task": "reviews.tasks.tell_of_due", "schedule": 3600}
    tasks.tell_of_due()


def test_looking_takes_no_more_queries_for_more_assignments(assigned: Review, people: People):
    tell_of_due(EVE)
    with CaptureQueriesContext(connection) as few:
        tell_of_due(EVE)
    for question in assigned.checklist.questions[1:]:
        give_to(people.ada, assigned, people.jonas, question_id=question.id)
    with CaptureQueriesContext(connection) as many:
        tell_of_due(EVE)
    assert len(many) == len(few)


def test_a_day_that_is_past_is_refused_unless_it_was_due_then_already(assigned: Review, people: People):
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Invalid, match="is past"):
        give_to(people.ada, assigned, people.jonas, due=yesterday, question_id="GEN-02")
    Assignment.objects.update(due=yesterday)
    made = give_to(people.ada, assigned, people.lea, due=yesterday, question_id="GEN-01")
    assert made is not None
    assert (made.to, made.due) == (people.lea, yesterday)


@pytest.mark.parametrize("role", ["", Role.READER])
def test_who_cannot_answer_any_more_has_nothing_to_answer(
    assigned: Review, people: People, administrator: Actor, role: str
):
    give_to(people.ada, assigned, people.lea, question_id="GEN-02")
    set_role(administrator, user=people.jonas, team=people.team, role=role)
    assert [each.to for each in Assignment.objects.all()] == [people.lea]
    ended = assigned.events.get(kind="assignment_ended")
    assert (ended.actor, ended.detail["to"], ended.detail["question"]) == (administrator.user, "Jonas", "GEN-01")


def test_a_closed_account_has_nothing_to_answer_and_a_lead_who_becomes_architect_keeps_it(
    assigned: Review, people: People, administrator: Actor
):
    set_role(administrator, user=people.jonas, team=people.team, role=Role.LEAD)
    assert Assignment.objects.count() == 1
    set_active(administrator, user=people.jonas, active=False)
    assert not Assignment.objects.exists()


def test_a_workload_that_is_handed_to_another_team_leaves_the_assignments_of_the_old_one(
    assigned: Review, people: People
):
    other = people.stranger.memberships.get().team
    Membership.objects.create(user=people.ada, team=other, role=Role.ARCHITECT)
    workload = assigned.workload
    names = WorkloadDescription.__dataclass_fields__
    description = WorkloadDescription(**({name: getattr(workload, name) for name in names} | {"team": other}))
    change_workload(Actor(people.ada), workload, description)
    assert not Assignment.objects.exists()


def test_home_says_how_much_is_left_and_that_what_is_answered_is_not_late(assigned: Review, people: People, sign_in):
    give_to(people.ada, assigned, people.jonas, section_id="EDA-F")
    give(people.ada, assigned, "EDA-F-01", selected=["auto"])
    Assignment.objects.filter(question_id="GEN-01").update(due=date(2001, 1, 1))
    page = sign_in(people.jonas).get(reverse("home")).content.decode()
    assert "2 of 3 left" in page
    assert page.count("overdue") == 1
    give(people.ada, assigned, "GEN-01", selected=["justified"])
    page = sign_in(people.jonas).get(reverse("home")).content.decode()
    assert "all answered" in page
    assert "overdue" not in page
