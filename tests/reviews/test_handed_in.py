"""What happens when the workload, or the talk about a review, changes while the review waits for approval."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Stale
from reviews.actions.policy import set_policy
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review
from reviews.actions.threads import open_thread
from reviews.actions.workloads import WorkloadDescription, change_workload
from reviews.models import Comment, Decision, Review, ReviewState, Role, Snapshot, Submission
from reviews.policies import PolicyInForce
from tests.conftest import People, give, make_user, resolve_requests, state, state_all, version_of
from tests.reviews.altering import altered


@pytest.fixture
def serving(library: None, people: People, workload) -> Review:
    """A review of Ada's that is handed in, whose platform is not shared: INF-F-04 is not asked, nor answered."""
    review = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.INFERENCING)
    state(people.ada, review, "platform_shared", "no")
    state_all(people.ada, review)
    for question in review.checklist.questions:
        if question.id == "INF-F-04":
            continue
        if question.kind == "practices":
            give(people.ada, review, question.id, selected=[practice.id for practice in question.practices])
        elif question.measured:
            give(people.ada, review, question.id, not_applicable=True, reason="Measured elsewhere.")
        else:
            give(people.ada, review, question.id, selected=[question.choices[0].id])
    submit_review(Actor(people.ada), review_id=review.pk)
    return Review.objects.get(pk=review.pk)


@pytest.fixture
def another(serving: Review, people: People) -> Review:
    """A draft of Jonas's beside it, in which facts of the same workload are stated."""
    return start_review(
        Actor(people.jonas), workload=serving.workload, kind=WorkloadKind.INFERENCING, beside_another=True
    )


def approves(user, review: Review, **more) -> Review:
    return approve(Actor(user), review_id=review.pk, version=version_of(review), statement="I read it.", **more)


def describe(workload, people: People, **more) -> None:
    said = {name: getattr(workload, name) for name in WorkloadDescription.__dataclass_fields__}
    change_workload(Actor(people.ruth), workload, WorkloadDescription(**{**said, **more}))


def test_a_question_that_a_fact_turned_on_after_submission_is_named_and_blocks_approval(
    serving: Review, another: Review, people: People
):
    state(people.jonas, another, "platform_shared", "yes")
    title = serving.checklist.questions_by_id["INF-F-04"].title
    with pytest.raises(NotNow, match="no longer what Ada handed in, and not complete") as refused:
        approves(people.lea, serving)
    assert f"Not answered: INF-F-04 ({title})." in str(refused.value)
    assert "Request changes instead" in str(refused.value)
    assert not Decision.objects.exists()


def test_a_fact_that_is_taken_back_after_submission_is_named_and_blocks_approval(
    serving: Review, another: Review, people: People
):
    state(people.jonas, another, "data_regions", "")
    fact = serving.checklist.facts_by_id["data_regions"]
    with pytest.raises(NotNow, match="Not stated: ") as refused:
        approves(people.lea, serving)
    assert f"“{fact.text}”" in str(refused.value)


def test_once_completed_and_handed_in_again_it_is_approved(serving: Review, another: Review, people: People):
    state(people.jonas, another, "platform_shared", "yes")
    request_changes(Actor(people.lea), review_id=serving.pk, version=version_of(serving), statement="Complete it.")
    give(people.ada, serving, "INF-F-04", not_applicable=True, reason="One tenant.")
    resolve_requests(people.ada, serving)
    submit_review(Actor(people.ada), review_id=serving.pk)
    approves(people.lea, serving)
    assert Review.objects.get(pk=serving.pk).state == ReviewState.APPROVED


def test_risks_and_score_that_are_not_those_that_the_author_signed_block_approval(
    serving: Review, another: Review, people: People
):
    state(people.jonas, another, "compute_regions", "japaneast")
    with pytest.raises(NotNow, match="no longer what Ada handed in") as refused:
        approves(people.lea, serving)
    said = str(refused.value)
    assert "“westeurope” became “japaneast”" in said
    assert "The score was" in said
    assert "was no risk and is high risk" in said or "was no risk and is medium risk" in said
    assert "Request changes instead" in said


