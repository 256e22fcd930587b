from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aiplatform import environment
from checklists.language import WorkloadKind
from reviews import tasks
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.after_approval import withdraw_report
from reviews.actions.decide import approve
from reviews.actions.errors import Invalid
from reviews.actions.mails import send_mails
from reviews.actions.policy import set_policy
from reviews.actions.reminders import tell_of_ends
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import (
    Criticality,
    Event,
    MarkKind,
    Notice,
    Reminder,
    Report,
    ReportMark,
    Review,
    Role,
    StandingKind,
    User,
    Workload,
    standing,
)
from reviews.policies import PolicyInForce
from tests.conftest import People, answer_all, make_user, version_of

DAY = timedelta(days=1)


def approved(people: People, workload: Workload, kind: WorkloadKind = WorkloadKind.EDA) -> Review:
    review = start_review(Actor(people.ada), workload=workload, kind=kind, beside_another=True)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    return approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")


@pytest.fixture
def report(library, people: People, workload: Workload) -> Report:
    """The report of an approval that holds for a year."""
    return report_of(approved(people, workload))


def report_of(review: Review) -> Report:
    return Report.objects.select_related("snapshot__review").get(snapshot__review=review)


def end_of(report: Report) -> datetime:
    return report.snapshot.valid_until


def lasting(people: People, days: int) -> None:
    """From now on, approvals in these tests last so many days."""
    admin = make_user("iris", people.stranger.memberships.get().team, Role.READER, is_superuser=True)
    for kind in WorkloadKind:
        policy = PolicyInForce(1, Role.LEAD, False, days)
        set_policy(Actor(admin), kind=kind, criticality=Criticality.HIGH, policy=policy)


def withdraws(user: User, report: Report, reason: str = "The load was measured wrongly.") -> ReportMark:
    return withdraw_report(Actor(user, "192.0.2.9"), review_id=report.snapshot.review_id, reason=reason)


def test_an_approval_holds_until_its_end_and_says_when_that_is_near(report: Report):
    end = end_of(report)
    assert end == report.snapshot.at + 365 * DAY
    second = timedelta(seconds=1)
    expected = [
        (report.snapshot.at, StandingKind.VALID),
        (end - 30 * DAY - second, StandingKind.VALID),
        (end - 30 * DAY, StandingKind.ENDS_SOON),
        (end - second, StandingKind.ENDS_SOON),
        (end, StandingKind.EXPIRED),
        (end + 400 * DAY, StandingKind.EXPIRED),
    ]
    assert [standing(report, now).kind for now, _ in expected] == [kind for _, kind in expected]
    assert standing(report, end).sentence == f"The approval ended on {end:%-d %b %Y}."


def test_an_approval_without_an_end_holds(report: Report):
    report.snapshot.valid_until = None
    assert standing(report, timezone.now() + 9999 * DAY).kind is StandingKind.VALID


def test_a_lead_withdraws_a_report_with_a_reason_and_the_review_stays_approved(report: Report, people: People):
    mark = withdraws(people.ruth, report)
    assert standing(report, mark.at).kind is StandingKind.WITHDRAWN
    assert Review.objects.get().state == "approved"
    event = Event.objects.get(kind="report_withdrawn")
    assert (event.actor, event.address) == (people.ruth, "192.0.2.9")
    assert event.detail["statement"] == "The load was measured wrongly."


def test_only_leads_of_the_team_withdraw_a_report_and_only_one_that_there_is(
    report: Report, people: People, workload: Workload
):
    for user in (people.ada, people.rolf):
        with pytest.raises(NotYours, match="by a person who is lead"):
            withdraws(user, report)
    with pytest.raises(Review.DoesNotExist):
        withdraws(people.stranger, report)
    draft = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.TRAINING)
    with pytest.raises(NotNow, match="it is still a draft"):
        withdraw_report(Actor(people.lea), review_id=draft.pk, reason="?")
    assert not ReportMark.objects.exists()


