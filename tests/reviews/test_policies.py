import pytest
from django.urls import reverse

from checklists.language import WorkloadKind
from reviews.access import Actor, NotNow, NotYours
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Invalid, Stale
from reviews.actions.policy import reset_policy, set_policy
from reviews.actions.submit import STATEMENT, submit_review
from reviews.models import (
    Criticality,
    Decision,
    Event,
    Membership,
    Policy,
    Report,
    Review,
    ReviewState,
    Role,
    Snapshot,
    Submission,
    User,
    Workload,
)
from reviews.policies import PolicyInForce, default_policy, policy_for
from tests.conftest import People, answer_all, give, make_user, resolve_requests, state, version_of


@pytest.fixture
def admin(people: People) -> User:
    return make_user("iris", people.stranger.memberships.get().team, Role.READER, is_superuser=True)


def policy(admin: User, approvers: int = 1, role: Role = Role.LEAD, high: bool = False, days: int = 365) -> None:
    """Set what holds for the workload of these tests."""
    set_policy(
        Actor(admin),
        kind=WorkloadKind.EDA,
        criticality=Criticality.HIGH,
        policy=PolicyInForce(approvers, role, high, days),
    )


@pytest.fixture
def submitted(review: Review, people: People) -> Review:
    answer_all(people.ada, review)
    return submit_review(Actor(people.ada), review_id=review.pk)


def approves(user: User, review: Review, statement: str = "Good.") -> Review:
    return approve(Actor(user), review_id=review.pk, version=version_of(review), statement=statement)


def gives_back(user: User, review: Review) -> Review:
    return request_changes(Actor(user), review_id=review.pk, version=version_of(review), statement="Look again.")


def state_of(review: Review) -> str:
    return Review.objects.values_list("state", flat=True).get(pk=review.pk)


def test_where_nobody_decided_the_default_policy_holds(review: Review):
    assert policy_for(review) == default_policy(WorkloadKind.EDA, Criticality.HIGH)
    production = default_policy(WorkloadKind.INFERENCING, Criticality.CRITICAL)
    assert (production.approvers, production.blocks_on_high, production.valid_days) == (2, True, 182)


def test_with_two_approvers_the_first_waits_and_the_second_closes(submitted: Review, people: People, admin: User):
    policy(admin, approvers=2, days=90)
    approves(people.lea, submitted, "I read it.")
    assert state_of(submitted) == ReviewState.SUBMITTED
    assert not Snapshot.objects.exists()
    assert not Report.objects.exists()
    approves(people.ruth, submitted, "So did I.")
    assert state_of(submitted) == ReviewState.APPROVED
    assert Report.objects.count() == 1
    snapshot = Snapshot.objects.get()
    assert [each["statement"] for each in snapshot.data["sign_offs"]] == [STATEMENT, "I read it.", "So did I."]
    assert snapshot.data["policy"] == {
        "approvers": 2,
        "approver_role": "Lead",
        "blocks_on_high": False,
        "valid_days": 90,
    }
    kinds = Event.objects.filter(actor__in=[people.lea, people.ruth]).values_list("kind", "actor_name")
    assert list(kinds) == [("approval_given", "Lea"), ("approved", "Ruth")]


def test_nobody_approves_twice(submitted: Review, people: People, admin: User):
    policy(admin, approvers=2)
    approves(people.lea, submitted)
    with pytest.raises(NotYours, match="You approved this review already; it waits for 1 more lead"):
        approves(people.lea, submitted)
    assert Decision.objects.count() == 1


def test_a_change_in_between_makes_earlier_approvals_void(submitted: Review, people: People, admin: User):
    policy(admin, approvers=2)
    approves(people.lea, submitted)
    read = version_of(submitted)
    # A fact of the workload that another running review states changes what this review says too.
    from reviews.actions.start import start_review

    other = start_review(
        Actor(people.jonas), workload=submitted.workload, kind=WorkloadKind.TRAINING, beside_another=True
    )
    state(people.jonas, other, "models_must_stay_fresh", "yes")
    with pytest.raises(Stale):
        approve(Actor(people.ruth), review_id=submitted.pk, version=read, statement="As I read it.")
    approves(people.ruth, submitted)
    assert state_of(submitted) == ReviewState.SUBMITTED, "only the approval of this version counts"
    approves(people.lea, submitted, "Read again.")
    assert state_of(submitted) == ReviewState.APPROVED
    assert [each["statement"] for each in Snapshot.objects.get().data["sign_offs"]][1:] == ["Good.", "Read again."]