def test_a_fact_set_back_to_what_it_was_leaves_the_review_as_it_was_handed_in(
    serving: Review, another: Review, people: People
):
    state(people.jonas, another, "compute_regions", "japaneast")
    state(people.jonas, another, "compute_regions", "westeurope")
    approves(people.lea, serving)
    assert Snapshot.objects.exists()


def test_a_fact_that_this_review_does_not_ask_for_changes_nothing_of_it(serving: Review, people: People):
    training = start_review(
        Actor(people.jonas), workload=serving.workload, kind=WorkloadKind.TRAINING, beside_another=True
    )
    state(people.jonas, training, "models_must_stay_fresh", "yes")
    approves(people.lea, serving)
    assert Snapshot.objects.exists()


def test_who_approves_cannot_soften_the_policy_by_describing_the_workload_as_less_critical(
    serving: Review, people: People
):
    describe(serving.workload, people, criticality="low")
    with pytest.raises(NotNow, match="Criticality “High” became “Low”"):
        approves(people.lea, serving)
    with pytest.raises(NotYours, match="wrote or answered in"):
        approves(people.ruth, serving)


def test_a_better_description_is_read_again_and_approved(serving: Review, people: People):
    read = version_of(serving)
    describe(serving.workload, people, purpose="Answers questions about claims, and says where it looked.")
    with pytest.raises(Stale, match="changed after you opened it"):
        approve(Actor(people.lea), review_id=serving.pk, version=read, statement="As I read it.")
    approves(people.lea, serving)
    assert Snapshot.objects.exists()


def test_the_page_says_what_is_no_longer_as_handed_in_to_everybody_and_offers_to_give_it_back(
    serving: Review, another: Review, people: People, sign_in
):
    state(people.jonas, another, "compute_regions", "japaneast")
    page = reverse("review", args=[serving.pk])
    for user in (people.lea, people.ada, people.rolf):
        html = sign_in(user).get(page).content.decode()
        assert "no longer what Ada handed in" in html
        assert "“westeurope” became “japaneast”" in html
        assert "Approve and sign" not in html
    assert "Request changes</button>" in sign_in(people.lea).get(page).content.decode()


def test_the_page_names_what_became_unanswered(serving: Review, another: Review, people: People, sign_in):
    state(people.jonas, another, "platform_shared", "yes")
    html = sign_in(people.lea).get(reverse("review", args=[serving.pk])).content.decode()
    assert "Not answered: INF-F-04 (" in html
    assert "Approve and sign" not in html


def test_an_approval_that_a_change_made_void_is_shown_as_void(
    serving: Review, another: Review, people: People, sign_in
):
    admin = make_user("iris", people.team, Role.READER, is_superuser=True)
    set_policy(
        Actor(admin), kind=WorkloadKind.INFERENCING, criticality="high", policy=PolicyInForce(2, Role.LEAD, False, 90)
    )
    approves(people.lea, serving)
    describe(serving.workload, people, purpose="Something else.")
    html = sign_in(people.ruth).get(reverse("review", args=[serving.pk])).content.decode()
    assert "<strong>Lea</strong> approved an earlier state of it; that approval is void" in html
    assert "It waits for <strong>2 leads</strong>" in html
    approves(people.lea, serving)
    html = sign_in(people.ruth).get(reverse("review", args=[serving.pk])).content.decode()
    assert "that approval is void" not in html


def test_who_cannot_request_changes_is_told_who_does(serving: Review, people: People, sign_in):
    describe(serving.workload, people, criticality="medium")
    address = reverse("review", args=[serving.pk])
    assert "Request changes instead" in sign_in(people.lea).get(address).content.decode()
    told = sign_in(people.ada).get(address).content.decode()
    assert "Request changes instead" not in told
    assert "Somebody who may approve it has to request changes first" in told


def test_whoever_decides_reads_what_the_author_stands_for_beside_the_decision(
    serving: Review, people: People, sign_in
):
    html = sign_in(people.lea).get(reverse("review", args=[serving.pk])).content.decode()
    decision = html[html.index('id="decision"') :]
    assert "<strong>Ada</strong> handed it in" in decision
    assert Submission.objects.get().statement in decision