def test_a_withdrawal_needs_a_reason_and_happens_once(report: Report, people: People):
    for reason, sentence in ((" ", "Say why"), ("w" * 20_001, "20,000 is the most"), ("a\x00b", "cannot be stored")):
        with pytest.raises(Invalid, match=sentence):
            withdraws(people.lea, report, reason)
    withdraws(people.lea, report)
    with pytest.raises(Invalid, match="was withdrawn before"):
        withdraws(people.ruth, report)
    assert ReportMark.objects.count() == 1


def test_the_next_approval_of_the_same_kind_and_checklist_supersedes_the_report(
    report: Report, people: People, workload: Workload
):
    other = approved(people, workload, WorkloadKind.TRAINING)
    assert not ReportMark.objects.exists(), "another kind"
    later = approved(people, workload)
    mark = ReportMark.objects.get()
    assert (mark.report, mark.kind, mark.successor) == (report, MarkKind.SUPERSEDED, later)
    assert standing(report, timezone.now()).kind is StandingKind.SUPERSEDED
    event = Event.objects.get(kind="report_superseded")
    assert event.review == report.snapshot.review
    assert event.detail["statement"] == f"Review {later.number} takes its place."
    latest = approved(people, workload)
    assert [(each.report, each.successor) for each in ReportMark.objects.all()] == [
        (report, later),
        (report_of(later), latest),
    ]
    for review in (other, latest):
        assert standing(report_of(review), timezone.now()).kind is StandingKind.VALID


def test_another_workloads_report_stands(report: Report, people: People):
    twin = Workload.objects.get()
    twin.pk, twin.key = None, "twin"
    twin.save()
    approved(people, twin)
    assert not ReportMark.objects.exists()


def test_what_was_withdrawn_stays_so_and_is_not_superseded_and_a_superseded_one_can_be_withdrawn(
    report: Report, people: People, workload: Workload
):
    withdraws(people.lea, report)
    second = report_of(approved(people, workload))
    assert [mark.kind for mark in report.marks.all()] == [MarkKind.WITHDRAWN]
    approved(people, workload)
    withdraws(people.lea, second, "Wrong from the start.")
    assert standing(second, timezone.now()).kind is StandingKind.WITHDRAWN


def test_the_database_itself_keeps_marks_and_reminders(report: Report, people: People):
    withdraws(people.lea, report)
    Reminder.objects.create(report=report, days=30, at=timezone.now())
    for model, change in ((ReportMark, {"reason": "forged"}), (Reminder, {"days": 1})):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            model.objects.all()._raw_delete("default")


def reminders_sent():
    """The mails of ends, once all that is waiting is sent."""
    send_mails()
    return [message for message in mail.outbox if "ends soon" in message.subject]


def test_leads_are_reminded_once_30_and_once_7_days_before_the_end(report: Report, people: People):
    end = end_of(report)
    User.objects.filter(pk=people.ruth.pk).update(is_active=False)
    told = [
        tell_of_ends(now)
        for now in (
            end - 31 * DAY,
            end - 30 * DAY,
            end - 30 * DAY,
            end - 29 * DAY,
            end - 7 * DAY,
            end - 6 * DAY,
            end,
            end + DAY,
        )
    ]
    assert told == [0, 1, 0, 0, 1, 0, 0, 0]
    assert list(Reminder.objects.order_by("at").values_list("days", flat=True)) == [30, 7]
    assert Event.objects.filter(kind="expiry_told", actor=None).count() == 2
    sent = reminders_sent()
    assert [message.to for message in sent] == [["lea@example.org"]] * 2
    assert sent[0].subject == "The approval of Claims assistant, review 1 ends soon"
    assert f"It ends on {end:%-d %b %Y}" in sent[0].body
    assert f"/reviews/{report.snapshot.review_id}/report/" in sent[0].body