@pytest.mark.parametrize("changed", [True, False])
def test_a_request_for_changes_makes_earlier_approvals_void_even_if_nothing_is_changed(
    submitted: Review, people: People, admin: User, changed
):
    policy(admin, approvers=2)
    approves(people.lea, submitted, "First.")
    gives_back(people.ruth, submitted)
    if changed:
        give(people.ada, submitted, "GEN-01", selected=["informal"])
    resolve_requests(people.ada, submitted)
    submit_review(Actor(people.ada), review_id=submitted.pk, statement="Looked at again.")
    approves(people.ruth, submitted, "Second.")
    assert state_of(submitted) == ReviewState.SUBMITTED
    approves(people.lea, submitted, "Third.")
    said = [each["statement"] for each in Snapshot.objects.get().data["sign_offs"]]
    assert said == ["Looked at again.", "Second.", "Third."]


def test_who_approved_may_still_request_changes(submitted: Review, people: People, admin: User):
    policy(admin, approvers=2)
    approves(people.lea, submitted)
    gives_back(people.lea, submitted)
    assert state_of(submitted) == ReviewState.CHANGES_REQUESTED


def test_where_architects_approve_leads_do_not_but_may_request_changes(
    submitted: Review, people: People, admin: User
):
    policy(admin, role=Role.ARCHITECT)
    with pytest.raises(NotYours, match="can only be approved by a person who is architect"):
        approves(people.lea, submitted)
    with pytest.raises(NotYours, match="wrote or answered"):
        approves(people.ada, submitted)
    gives_back(people.lea, submitted)
    resolve_requests(people.ada, submitted)
    submit_review(Actor(people.ada), review_id=submitted.pk)
    approves(people.jonas, submitted)
    assert state_of(submitted) == ReviewState.APPROVED
    assert Snapshot.objects.get().data["approval"]["role"] == "Architect"


def test_a_high_risk_blocks_approval_and_is_named_where_the_policy_says_so(
    review: Review, people: People, admin: User
):
    answer_all(people.ada, review)
    give(people.ada, review, "GEN-01", selected=["not_assessed"])
    submit_review(Actor(people.ada), review_id=review.pk)
    policy(admin, high=True)
    title = review.checklist.questions_by_id["GEN-01"].title
    with pytest.raises(NotNow, match="cannot be approved while a high risk is open") as refused:
        approves(people.lea, review)
    assert f"GEN-01 ({title})" in str(refused.value)
    assert not Decision.objects.exists()
    gives_back(people.lea, review)
    resolve_requests(people.ada, review)
    submit_review(Actor(people.ada), review_id=review.pk)
    policy(admin, high=False)
    approves(people.lea, review)
    assert state_of(review) == ReviewState.APPROVED


def test_a_policy_that_asks_for_fewer_later_is_met_by_the_next_approval(
    submitted: Review, people: People, admin: User
):
    policy(admin, approvers=3)
    approves(people.lea, submitted)
    policy(admin, approvers=1)
    approves(people.ruth, submitted)
    assert state_of(submitted) == ReviewState.APPROVED


def test_an_approval_in_a_role_that_the_policy_no_longer_asks_for_does_not_count(
    submitted: Review, people: People, admin: User
):
    policy(admin, approvers=2)
    approves(people.lea, submitted)
    policy(admin, approvers=2, role=Role.ARCHITECT)
    approves(people.jonas, submitted)
    assert state_of(submitted) == ReviewState.SUBMITTED
    Membership.objects.filter(user=people.lea).update(role=Role.ARCHITECT)
    with pytest.raises(NotYours, match="approved this review already"):
        approves(people.lea, submitted)


def test_who_hands_in_stands_for_it_with_a_statement(review: Review, people: People):
    answer_all(people.ada, review)
    with pytest.raises(Invalid, match="Write what you stand for"):
        submit_review(Actor(people.ada), review_id=review.pk, statement="  ")
    submit_review(Actor(people.ada), review_id=review.pk, statement=" True to the letter. ")
    made = Submission.objects.get()
    assert (made.by, made.role, made.statement) == (people.ada, "architect", "True to the letter.")
    assert made.review_version == version_of(review)


