import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from checklists.formats.reading import read_file
from checklists.language import QuestionWeight, WorkloadKind
from checklists.publish import publish
from reviews.access import Actor
from reviews.actions.decide import approve
from reviews.actions.report import produce_report
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.models import Answer, Report, Review, Snapshot, Workload
from reviews.report import signing_identity
from tests.conftest import People, answer_all, give, version_of
from tests.support.pdf import pdfsig, text_of

SAMPLES = Path(__file__).parent.parent / "samples"
LENS = SAMPLES / "aws_custom_lens" / "generative-ai-lens.json"
CSV = SAMPLES / "ms_assessment_csv" / "Azure_Well_Architected_Review_Sample.csv"
LANDING_ZONE = SAMPLES / "azure_review_checklists" / "ai_lz_checklist.en.json"


def begin(file: Path, people: People, workload: Workload) -> Review:
    edition = publish(read_file(file.read_bytes(), file.name).checklist)
    return start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING, edition=edition)


def test_a_review_of_an_imported_lens_runs_to_a_signed_report(people: People, workload: Workload, tmp_path: Path):
    review = begin(LENS, people, workload)
    answer_all(people.ada, review)
    give(people.ada, review, "GENOPS01", selected=["GENOPS01_BP01"], left_out=["GENOPS01_BP02"])
    submit_review(Actor(people.ada), review_id=review.pk)
    approve(Actor(people.lea), review_id=review.pk, version=version_of(review), statement="Good.")
    produce_report(Report.objects.get().pk, worker="w1")
    pdf, authority = tmp_path / "report.pdf", tmp_path / "ca.pem"
    pdf.write_bytes(bytes(Report.objects.get().pdf))
    authority.write_bytes(signing_identity().authority_pem())
    verdict = pdfsig(pdf, authority)
    assert "Signature is Valid" in verdict
    assert "Certificate is Trusted" in verdict
    text = text_of(pdf)
    assert "Generative AI Lens" in text
    assert "How do you achieve and verify consistent model output quality?" in " ".join(text.split())
    assert [pillar["id"] for pillar in Snapshot.objects.get().data["checklist"]["pillars"]][:2] == [
        "operationalExcellence",
        "security",
    ]


@pytest.mark.parametrize("file", [LENS, LANDING_ZONE, CSV], ids=["AWS", "Azure", "Microsoft"])
def test_the_pages_of_a_review_of_an_imported_checklist_show_it(file: Path, people: People, workload, sign_in):
    review = begin(file, people, workload)
    client = sign_in(people.ada)
    for name in ("questionnaire", "review", "workload"):
        response = client.get(reverse(name, args=[workload.key if name == "workload" else review.pk]))
        assert response.status_code == 200
    html = client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert review.checklist.questions[0].title.split("'")[0][:40] in html.replace("&#x27;", "'")


def test_a_question_that_says_nothing_more_has_nothing_to_unfold(people: People, workload: Workload, sign_in):
    review = begin(CSV, people, workload)
    html = sign_in(people.ada).get(reverse("questionnaire", args=[review.pk])).content.decode()
    assert "What good looks like" not in html


def test_nobody_gets_a_kind_of_workload_that_they_did_not_choose(people: People, workload: Workload, sign_in):
    publish(read_file(CSV.read_bytes(), CSV.name).checklist)
    client, url = sign_in(people.ada), reverse("review-from-file", args=[workload.key])
    assert "checked" not in client.get(url).content.decode()
    upload = SimpleUploadedFile(CSV.name, CSV.read_bytes(), "text/csv")
    assert client.post(url, {"file": upload}).status_code == 422
    assert not Review.objects.exists()


def test_an_architect_begins_a_review_from_an_assessment_that_an_administrator_has_imported(
    people: People, workload: Workload, sign_in
):
    client = sign_in(people.ada)
    url = reverse("review-from-file", args=[workload.key])

    def send():
        upload = SimpleUploadedFile(CSV.name, CSV.read_bytes(), "text/csv")
        return client.post(url, {"file": upload, "kind": "inferencing"}, follow=True)

    refused = send()
    assert refused.status_code == 422
    assert "Ask an administrator to import it" in refused.content.decode()
    publish(read_file(CSV.read_bytes(), CSV.name).checklist)
    begun = send()
    assert begun.status_code == 200
    assert "begins with 60 answers" in begun.content.decode()
    assert Answer.objects.count() == 60


