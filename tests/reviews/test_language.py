"""Everybody reads pages and mail in their language, with times in their zone."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.access import Actor
from reviews.actions.assign import assign
from reviews.actions.notices import send_digests, set_delivery
from reviews.languages import time_zones
from reviews.models import Delivery, Event, Mail, NoticeKind, Review, User
from tests.conftest import People


def choose(user: User, language: str = "", time_zone: str = "") -> None:
    User.objects.filter(pk=user.pk).update(language=language, time_zone=time_zone)


def page(client, name: str, *args: object, **headers: str) -> str:
    return client.get(reverse(name, args=args), headers=headers).content.decode()


def test_a_page_is_in_the_language_that_the_person_chose_whatever_the_browser_asks(people: People, sign_in):
    choose(people.ada, "de")
    response = sign_in(people.ada).get(reverse("notices"), headers={"accept-language": "en-GB,en;q=0.9"})
    assert response["Content-Language"] == "de"
    assert '<html lang="de">' in response.content.decode()
    assert "Mitteilungen" in response.content.decode()
    choose(people.ada, "en")
    shown = page(sign_in(people.ada), "notices", **{"accept-language": "de"})
    assert '<html lang="en">' in shown
    assert "Notices" in shown


def test_who_chose_no_language_gets_that_of_the_browser(people: People, sign_in, client):
    german = {"accept-language": "fr-FR,de-AT;q=0.8,en;q=0.5"}
    assert '<html lang="de">' in page(sign_in(people.ada), "notices", **german)
    assert '<html lang="de">' in page(client, "sign-in", **german)
    assert '<html lang="en">' in page(client, "sign-in", **{"accept-language": "fr"})
    assert "Accept-Language" in client.get(reverse("sign-in"))["Vary"]


def test_where_the_browser_asks_for_nothing_known_the_language_of_the_installation_holds(
    people: People, client, settings
):
    settings.LANGUAGE_CODE = "de"
    assert '<html lang="de">' in page(client, "sign-in", **{"accept-language": "fr"})


def test_choosing_says_so_in_the_chosen_language(people: People, sign_in):
    client = sign_in(people.ada)
    assert "Europe/Berlin" in page(client, "language")
    chosen = {"language": "de", "time_zone": "Europe/Berlin"}
    shown = client.post(reverse("language"), chosen, follow=True).content.decode()
    assert "Ihre Wahl ist gespeichert." in shown
    assert '<option value="de" lang="de" selected>' in shown
    assert "<option selected>Europe/Berlin</option>" in shown
    people.ada.refresh_from_db()
    assert (people.ada.language, people.ada.time_zone) == ("de", "Europe/Berlin")
    client.post(reverse("language"), {"language": "", "time_zone": ""})
    people.ada.refresh_from_db()
    assert (people.ada.language, people.ada.time_zone) == ("", "")


@pytest.mark.parametrize(
    "chosen", [{"language": "tlh"}, {"time_zone": "Europe/Atlantis"}, {"time_zone": "../../etc"}]
)
def test_a_language_or_zone_that_does_not_exist_is_refused(people: People, sign_in, chosen: dict[str, str]):
    response = sign_in(people.ada).post(reverse("language"), chosen)
    assert response.status_code == 422
    assert "Choose one that is offered." in response.content.decode()
    people.ada.refresh_from_db()
    assert (people.ada.language, people.ada.time_zone) == ("", "")


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "", "9 Mar 2026, 23:30 UTC"),
        ("en", "Europe/Berlin", "10 Mar 2026, 00:30 CET"),
        ("de", "Europe/Berlin", "10. März 2026, 00:30 CET"),
        ("de", "America/New_York", "9. März 2026, 19:30 EDT"),
        ("en", "Asia/Kolkata", "10 Mar 2026, 05:00 IST"),
    ],
)
def test_times_are_in_the_zone_of_the_reader_and_written_as_the_language_does(
    people: People, review: Review, sign_in, language: str, zone: str, said: str
):
    choose(people.jonas, language, zone)
    at = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
    Review.objects.filter(pk=review.pk).update(changed_at=at)
    review.contributors.create(user=people.jonas)
    shown = page(sign_in(people.jonas), "home")
    assert f'<time datetime="2026-03-09T23:30:00+00:00">{said}</time>' in shown


def test_a_zone_that_the_machine_does_not_know_any_more_is_that_of_the_installation(people: People, review, sign_in):
    choose(people.ada, "en", "Mars/Olympus_Mons")
    assert " UTC</time>" in page(sign_in(people.ada), "home")


def test_every_zone_that_is_offered_exists():
    assert {"UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Australia/Sydney"} <= set(time_zones())
    assert not [zone for zone in time_zones() if zone != "UTC" and "/" not in zone]


def test_mail_is_in_the_language_of_whoever_gets_it_not_of_whoever_caused_it(people: People, review: Review):
    choose(people.ada, "de")
    choose(people.jonas, "en")
    for to in (people.jonas, people.ada):
        by = people.ada if to == people.jonas else people.jonas
        assign(Actor(by), review_id=review.pk, to=to, section_id="", question_id="GEN-01", due=None)
    german, english = Mail.objects.get(user=people.ada), Mail.objects.get(user=people.jonas)
    assert german.subject.startswith("Jonas hat Ihnen etwas zugewiesen")
    assert "Wovon Sie Mail bekommen und wann: " in german.body
    assert english.subject.startswith("Ada assigned something to you")
    assert "What you get mail of, and when: " in english.body


def test_the_mail_of_the_day_is_in_the_language_of_whoever_gets_it(people: People, review: Review):
    choose(people.jonas, "de")
    set_delivery(people.jonas, {NoticeKind.ASSIGNMENT: Delivery.DAILY})
    assign(Actor(people.ada), review_id=review.pk, to=people.jonas, section_id="", question_id="GEN-01", due=None)
    assert send_digests(timezone.now().replace(hour=12)) == 1
    assert Mail.objects.get().subject == "1 Mitteilung des letzten Tages"


def test_what_is_stored_and_signed_is_the_same_in_every_language(people: People, report, sign_in):
    before = report.snapshot.content
    choose(people.ada, "de", "Asia/Tokyo")
    assert '"criticality_title":"High"' in before
    give_german = sign_in(people.ada)
    assert give_german.get(reverse("snapshot", args=[report.snapshot.review_id])).content.decode() == before


def test_the_trail_does_not_depend_on_the_language_of_whoever_writes_it(people: People, review: Review, sign_in):
    choose(people.ada, "de")
    client = sign_in(people.ada)
    client.post(reverse("milestones", args=[review.pk]), {"name": "Before"})
    german = Event.objects.filter(review=review).latest("id").detail
    choose(people.ada, "en")
    client.post(reverse("milestones", args=[review.pk]), {"name": "After"})
    english = Event.objects.filter(review=review).latest("id").detail
    assert german.keys() == english.keys()
    content = {each.name: each.data["workload"] for each in review.milestones.all()}
    assert content["Before"] == content["After"]