def test_only_administrators_set_policies_and_within_bounds(people: People, admin: User):
    where = {"kind": WorkloadKind.EDA, "criticality": Criticality.HIGH}
    for user in (people.lea, people.ada):
        with pytest.raises(NotYours):
            set_policy(Actor(user), **where, policy=PolicyInForce(1, Role.LEAD, False, 1))
        with pytest.raises(NotYours):
            reset_policy(Actor(user), **where)
    with pytest.raises(Invalid) as refused:
        set_policy(Actor(admin), **where, policy=PolicyInForce(4, Role.READER, False, 3661))
    assert set(refused.value.errors) == {"approvers", "approver_role", "valid_days"}
    assert not Policy.objects.exists()


def test_the_page_of_policies_is_read_by_all_and_changed_by_administrators(people: People, admin: User, sign_in):
    html = sign_in(people.ada).get(reverse("policies")).content.decode()
    assert html.count("default</span>") == 12
    assert "2 leads" in html
    assert "Administrators change policies" in html
    assert reverse("policy", args=["eda", "high"]) not in html
    edit = reverse("policy", args=["eda", "high"])
    assert sign_in(people.lea).get(edit).status_code == 403
    assert sign_in(people.lea).post(reverse("policy-reset", args=["eda", "high"])).status_code == 403
    client = sign_in(admin)
    assert client.get(reverse("policy", args=["eda", "enormous"])).status_code == 404
    new = {"approvers": "3", "approver_role": "architect", "blocks_on_high": "on", "valid_days": "30", "version": ""}
    html = client.post(edit, new, follow=True).content.decode()
    assert "3 architects" in html
    assert "Iris" in html
    assert html.count("default</span>") == 11
    html = client.get(edit).content.decode()
    assert 'value="30"' in html
    assert "1 lead approves it" in html
    assert client.post(reverse("policy-reset", args=["eda", "high"]), {"version": ""}).status_code == 409
    client.post(reverse("policy-reset", args=["eda", "high"]), {"version": Policy.objects.get().version})
    assert not Policy.objects.exists()


