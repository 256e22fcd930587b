"""Evidence on pages: added with and without scripts, read by the team, handed out to nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.evidence import add_quote, take_away
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Evidence, Review
from tests.conftest import People, answer_all, version_of
from tests.reviews import files
from tests.reviews.evidence import QUESTION, file, link, quote, stored_files

pytestmark = pytest.mark.usefixtures("folder")
HTMX = {"HX-Request": "true"}


def address(review: Review) -> str:
    return reverse("evidence", args=[review.pk, QUESTION])


def upload(content: bytes = files.PDF, name: str = "load test.pdf", **more: str) -> dict[str, object]:
    return {"kind": "file", "file": SimpleUploadedFile(name, content), **more}


def test_without_scripts_each_kind_is_added_on_a_page_and_leads_back_to_the_question(review, people: People, sign_in):
    browser = sign_in(people.ada)
    page = browser.get(address(review)).content.decode()
    assert "There is none yet." in page
    for sent in (
        upload(),
        {"kind": "link", "url": "https://example.org/a", "title": "Limits"},
        {"kind": "quote", "text": "None\r\nfailed.", "source": "Page 4"},
    ):
        response = browser.post(address(review), sent)
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('questionnaire', args=[review.pk])}#evidence-{QUESTION}"
    assert [piece.title for piece in review.evidence.all()] == ["load test.pdf", "Limits", "Page 4"]
    assert review.evidence.get(kind="quote").text == "None\nfailed."
    for page in (reverse("questionnaire", args=[review.pk]), reverse("review", args=[review.pk]), address(review)):
        shown = browser.get(page).content.decode()
        for piece in review.evidence.all():
            assert piece.title in shown
            assert piece.sha256[:12] in shown


def test_what_is_refused_comes_back_with_the_reason_and_what_was_typed(review, people: People, sign_in):
    browser = sign_in(people.ada)
    response = browser.post(address(review), upload(files.HTML, title="The <b>load</b> test"))
    assert response.status_code == 422
    page = response.content.decode()
    assert "By its name the file is a PDF, but its content is a web page." in page
    assert 'value="The &lt;b&gt;load&lt;/b&gt; test"' in page
    assert "You had chosen load test.pdf." in page
    response = browser.post(address(review), {"kind": "quote", "text": "Said & done", "source": ""})
    page = response.content.decode()
    assert "Say where the quote is from" in page
    assert "Said &amp; done</textarea>" in page
    assert '<input type="radio" name="kind" value="quote" checked autofocus>' in page
    for sent in ({"kind": "file"}, {"kind": "other"}, {}):
        assert browser.post(address(review), sent).status_code == 422
    assert not review.evidence.exists()


def test_scripts_get_the_reason_alone_and_then_the_evidence_of_the_question(review, people: People, sign_in):
    browser = sign_in(people.ada)
    form = browser.get(address(review), headers=HTMX).content.decode()
    assert form.lstrip().startswith("<details")
    response = browser.post(address(review), {"kind": "link", "url": "ftp://a"}, headers=HTMX)
    assert response.status_code == 422
    assert response.content.decode().strip().startswith("<p>This is no address of a web page.")
    response = browser.post(address(review), upload(), headers=HTMX)
    assert response["HX-Retarget"] == f"#evidence-{QUESTION}"
    assert response.content.decode().count("<li") == 1
    removal = reverse("evidence-remove", args=[review.pk, review.evidence.get().pk])
    assert "<li" not in browser.post(removal, headers=HTMX).content.decode()


def test_a_form_that_is_too_large_is_refused_before_it_is_read(review, people: People, sign_in, settings):
    settings.EVIDENCE_MEGABYTES = 1
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.ada)
    assert browser.post(address(review), upload(b"a" * 2 * 1024 * 1024, "a.txt")).status_code == 403
    page = browser.get(address(review)).content.decode()
    assert page.index('name="title"') < page.index('type="file"')
    given = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value, "made_for": f"{people.ada.pk} Ada"}
    typed = {"url": "https://example.org/a", "text": "None\nfailed.", "source": "Page 4", "title": "Load test"}
    large = {**given, **typed, **upload(b"a" * 2 * 1024 * 1024, "a.txt")}
    response = browser.post(address(review), large)
    assert response.status_code == 413
    page = response.content.decode()
    assert "The file is larger than 1 MB" in page
    for text in typed.values():
        assert text in page
    large["file"].seek(0)
    assert browser.post(address(review), large, headers=HTMX).status_code == 422


def test_nothing_is_added_without_the_token_of_the_session(review, people: People):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.ada)
    made_for = f"{people.ada.pk} Ada"
    assert browser.post(address(review), upload(made_for=made_for)).status_code == 403
    browser.get(address(review))
    token = browser.cookies["csrftoken"].value
    assert browser.post(address(review), upload(made_for=made_for, csrfmiddlewaretoken=token)).status_code == 302


@pytest.mark.parametrize("username", ["ada", "jonas", "lea", "rolf", "auditor"])
def test_the_team_and_administrators_get_the_file_to_keep_and_nothing_of_it_runs(
    review, people: People, sign_in, username, django_user_model
):
    django_user_model.objects.create_superuser("auditor", "auditor@example.org", "x", name="Auditor")
    piece = file(people.ada, review, name='Überblick "Q4"; a.pdf')
    browser = sign_in(django_user_model.objects.get(username=username))
    response = browser.get(
        reverse("evidence-file", args=[review.pk, piece.pk]), headers={"accept-encoding": "br, gzip"}
    )
    assert b"".join(response.streaming_content) == files.PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(files.PDF))
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%9Cberblick%20%22Q4%22%3B%20a.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert not response.has_header("Content-Encoding")


def test_nobody_else_learns_that_there_is_a_file(review, people: People, sign_in):
    piece = file(people.ada, review)
    place = reverse("evidence-file", args=[review.pk, piece.pk])
    assert sign_in(people.stranger).get(place).status_code == 404
    assert sign_in(people.stranger).get(address(review)).status_code == 404
    assert sign_in(people.stranger).post(reverse("evidence-remove", args=[review.pk, piece.pk])).status_code == 404
    assert Client().get(place).status_code == 302
    assert review.evidence.filter(removed_at=None).exists()


def test_a_link_what_is_of_another_review_and_what_was_taken_away_is_no_file(
    review, workload, people: People, sign_in
):
    browser, piece, other = sign_in(people.ada), file(people.ada, review), link(people.ada, review)
    another = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.TRAINING)
    assert browser.get(reverse("evidence-file", args=[another.pk, piece.pk])).status_code == 404
    assert browser.get(reverse("evidence-file", args=[review.pk, other.pk])).status_code == 404
    take_away(Actor(people.ada), review_id=review.pk, evidence_id=piece.pk)
    assert browser.get(reverse("evidence-file", args=[review.pk, piece.pk])).status_code == 404


def test_a_file_that_was_altered_is_not_handed_out(review, people: People, sign_in, folder):
    piece = file(people.ada, review)
    (place,) = stored_files(folder)
    place.write_bytes(files.HTML)
    response = sign_in(people.ada).get(reverse("evidence-file", args=[review.pk, piece.pk]))
    assert response.status_code == 503
    assert "not what was added" in response.content.decode()


def test_readers_and_everybody_in_a_closed_review_read_evidence_and_change_none(review, people: People, sign_in):
    pieces = [file(people.ada, review), link(people.ada, review), quote(people.ada, review)]
    page = sign_in(people.rolf).get(reverse("review", args=[review.pk])).content.decode()
    assert all(piece.sha256[:12] in page for piece in pieces)
    assert "Add evidence" not in page
    assert "Take away" not in page
    answer_all(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    browser = sign_in(people.ada)
    page = browser.get(address(review)).content.decode()
    assert "cannot have its evidence changed now: it was submitted" in page
    assert "add-evidence" not in page
    response = browser.post(address(review), {"kind": "quote", "text": "Too late", "source": "Me"})
    assert response.status_code == 409
    assert "Too late" in response.content.decode()
    removal = reverse("evidence-remove", args=[review.pk, pieces[0].pk])
    assert browser.post(removal).status_code == 409
    response = browser.post(removal, headers=HTMX)
    assert response.status_code == 409
    assert "cannot have its evidence changed now" in response.content.decode()
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    page = sign_in(people.lea).get(reverse("review", args=[review.pk])).content.decode()
    assert all(piece.sha256[:12] in page for piece in pieces)


def test_what_people_write_is_shown_as_they_wrote_it(review, people: People, sign_in):
    hostile = "<script>alert(1)</script>"
    add_quote(
        Actor(people.ada), review_id=review.pk, question_id=QUESTION, text=hostile, source=hostile, title=hostile
    )
    file(people.ada, review, name=f"{hostile}.pdf")
    page = sign_in(people.ada).get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert hostile not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "script&gt;.pdf" in page


def test_the_queries_of_a_page_do_not_grow_with_the_evidence(review, people: People, sign_in):
    browser = sign_in(people.ada)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(reverse("questionnaire", args=[review.pk]))
        return len(found)

    queries()
    quote(people.ada, review)
    before = queries()
    for number, person in enumerate((people.ada, people.jonas, people.lea)):
        link(person, review, url=f"https://example.org/{number}")
        file(person, review, content=files.PDF + bytes([65 + number]))
    assert queries() == before


def test_evidence_on_a_question_that_is_gone_can_still_be_read_and_taken_away(review, people: People, sign_in):
    browser, gone = sign_in(people.ada), reverse("evidence", args=[review.pk, "GONE-01"])
    assert browser.get(gone).status_code == 404
    piece = Evidence.objects.create(
        review=review,
        question_id="GONE-01",
        kind="quote",
        title="A quote",
        text="Said",
        source="Somebody",
        sha256="0" * 64,
        by=people.ada,
        at=timezone.now(),
    )
    page = browser.get(gone).content.decode()
    assert "A quote" in page
    assert "add-evidence" not in page
    response = browser.post(reverse("evidence-remove", args=[review.pk, piece.pk]))
    assert response["Location"] == gone