def test_an_assessment_fills_a_review_of_the_checklist_that_an_administrator_edited_before_publishing_it(
    people: People, workload: Workload, sign_in
):
    read = read_file(CSV.read_bytes(), CSV.name).checklist
    first, *others = read.sections
    weighty = first.questions[0].model_copy(
        update={"weight": (QuestionWeight(weight=5),), "why": "It matters to us."}
    )
    edited = read.model_copy(
        update={"sections": (first.model_copy(update={"questions": (weighty, *first.questions[1:])}), *others)}
    )
    publish(edited)
    upload = SimpleUploadedFile(CSV.name, CSV.read_bytes(), "text/csv")
    url = reverse("review-from-file", args=[workload.key])
    begun = sign_in(people.ada).post(url, {"file": upload, "kind": "inferencing"}, follow=True)
    assert "begins with 60 answers" in begun.content.decode()
    assert Answer.objects.count() == 60


@pytest.mark.parametrize("part", ["question", "choice"])
def test_an_assessment_is_refused_where_its_answers_have_no_place_in_the_edition(
    part: str, people: People, workload: Workload, sign_in
):
    read = read_file(CSV.read_bytes(), CSV.name).checklist
    first, *others = read.sections
    question = first.questions[0]
    none_of_these = question.choices[-1].model_copy(update={"text": "Something else"})
    reworded = question.model_copy(update={"choices": (*question.choices[:-1], none_of_these)})
    questions = first.questions[1:] if part == "question" else (reworded, *first.questions[1:])
    publish(read.model_copy(update={"sections": (first.model_copy(update={"questions": questions}), *others)}))
    upload = SimpleUploadedFile(CSV.name, CSV.read_bytes(), "text/csv")
    url = reverse("review-from-file", args=[workload.key])
    refused = sign_in(people.ada).post(url, {"file": upload, "kind": "inferencing"})
    assert refused.status_code == 422
    assert f"does not {'ask' if part == 'question' else 'offer'} “" in refused.content.decode()
    assert not Review.objects.exists()


def test_a_file_that_is_no_assessment_is_refused_with_its_line_and_begins_nothing(
    people: People, workload: Workload, sign_in
):
    upload = SimpleUploadedFile("list.csv", b"a,b\n1,2\n", "text/csv")
    response = sign_in(people.ada).post(
        reverse("review-from-file", args=[workload.key]), {"file": upload, "kind": "eda"}
    )
    assert response.status_code == 422
    assert "list.csv" in response.content.decode()
    assert not Review.objects.exists()


def test_a_reader_begins_nothing_from_a_file(people: People, workload: Workload, sign_in):
    assert sign_in(people.rolf).get(reverse("review-from-file", args=[workload.key])).status_code == 403


def test_query_results_are_applied_from_the_page_and_a_bad_file_changes_nothing(people: People, workload, sign_in):
    review = begin(LANDING_ZONE, people, workload)
    client = sign_in(people.ada)
    url = reverse("graph-results", args=[review.pk])
    assert url in client.get(reverse("questionnaire", args=[review.pk])).content.decode()
    bad = SimpleUploadedFile("results.json", b'{"checks": [{"guid": 1}]}')
    refused = client.post(url, {"file": bad})
    assert refused.status_code == 422
    assert "results.json:1" in refused.content.decode()
    guid = "11cc57b4-a4b1-4410-b439-58a8c2289b3d"
    found = {"metadata": {"timestamp": "Monday"}, "checks": [{"guid": guid, "compliant": "false", "id": "/x"}]}
    done = client.post(url, {"file": SimpleUploadedFile("results.json", json.dumps(found).encode())})
    assert "0 fulfilled, 1 open" in done.content.decode()
    answer = Answer.objects.get()
    assert answer.selected == ["open"]
    assert "/x" in answer.note


def test_a_reader_is_refused_before_the_results_are_read(people: People, workload, sign_in):
    review = begin(LANDING_ZONE, people, workload)
    bad = SimpleUploadedFile("results.json", b"no JSON")
    assert sign_in(people.rolf).post(reverse("graph-results", args=[review.pk]), {"file": bad}).status_code == 403


def test_a_command_begins_a_review_from_an_assessment(people: People, workload: Workload, capsys):
    call_command("import_review", str(CSV), workload=workload.key, user="ada", kind="inferencing")
    assert "begins with 60 answers" in capsys.readouterr().out
    assert Answer.objects.count() == 60
    with pytest.raises(CommandError, match="no workload"):
        call_command("import_review", str(CSV), workload=workload.key, user="stranger", kind="inferencing")