def test_a_policy_that_another_administrator_set_meanwhile_is_shown_beside_what_was_typed(
    people: People, admin: User, sign_in
):
    edit = reverse("policy", args=["eda", "high"])
    client = sign_in(make_user("otto", people.team, Role.READER, is_superuser=True))
    assert 'name="version" value=""' in client.get(edit).content.decode()
    policy(admin, 2, days=90)
    mine = {"approvers": "3", "approver_role": "architect", "valid_days": "30", "version": ""}
    answer = client.post(edit, mine)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "Iris, <time" in said
    assert "2 leads approve it. High risks do not block approval. The approval lasts 90 days." in said
    assert "3 architects approve it. High risks do not block approval. The approval lasts 30 days." in said
    assert Policy.objects.get().approvers == 2
    stored = Policy.objects.get().version
    policy(admin, 1, days=91)
    assert client.post(edit, {**mine, "overwrite": stored}).status_code == 409, "that one was not shown"
    assert client.post(edit, {**mine, "overwrite": Policy.objects.get().version}).status_code == 302
    assert Policy.objects.get().approvers == 3


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("approvers", "0", "1 to 3 approvers; 0 were asked for"),
        ("approvers", "two", "Give a whole number from 1 to 3"),
        ("approver_role", "reader", "Choose lead or architect"),
        ("valid_days", "100000", "1 to 3,660 days (ten years); 100,000 were asked for"),
        ("valid_days", "", "This field is required"),
    ],
)
def test_a_policy_with_a_mistake_comes_back_as_it_was_typed(admin: User, sign_in, field, value, sentence):
    typed = {"approvers": "2", "approver_role": "architect", "blocks_on_high": "on", "valid_days": "77"} | {
        field: value
    }
    response = sign_in(admin).post(reverse("policy", args=["training", "low"]), typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "checked" in html
    assert f'value="{value}"' in html or field in {"approver_role", "valid_days"}
    if field != "valid_days":
        assert 'value="77"' in html
    assert not Policy.objects.exists()


def test_the_page_says_the_policy_who_approved_and_who_is_awaited(
    submitted: Review, people: People, admin: User, sign_in
):
    policy(admin, approvers=2, high=True, days=90)
    page = reverse("review", args=[submitted.pk])
    lea, ruth = sign_in(people.lea), sign_in(people.ruth)
    html = lea.get(page).content.decode()
    assert "2 leads approve it. Nobody approves while a high risk is open. The approval lasts 90 days." in html
    assert "It waits for <strong>2 leads</strong>" in html
    decision = {"decision": "approve", "statement": "I read it.", "version": version_of(submitted), "comments": 0}
    html = lea.post(reverse("decide", args=[submitted.pk]), decision, follow=True).content.decode()
    assert "Your approval is recorded. The review waits for 1 more lead." in html
    assert "<strong>Lea</strong> approved it" in html
    assert "Approve and sign" not in html
    assert "Request changes" in html
    assert submitted.workload.name not in lea.get("/").content.decode().split("My reviews")[0]
    assert submitted.workload.name in ruth.get("/").content.decode().split("My reviews")[0]
    html = ruth.post(reverse("decide", args=[submitted.pk]), decision, follow=True).content.decode()
    assert "Lea, Lead" in html
    assert "Ruth, Lead" in html


def test_the_page_names_what_blocks_approval_and_offers_to_request_changes(
    review: Review, people: People, admin: User, sign_in
):
    answer_all(people.ada, review)
    give(people.ada, review, "GEN-01", selected=["not_assessed"])
    submit_review(Actor(people.ada), review_id=review.pk)
    policy(admin, high=True)
    client = sign_in(people.lea)
    html = client.get(reverse("review", args=[review.pk])).content.decode()
    assert "High risk: GEN-01 (" in html
    assert "Approve and sign" not in html
    decision = {"decision": "approve", "statement": "Still good.", "version": version_of(review), "comments": 0}
    refused = client.post(reverse("decide", args=[review.pk]), decision)
    assert refused.status_code == 409
    assert "Still good.</textarea>" in refused.content.decode()


def test_an_architect_who_approves_by_policy_finds_the_review_in_the_queue(
    submitted: Review, people: People, admin: User, sign_in
):
    assert "My queue" not in sign_in(people.jonas).get("/").content.decode()
    policy(admin, role=Role.ARCHITECT)
    assert "My queue" in sign_in(people.jonas).get("/").content.decode()
    assert "My queue" not in sign_in(people.ada).get("/").content.decode()
    assert "Nothing waits for your decision" in sign_in(people.lea).get("/").content.decode()


def test_the_statement_is_proposed_kept_when_answers_are_missing_and_printed(review: Review, people: People, sign_in):
    client = sign_in(people.ada)
    page, submit = reverse("questionnaire", args=[review.pk]), reverse("submit", args=[review.pk])
    assert f"{STATEMENT}</textarea>" in client.get(page).content.decode()
    html = client.post(submit, {"statement": "Two\r\nlines."}, follow=True).content.decode()
    assert "12 obligatory questions are not answered yet" in html
    assert "Two\nlines.</textarea>" in html
    assert "Two\nlines.</textarea>" in client.get(page).content.decode()
    answer_all(people.ada, review)
    for wrong, sentence in (("", "Write what you stand for"), ("x" * 20_001, "20,000 is the most")):
        refused = client.post(submit, {"statement": wrong})
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
        assert f"{wrong}</textarea>" in refused.content.decode()
    client.post(submit, {"statement": "Two\r\nlines."})
    assert Submission.objects.get().statement == "Two\nlines."


def test_a_workload_that_becomes_more_critical_is_handed_in_again_and_approved_under_the_stricter_policy(
    submitted: Review, people: People, admin: User
):
    set_policy(
        Actor(admin),
        kind=WorkloadKind.EDA,
        criticality=Criticality.CRITICAL,
        policy=PolicyInForce(2, Role.LEAD, False, 30),
    )
    Workload.objects.update(criticality=Criticality.CRITICAL)
    with pytest.raises(NotNow, match="Criticality “High” became “Mission critical”"):
        approves(people.lea, submitted)
    gives_back(people.lea, submitted)
    resolve_requests(people.ada, submitted)
    submit_review(Actor(people.ada), review_id=submitted.pk)
    approves(people.lea, submitted)
    assert state_of(submitted) == ReviewState.SUBMITTED
