"""Evidence beside answers: what is taken from whom and when, and what becomes of the files."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.access import Actor, NotNow, NotYours
from reviews.actions.audit import broken_trails
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Invalid, Stale
from reviews.actions.evidence import add_link, take_away
from reviews.actions.storing import NotStored, opened, take_away_unfinished
from reviews.actions.submit import submit_review
from reviews.models import EventKind, Evidence, PendingFile, Review, Score
from reviews.timeline import entries
from tests.conftest import People, answer_all, give, resolve_requests, version_of
from tests.reviews import files
from tests.reviews.evidence import QUESTION, file, link, quote, stored_files

pytestmark = pytest.mark.usefixtures("folder")


def test_a_file_is_kept_under_a_key_of_its_own_with_who_when_and_its_sha256(review, people: People, folder):
    piece = file(people.ada, review, name="C:\\Users\\ada\\Load test \u202efdp.pdf", title="  Load   test ")
    piece.refresh_from_db()
    assert (piece.title, piece.file_name, piece.content_type) == ("Load test", "Load test fdp.pdf", "application/pdf")
    assert (piece.size, piece.sha256) == (len(files.PDF), hashlib.sha256(files.PDF).hexdigest())
    assert (piece.by, piece.review, piece.question_id) == (people.ada, review, QUESTION)
    assert stored_files(folder) == [folder / piece.stored_as]
    assert "load" not in piece.stored_as.lower()
    assert len(piece.stored_as) > 32
    with opened(piece) as content:
        assert content.read() == files.PDF
    assert not PendingFile.objects.exists()


def test_links_and_quotes_are_kept_with_the_sha256_of_what_they_say(review, people: People):
    one, two = link(people.ada, review), quote(people.jonas, review, text=" „Keiner“ \n")
    assert (one.title, one.sha256) == ("wiki.example.org/claims/limits", hashlib.sha256(one.url.encode()).hexdigest())
    assert (two.title, two.text) == ("Load test, page 4", "„Keiner“")
    assert two.sha256 == hashlib.sha256("„Keiner“".encode()).hexdigest()


@pytest.mark.parametrize("username", ["rolf", "stranger"])
def test_who_may_not_answer_adds_and_takes_away_nothing(review, people: People, username, folder):
    person, piece = getattr(people, username), link(people.ada, review)
    refusal = NotYours if username == "rolf" else Review.DoesNotExist
    for attempt in (file, link, quote):
        with pytest.raises(refusal):
            attempt(person, review)
    with pytest.raises(refusal):
        take_away(Actor(person), review_id=review.pk, evidence_id=piece.pk)
    assert list(review.evidence.filter(removed_at=None)) == [piece]
    assert not stored_files(folder)


def test_a_review_that_is_not_open_takes_no_evidence_and_keeps_what_it_has(review, people: People, folder):
    piece = link(people.ada, review)
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    for attempt in (file, link, quote):
        with pytest.raises(NotNow, match="cannot have its evidence changed now: it was submitted"):
            attempt(people.ada, review)
    with pytest.raises(NotNow):
        take_away(Actor(people.ada), review_id=review.pk, evidence_id=piece.pk)
    assert not stored_files(folder)


def test_the_database_itself_refuses_evidence_in_a_closed_review_and_every_change(review, people: People):
    piece = link(people.ada, review)
    for change in ({"url": "https://evil.example"}, {"content_type": "text/html"}, {"file_name": "a.html"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Evidence.objects.filter(pk=piece.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).delete()
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=piece.pk).update(removed_by=people.ada, removed_at=timezone.now())


def test_who_adds_evidence_has_contributed_and_decides_on_nothing(review, people: People):
    answer_all(people.ada, review)
    link(people.lea, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(NotYours, match="Nobody decides on a review that they wrote or answered in"):
        approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")


def test_an_approval_is_about_the_evidence_that_was_read(review, people: People):
    answer_all(people.ada, review)
    piece = link(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    read = version_of(review)
    request_changes(Actor(people.ruth), review_id=review.pk, version=read, statement="Show more.")
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=piece.pk)
    resolve_requests(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    with pytest.raises(Stale, match="changed after you opened it"):
        approve(Actor(people.lea), review_id=review.pk, version=read, statement="Good.")


def test_a_score_that_is_right_stays_right_and_one_that_is_stale_stays_stale(review, people: People):
    give(people.ada, review, QUESTION, selected=["informal"])
    link(people.ada, review)
    assert Score.objects.get(review=review).for_version == version_of(review)
    Review.objects.filter(pk=review.pk).update(version=version_of(review) + 1)
    quote(people.ada, review)
    assert Score.objects.get(review=review).for_version < version_of(review)


def test_the_trail_tells_what_was_added_and_taken_away_in_words_and_with_its_sha256(review, people: People):
    one = file(people.ada, review, name="limits.pdf", title="Limits")
    two, three = link(people.ada, review), quote(people.ada, review)
    take_away(Actor(people.jonas), review_id=review.pk, evidence_id=one.pk)
    take_away(Actor(people.jonas), review_id=review.pk, evidence_id=one.pk)
    kinds = (EventKind.EVIDENCE_ADDED, EventKind.EVIDENCE_REMOVED)
    told = entries(review, review.events.filter(kind__in=kinds).order_by("number"))
    assert [entry.question.id for entry in told] == [QUESTION] * 4
    assert told[0].lines == ["Limits", f"limits.pdf, {len(files.PDF)}\xa0bytes", f"SHA-256 {one.sha256}"]
    assert told[1].lines == ["wiki.example.org/claims/limits", two.url, f"SHA-256 {two.sha256}"]
    assert told[2].lines == ["“None of the calls failed.” (Load test, page 4)", f"SHA-256 {three.sha256}"]
    assert (told[3].event.actor_name, told[3].lines[0]) == ("Jonas", "Limits")
    assert list(broken_trails()) == []


def test_what_was_taken_away_is_kept_and_can_be_added_again(review, people: People, folder):
    piece = file(people.ada, review)
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=piece.pk)
    again = file(people.ada, review)
    assert review.evidence.filter(removed_at=None).get() == again
    assert len(stored_files(folder)) == 2


def test_the_same_is_not_taken_twice(review, people: People, folder):
    for attempt in (file, link, quote):
        piece = attempt(people.ada, review)
        with pytest.raises(Invalid, match=f"has it already: “{piece.title}”"):
            attempt(people.jonas, review)
    assert len(stored_files(folder)) == 1


def test_a_question_takes_so_many_pieces_and_no_more(review, people: People, settings, folder):
    settings.EVIDENCE_PIECES = 2
    first = link(people.ada, review)
    quote(people.ada, review)
    with pytest.raises(Invalid, match="has 2 pieces of evidence, the most that it may have"):
        file(people.ada, review)
    assert not stored_files(folder)
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=first.pk)
    file(people.ada, review)


def test_a_file_that_is_too_large_is_refused(review, people: People, settings, folder):
    settings.EVIDENCE_MEGABYTES = 1
    file(people.ada, review, content=b"a" * 1024 * 1024, name="a.txt")
    with pytest.raises(Invalid, match="larger than 1 MB"):
        file(people.ada, review, content=b"a" * (1024 * 1024 + 1), name="b.txt")
    assert len(stored_files(folder)) == 1


def test_a_file_that_is_not_what_it_is_called_is_refused(review, people: People, folder):
    with pytest.raises(Invalid, match="By its name the file is a PDF, but its content is a web page") as refused:
        file(people.ada, review, content=files.HTML)
    assert list(refused.value.errors) == ["file"]
    assert not stored_files(folder)


def test_a_question_that_is_not_there_takes_none(review, people: People):
    with pytest.raises(Invalid, match="no question NO-01"):
        add_link(Actor(people.ada), review_id=review.pk, question_id="NO-01", url="https://example.org/")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "Give the address"),
        ("javascript:alert(1)", "no address of a web page"),
        ("data:text/html,x", "no address of a web page"),
        ("file:///etc/passwd", "no address of a web page"),
        ("//example.org/a", "no address of a web page"),
        ("https://", "no address of a web page"),
        ("https://example.org:port/", "no address of a web page"),
        ("https://exa mple.org/", "no address of a web page"),
        ("https://example.org/a\nb", "no address of a web page"),
        ("https://[::1", "no address of a web page"),
        ("https://ada:secret@example.org/", "a user name or a password"),
        ("https://ada@example.org/", "a user name or a password"),
        ("https://a.blob.core.windows.net/c/f.pdf?sv=2024&sig=abc", "has a key in it"),
        ("https://b.s3.amazonaws.com/f?X-Amz-Signature=abc", "has a key in it"),
        ("https://example.org/" + "a" * 2000, "2,000 is the most"),
        ("https://example.org/\0", "NUL"),
    ],
)
def test_a_link_leads_to_a_web_page_and_has_no_secret_in_it(review, people: People, url, reason):
    with pytest.raises(Invalid, match=reason) as refused:
        link(people.ada, review, url=url)
    assert list(refused.value.errors) == ["url"]


@pytest.mark.parametrize(
    "url", ["http://intranet/a?b=c#d", "https://bücher.example/ä?q=(a|b)", "https://[2001:db8::1]:8443/"]
)
def test_all_other_addresses_are_taken_as_they_are(review, people: People, url):
    assert link(people.ada, review, url=f" {url}\n").url == url


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"text": " "}, "text", "The quote is empty"),
        ({"text": "a" * 4001}, "text", "4,001 characters; 4,000 is the most"),
        ({"text": "a\0"}, "text", "NUL"),
        ({"source": " "}, "source", "Say where the quote is from"),
        ({"source": "a" * 501}, "source", "500 is the most"),
        ({"title": "a" * 201}, "title", "200 is the most"),
    ],
)
def test_a_quote_is_short_and_says_where_it_is_from(review, people: People, given, field, reason):
    with pytest.raises(Invalid, match=reason) as refused:
        quote(people.ada, review, **given)
    assert list(refused.value.errors) == [field]
    assert len(quote(people.ada, review, text="ä" * 4000).text) == 4000


def test_a_title_is_cut_only_where_nobody_gave_one(review, people: People):
    assert len(quote(people.ada, review, source="s" * 500).title) == 200
    assert file(people.ada, review, name="n" * 300 + ".pdf").file_name == "n" * 251 + ".pdf"


def test_a_file_whose_transaction_fails_is_gone_again(review, people: People, folder, monkeypatch):
    def fails(*_args, **_more):
        assert len(stored_files(folder)) == 1
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("reviews.actions.evidence.record", fails)
    with pytest.raises(RuntimeError):
        file(people.ada, review)
    assert not stored_files(folder)
    assert not Evidence.objects.exists()
    assert not PendingFile.objects.exists()


def test_a_file_whose_process_died_is_taken_away_later_and_no_other(review, people: People, folder):
    piece = file(people.ada, review)
    for key, age in (("aa/left", 7), ("bb/under-way", 1), ("cc/never-arrived", 7)):
        PendingFile.objects.create(key=key, at=timezone.now() - timedelta(hours=age))
    for key in ("aa/left", "bb/under-way"):
        storages["evidence"].save(key, io.BytesIO(b"left"))
    assert take_away_unfinished(timezone.now()) == 2
    assert sorted(stored_files(folder)) == sorted([folder / "bb/under-way", folder / piece.stored_as])
    assert PendingFile.objects.get().key == "bb/under-way"


def test_where_the_storage_takes_nothing_nothing_is_added(review, people: People, settings, folder):
    folder.write_text("a file where the folder should be")
    with pytest.raises(NotStored, match="could not be stored, so nothing was added"):
        file(people.ada, review)
    assert not Evidence.objects.exists()
    link(people.ada, review)


def test_a_file_that_was_altered_or_is_gone_is_not_handed_out(review, people: People, folder):
    piece = file(people.ada, review)
    (place,) = stored_files(folder)
    place.write_bytes(files.PDF + b"more")
    with pytest.raises(NotStored, match="not what was added"):
        opened(piece)
    place.unlink()
    with pytest.raises(NotStored, match="not where it was stored"):
        opened(piece)
