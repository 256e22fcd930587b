"""Who is told of what, in the application and by mail, and how often."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from checklists.language import WorkloadKind
from reviews import tasks
from reviews.access import Actor
from reviews.actions.decide import approve, request_changes
from reviews.actions.mails import LEASE, send_mails
from reviews.actions.notices import send_digests, set_delivery, tell
from reviews.actions.people import set_role
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Delivery, Mail, Membership, Notice, NoticeKind, Review, Role, User
from tests.conftest import People, answer_all, give, resolve_requests, version_of
from tests.support.mail_server import receiving

MORNING = datetime(2024, 3, 4, 8, 0, tzinfo=UTC)


@pytest.fixture
def submitted(review: Review, people: People) -> Review:
    answer_all(people.ada, review)
    give(people.jonas, review, "GEN-01", selected=["informal"])
    return submit_review(Actor(people.ada), review_id=review.pk, statement="I stand for it.")


@pytest.fixture
def post(settings):
    """A real mail server, to which the application sends."""
    with receiving() as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield post


def told(kind: NoticeKind) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("user__username", flat=True))


def mention(person: User, review: Review, by: User, key: str = "once", text: str = "Look here.") -> None:
    tell([person], NoticeKind.MENTION, review=review, by=by, key=key, question_id="GEN-01", text=text)


def test_those_who_may_decide_are_told_of_a_submission(submitted: Review):
    assert told(NoticeKind.AWAITING) == ["lea", "ruth"]


def test_the_authors_are_told_of_a_request_and_of_the_approval(submitted: Review, people: People):
    request_changes(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement="More.")
    assert told(NoticeKind.REQUEST) == ["ada", "jonas"]
    resolve_requests(people.jonas, submitted)
    submit_review(Actor(people.jonas), review_id=submitted.pk)
    approve(Actor(people.lea), review_id=submitted.pk, version=version_of(submitted), statement="Good.")
    assert told(NoticeKind.DECISION) == ["ada", "jonas"]
    assert Notice.objects.filter(kind=NoticeKind.DECISION).first().text == "Good."


def test_nobody_is_told_of_what_they_did_themselves_or_cannot_see_or_heard_already(review: Review, people: People):
    for person in (people.ada, people.stranger, people.jonas, people.jonas):
        mention(person, review, by=people.ada)
    assert told(NoticeKind.MENTION) == ["jonas"]


def test_who_wants_mail_at_once_gets_it_once(review: Review, people: People):
    mention(people.jonas, review, by=people.ada)
    assert send_mails() == 1
    assert send_mails() == 0
    (message,) = mail.outbox
    assert message.to == ["jonas@example.org"]
    assert message.subject == "Ada mentioned you in Claims assistant, review 1: GEN-01"
    assert "> Look here." in message.body
    assert f"/reviews/{review.pk}/questionnaire/#q-GEN-01" in message.body


def test_who_wants_it_once_a_day_gets_one_mail_with_all_of_it(review: Review, people: People):
    set_delivery(people.jonas, {NoticeKind.MENTION: Delivery.DAILY})
    for number in range(3):
        mention(people.jonas, review, by=people.ada, key=str(number), text=f"No. {number}")
    assert send_mails() == 0
    assert send_digests(MORNING.replace(hour=3)) == 0
    assert [send_digests(MORNING), send_digests(MORNING), send_digests(MORNING + timedelta(days=1))] == [1, 0, 0]
    assert send_mails() == 1
    (message,) = mail.outbox
    assert message.subject == "3 notices of the last day"
    assert [f"> No. {number}" in message.body for number in range(3)] == [True] * 3


def test_what_was_read_already_is_not_mailed_any_more(review: Review, people: People, sign_in):
    set_delivery(people.jonas, {NoticeKind.MENTION: Delivery.DAILY})
    mention(people.jonas, review, by=people.ada)
    answer = sign_in(people.jonas).post(reverse("notice-open", args=[Notice.objects.get().pk]))
    assert answer["Location"] == f"/reviews/{review.pk}/questionnaire/#q-GEN-01"
    assert send_digests(MORNING) == 0


def test_who_wants_no_mail_still_finds_the_notice(review: Review, people: People, sign_in):
    set_delivery(people.jonas, {NoticeKind.MENTION: Delivery.NEVER})
    mention(people.jonas, review, by=people.ada)
    assert send_mails() == 0
    assert "Ada mentioned you in Claims assistant" in sign_in(people.jonas).get("/notices/").content.decode()


def test_the_header_counts_what_is_unread_until_it_was_seen(review: Review, people: People, sign_in):
    client = sign_in(people.jonas)
    mention(people.jonas, review, by=people.ada)
    assert '1<span class="visually-hidden"> unread' in client.get("/").content.decode()
    last = Notice.objects.get().pk
    mention(people.jonas, review, by=people.ada, key="later")
    client.post("/notices/read/", {"until": last})
    assert Notice.objects.filter(read_at=None).count() == 1
    client.post("/notices/read/", {"until": last + 1})
    assert "unread" not in client.get("/").content.decode()


def test_notices_of_others_are_neither_shown_nor_opened(review: Review, people: People, sign_in):
    mention(people.jonas, review, by=people.ada)
    client = sign_in(people.ada)
    assert "mentioned you" not in client.get("/notices/").content.decode()
    assert client.post(reverse("notice-open", args=[Notice.objects.get().pk])).status_code == 404
    assert client.get("/mailbox/").content.decode().count("mentioned you") == 0


def leave(person: User, people: People) -> None:
    administrator = User.objects.create_superuser("admin", "admin@example.org", name="Admin")
    set_role(Actor(administrator), user=person, team=people.team, role="")


def test_who_left_the_team_finds_no_notice_of_its_reviews_any_more(review: Review, people: People, sign_in, settings):
    settings.MAILBOX = True
    mention(people.jonas, review, by=people.ada, text="The secret of the team.")
    send_mails()
    client = sign_in(people.jonas)
    notice = Notice.objects.get()
    assert "The secret of the team." in client.get("/mailbox/").content.decode()
    leave(people.jonas, people)
    page = client.get("/notices/").content.decode()
    assert "mentioned you" not in page
    assert "The secret of the team." not in page
    assert "unread" not in page
    assert "The secret of the team." not in client.get("/mailbox/").content.decode()
    assert client.post(reverse("notice-open", args=[notice.pk])).status_code == 404
    client.post("/notices/read/", {"until": notice.pk})
    assert Notice.objects.get().read_at is None


@pytest.mark.parametrize("delivery", [Delivery.NOW, Delivery.DAILY])
def test_who_left_the_team_gets_no_mail_that_waits(review: Review, people: People, delivery: Delivery):
    set_delivery(people.jonas, {NoticeKind.MENTION: delivery})
    mention(people.jonas, review, by=people.ada)
    leave(people.jonas, people)
    assert send_digests(MORNING) == 0
    assert send_mails() == 0
    assert mail.outbox == []


def test_a_closed_account_gets_no_mail_that_waits(review: Review, people: People):
    mention(people.jonas, review, by=people.ada)
    User.objects.filter(pk=people.jonas.pk).update(is_active=False)
    assert send_mails() == 0
    assert mail.outbox == []
    assert not Mail.objects.filter(sent_at=None, failed_at=None).exists(), "it is not tried again"


def test_a_mail_of_the_day_that_waits_leaves_out_what_the_person_may_not_see_any_more(review: Review, people: People):
    team = people.stranger.memberships.get().team
    description = WorkloadDescription("Elsewhere", "p", "o", team, "low", "public", ["westeurope"], [])
    other = create_workload(Actor(people.stranger), description)
    theirs = start_review(Actor(people.stranger), workload=other, kind=WorkloadKind.EDA)
    Membership.objects.create(user=people.jonas, team=team, role=Role.READER)
    set_delivery(people.jonas, {NoticeKind.MENTION: Delivery.DAILY})
    mention(people.jonas, review, by=people.ada, text="The secret of the team.")
    mention(people.jonas, theirs, by=people.stranger, key="other", text="Still yours.")
    assert send_digests(MORNING) == 1
    leave(people.jonas, people)
    assert send_mails() == 1
    (message,) = mail.outbox
    assert message.subject == "1 notice of the last day"
    assert "> Still yours." in message.body
    assert "secret" not in message.body


def test_who_comes_back_to_the_team_finds_its_notices_again(review: Review, people: People, sign_in):
    mention(people.jonas, review, by=people.ada)
    leave(people.jonas, people)
    Membership.objects.create(user=people.jonas, team=people.team, role=Role.READER)
    assert "mentioned you" in sign_in(people.jonas).get("/notices/").content.decode()


def test_what_people_choose_is_kept_and_what_is_no_choice_refused(review: Review, people: People, sign_in):
    client = sign_in(people.jonas)
    chosen = dict.fromkeys(NoticeKind.values, "daily")
    assert client.post("/notices/settings/", chosen).status_code == 302
    assert client.get("/notices/settings/").content.decode().count('value="daily" selected') == len(NoticeKind)
    assert client.post("/notices/settings/", {**chosen, "mention": "sometimes"}).status_code == 422
    assert client.post("/notices/read/", {"until": "x"}).status_code == 422


def test_the_page_takes_no_more_queries_for_more_notices(review: Review, people: People, sign_in):
    client = sign_in(people.jonas)
    mention(people.jonas, review, by=people.ada)
    client.get("/notices/")
    with CaptureQueriesContext(connection) as few:
        client.get("/notices/")
    for number in range(20):
        mention(people.jonas, review, by=people.ada, key=str(number))
    with CaptureQueriesContext(connection) as many:
        client.get("/notices/")
    assert len(many) == len(few)


def test_without_a_mail_server_a_page_shows_what_would_have_been_sent(
    review: Review, people: People, sign_in, settings
):
    settings.MAILBOX = True
    mention(people.jonas, review, by=people.ada, text="<b>bold</b> https://example.org/x")
    send_mails()
    page = sign_in(people.jonas).get("/mailbox/").content.decode()
    assert "&lt;b&gt;bold" in page
    assert f"/reviews/{review.pk}/questionnaire/#q-GEN-01" in page
    settings.MAILBOX = False
    assert sign_in(people.jonas).get("/mailbox/").status_code == 404


def test_a_mail_that_the_server_took_is_not_sent_again(review: Review, people: People, post):
    mention(people.jonas, review, by=people.ada, text="ünlesbar – “so”")
    assert [send_mails(), send_mails()] == [1, 0]
    (arrived,) = post.mails
    assert "ünlesbar" in arrived.get_payload(decode=True).decode()
    assert arrived["Message-ID"] == Mail.objects.get().message_id


def test_a_server_that_is_down_gets_it_when_it_is_up_again(review: Review, people: People, post, settings):
    mention(people.jonas, review, by=people.ada)
    settings.EMAIL_PORT = 9
    assert send_mails() == 0
    assert "refused" in Mail.objects.get().error
    settings.EMAIL_PORT = post.port
    assert send_mails() == 0, "it pauses before it tries again"
    Mail.objects.update(due_at=timezone.now())
    assert send_mails() == 1


def test_an_address_that_the_server_refuses_holds_up_nobody_else(review: Review, people: People, post):
    post.refuses.add("jonas@example.org")
    mention(people.jonas, review, by=people.ada)
    mention(people.lea, review, by=people.ada)
    assert send_mails() == 1
    assert [each["To"] for each in post.mails] == ["lea@example.org"]
    assert Mail.objects.get(address="jonas@example.org").failed_at is not None


def test_a_worker_that_dies_before_it_sends_leaves_the_mail_to_the_next(review: Review, people: People, post):
    mention(people.jonas, review, by=people.ada)
    # What a worker had done when it was killed: it took the mail.
    now = timezone.now()
    Mail.objects.update(attempts=1, due_at=now + LEASE)
    assert send_mails() == 0
    Mail.objects.update(due_at=now)
    assert send_mails() == 1
    assert len(post.mails) == 1


def test_the_worker_sends_digests_and_finds_mail_that_nobody_was_told_of(settings):
    names = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.send_digests.name, tasks.sweep.name} <= names