def test_whoever_describes_a_workload_anew_is_told_beforehand_what_it_does_to_a_review_that_waits(
    serving: Review, people: People, sign_in
):
    address = reverse("workload-edit", args=[serving.workload.key])
    html = sign_in(people.ada).get(address).content.decode()
    assert "waits for approval. A change here makes the approvals so far void" in html
    request_changes(Actor(people.lea), review_id=serving.pk, version=version_of(serving), statement="Complete it.")
    assert "for approval" not in sign_in(people.ada).get(address).content.decode()


def test_a_review_handed_in_before_its_result_was_kept_is_compared_for_what_is_open(
    serving: Review, another: Review, people: People
):
    with altered("reviews_submission"):
        Submission.objects.update(result=None)
    state(people.jonas, another, "platform_shared", "yes")
    with pytest.raises(NotNow, match=r"not complete: .* Not answered: INF-F-04"):
        approves(people.lea, serving)
    state(people.jonas, another, "platform_shared", "no")
    describe(serving.workload, people, criticality="medium")
    approves(people.lea, serving)
    assert Snapshot.objects.exists()


def test_what_an_author_handed_in_is_kept_as_it_was(serving: Review):
    kept = Submission.objects.get().result
    assert kept["facts"]["platform_shared"] is False
    assert kept["facts"]["criticality"] == "high"
    assert "INF-F-04" not in kept["risks"]
    with pytest.raises(IntegrityError, match="a submission never changes"), transaction.atomic():
        Submission.objects.update(result=None)


def read_by(user, review: Review, sign_in) -> tuple:
    """A browser with the review open, and its decision form as it will be sent."""
    client = sign_in(user)
    html = client.get(reverse("review", args=[review.pk])).content.decode()
    form = html.split('id="decision"')[1]
    fields = {name: form.split(f'name="{name}" value="')[1].split('"')[0] for name in ("version", "comments")}
    return client, {**fields, "decision": "approve", "statement": "I read it."}


def test_nobody_approves_with_a_comment_in_the_snapshot_that_they_did_not_read(
    serving: Review, people: People, sign_in
):
    client, form = read_by(people.lea, serving, sign_in)
    open_thread(Actor(people.jonas), review_id=serving.pk, question_id="GEN-01", text="This is not so any more.")
    refused = client.post(reverse("decide", args=[serving.pk]), form)
    assert refused.status_code == 409
    html = refused.content.decode()
    assert "A comment was made after you opened the review" in html
    assert "This is not so any more." in html
    assert "I read it.</textarea>" in html
    assert not Decision.objects.exists()
    client, form = read_by(people.lea, serving, sign_in)
    client.post(reverse("decide", args=[serving.pk]), form)
    assert Decision.objects.exists()


def test_ones_own_comments_do_not_stand_in_the_way_of_ones_decision(serving: Review, people: People, sign_in):
    client, form = read_by(people.lea, serving, sign_in)
    client.post(reverse("comment", args=[serving.pk, "GEN-01"]), {"text": "Well done."})
    assert Comment.objects.count() == 1
    client.post(reverse("decide", args=[serving.pk]), form)
    assert Review.objects.get(pk=serving.pk).state == ReviewState.APPROVED


def test_changes_can_be_requested_although_a_comment_was_made_meanwhile(serving: Review, people: People, sign_in):
    client, form = read_by(people.lea, serving, sign_in)
    open_thread(Actor(people.jonas), review_id=serving.pk, question_id="GEN-01", text="Look here, too.")
    client.post(reverse("decide", args=[serving.pk]), {**form, "decision": "request_changes"})
    assert Review.objects.get(pk=serving.pk).state == ReviewState.CHANGES_REQUESTED


def test_an_approval_that_does_not_say_which_comments_were_read_is_refused(serving: Review, people: People, sign_in):
    client, form = read_by(people.lea, serving, sign_in)
    refused = client.post(reverse("decide", args=[serving.pk]), {**form, "comments": ""})
    assert refused.status_code == 422
    assert "Reload the page and decide again" in refused.content.decode()
    assert not Decision.objects.exists()