def test_a_day_that_was_slept_over_is_made_up_for_but_not_twice(report: Report):
    end = end_of(report)
    assert tell_of_ends(end - 12 * DAY) == 1
    assert tell_of_ends(end - 3 * DAY) == 1
    assert tell_of_ends(end - 2 * DAY) == 0
    assert sorted(Reminder.objects.values_list("days", flat=True)) == [7, 30]


def test_who_heard_of_the_last_days_does_not_hear_of_the_thirty_any_more(report: Report):
    end = end_of(report)
    assert [tell_of_ends(end - 5 * DAY), tell_of_ends(end - 4 * DAY)] == [1, 0]
    assert Reminder.objects.get().days == 7


@pytest.mark.parametrize(("days", "spoken_of"), [(5, []), (20, [7]), (31, [30, 7])])
def test_an_approval_is_not_spoken_of_on_the_day_it_is_given(
    library, people: People, workload: Workload, days, spoken_of
):
    lasting(people, days)
    report = report_of(approved(people, workload))
    for passed in range(days):
        tell_of_ends(report.snapshot.at + passed * DAY)
    assert list(Reminder.objects.order_by("at").values_list("days", flat=True)) == spoken_of


def test_what_no_longer_stands_is_not_spoken_of(report: Report, people: People, workload: Workload):
    later = report_of(approved(people, workload))
    withdraws(people.lea, later)
    assert tell_of_ends(end_of(later) - 5 * DAY) == 0
    assert not Notice.objects.filter(kind="expiry").exists()


def test_a_name_with_a_line_break_makes_no_header_of_its_own(report: Report):
    Workload.objects.update(name="Claims\nBcc: all@example.org")
    assert tell_of_ends(end_of(report) - 30 * DAY) == 1
    sent = reminders_sent()
    assert "\n" not in sent[0].subject
    assert sorted(each.recipients() for each in sent) == [["lea@example.org"], ["ruth@example.org"]]


def test_the_worker_looks_for_ends_by_itself(library, people: People, workload: Workload, settings):
    assert settings.CELERY_BEAT_SCHEDULE["ends"]["task"] == tasks.tell_of_ends.name
    lasting(people, 8)
    report = report_of(approved(people, workload))
    tasks.tell_of_ends()
    assert not Reminder.objects.exists()
    tell_of_ends(report.snapshot.at + 2 * DAY)
    assert Reminder.objects.get().days == 7


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", {}),
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", False, False)),
        ("smtp+tls://me:p%40ss@mail.example.org", ("mail.example.org", 587, "me", "p@ss", True, False)),
        ("smtps://mail.example.org:4650", ("mail.example.org", 4650, "", "", False, True)),
    ],
)
def test_the_mail_server_comes_from_the_environment(monkeypatch, url, server):
    monkeypatch.setenv("EMAIL_URL", url)
    assert environment.mail_server() == (
        dict(zip(("host", "port", "user", "password", "starttls", "tls"), server, strict=True)) if server else {}
    )


@pytest.mark.parametrize("url", ["http://mail.example.org", "smtp://", "mail.example.org:25"])
def test_a_mail_server_that_is_not_one_is_named(monkeypatch, url):
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(environment.ImproperlyConfigured, match="EMAIL_URL"):
        environment.mail_server()


def test_the_report_page_is_where_a_lead_withdraws_and_all_pages_say_so(report: Report, people: People, sign_in):
    review = report.snapshot.review
    page, send = reverse("report", args=[review.pk]), reverse("report-withdraw", args=[review.pk])
    assert "Withdraw the report" not in sign_in(people.ada).get(page).content.decode()
    assert sign_in(people.ada).post(send, {"reason": "?"}).status_code == 403
    lead = sign_in(people.lea)
    assert "Withdraw the report" in lead.get(page).content.decode()
    refused = lead.post(send, {"reason": "w" * 20_001})
    assert refused.status_code == 422
    assert "20,000 is the most" in refused.content.decode()
    assert "w" * 20_001 + "</textarea>" in refused.content.decode()
    html = lead.post(send, {"reason": "Measured <b>wrongly</b>."}, follow=True).content.decode()
    assert "The report was withdrawn on" in html
    assert "Measured &lt;b&gt;wrongly&lt;/b&gt;." in html
    assert "Lea, " in html
    assert "Why is it withdrawn?" not in html
    late = lead.post(send, {"reason": "Me too."})
    assert late.status_code == 422
    assert "was withdrawn before" in late.content.decode()
    assert "Me too.</textarea>" in late.content.decode()
    for url in ("/", "/workloads/", reverse("workload", args=[review.workload.key]), page):
        assert ">Report withdrawn</span>" in sign_in(people.rolf).get(url).content.decode(), url
    read = sign_in(people.rolf).get(reverse("review", args=[review.pk])).content.decode()
    assert "Measured &lt;b&gt;wrongly&lt;/b&gt;." in read
    assert lead.get(reverse("snapshot", args=[review.pk])).status_code == 200


def test_a_superseded_report_can_be_downloaded_still_and_leads_to_its_successor(
    report: Report, people: People, workload: Workload, sign_in
):
    from reviews.actions.report import produce_report

    produce_report(report.pk, worker="w")
    later = approved(people, workload)
    old = report.snapshot.review
    client = sign_in(people.rolf)
    html = client.get(reverse("report", args=[old.pk])).content.decode()
    assert "superseded by a later review" in html
    assert reverse("report", args=[later.pk]) in html
    assert client.get(reverse("report-pdf", args=[old.pk])).content.startswith(b"%PDF")
    assert "superseded" not in client.get(reverse("report", args=[later.pk])).content.decode()


def test_approvals_that_end_soon_are_shown_to_leads_and_architects_at_home(
    library, people: People, workload: Workload, sign_in
):
    lasting(people, 20)
    report = report_of(approved(people, workload))
    for user, sees in ((people.lea, True), (people.jonas, True), (people.rolf, False), (people.stranger, False)):
        assert ("Approvals that end soon" in sign_in(user).get("/").content.decode()) is sees, user
    html = sign_in(people.lea).get("/").content.decode()
    assert f"The approval ends soon, on {end_of(report):%-d %b %Y}." in html
    withdraws(people.lea, report)
    assert "Approvals that end soon" not in sign_in(people.lea).get("/").content.decode()


def test_an_expired_approval_is_marked_wherever_it_is_shown(report: Report, people: People, sign_in, monkeypatch):
    later = end_of(report) + DAY
    monkeypatch.setattr(timezone, "now", lambda: later.astimezone(UTC))
    review = report.snapshot.review
    for url in ("/", "/workloads/", reverse("workload", args=["claims-assistant"])):
        assert ">Expired</span>" in sign_in(people.lea).get(url).content.decode(), url
    for name in ("review", "report"):
        html = sign_in(people.lea).get(reverse(name, args=[review.pk])).content.decode()
        assert "The approval ended on" in html


@pytest.mark.parametrize("url", ["/", "/workloads/", "/workloads/claims-assistant/"])
def test_lists_take_the_same_queries_however_many_reports_they_mark(
    report: Report, people: People, workload: Workload, sign_in, url
):
    client = sign_in(people.lea)
    approved(people, workload)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _ in range(2):
        withdraws(people.lea, report_of(approved(people, workload)))
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).content.decode().count(">Superseded</span>") >= 1
    assert len(many) <= len(few), [query["sql"] for query in many]
    assert len(many) <= 18
    asked = [str(query["sql"]) for query in many]  # of prepared statements, Django keeps no text
    assert not any('"content"' in sql and "reviews_snapshot" in sql for sql in asked)
    assert not any('"pdf"' in sql for sql in asked)
