"""Addresses."""

from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path

from aiplatform.sign_in import PasswordChange
from checklists.urls import urlpatterns as library
from reviews.views import (
    background,
    files,
    home,
    moving,
    people,
    policies,
    questionnaire,
    reading,
    report,
    sign_in,
    timeline,
    verify,
    workloads,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path("first-run/", people.first_run, name="first-run"),
    path("people/", people.people, name="people"),
    path("people/roles/", people.person_role, name="person-role"),
    path("people/<int:user_id>/active/", people.person_active, name="person-active"),
    path("people/<int:user_id>/password/", people.person_password, name="person-password"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:kind>/<str:criticality>/", policies.policy_edit, name="policy"),
    path("policies/<str:kind>/<str:criticality>/default/", policies.policy_reset, name="policy-reset"),
    path("password/", PasswordChange.as_view(), name="password"),
    path("workloads/", workloads.workload_list, name="workloads"),
    path("workloads/new/", workloads.workload_new, name="workload-new"),
    path("workloads/<slug:key>/", workloads.workload_page, name="workload"),
    path("workloads/<slug:key>/edit/", workloads.workload_edit, name="workload-edit"),
    path("workloads/<slug:key>/reviews/", workloads.review_start, name="review-start"),
    path("workloads/<slug:key>/reviews/from-file/", files.review_from_file, name="review-from-file"),
    path("reviews/<uuid:review_id>/", reading.review_page, name="review"),
    path("reviews/<uuid:review_id>/decision/", reading.decide, name="decide"),
    path("reviews/<uuid:review_id>/comments/<str:question_id>/", reading.add_comment, name="comment"),
    path("reviews/<uuid:review_id>/questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("reviews/<uuid:review_id>/questions/<str:question_id>/", questionnaire.question_fragment, name="question"),
    path(
        "reviews/<uuid:review_id>/questions/<str:question_id>/background/", background.background, name="background"
    ),
    path("reviews/<uuid:review_id>/answers/<str:question_id>/", questionnaire.save_answer, name="answer"),
    path("reviews/<uuid:review_id>/facts/<str:name>/", questionnaire.save_fact, name="fact"),
    path("reviews/<uuid:review_id>/checklists/", questionnaire.checklist_add, name="checklist-add"),
    path(
        "reviews/<uuid:review_id>/checklists/<uuid:edition_id>/removal/",
        questionnaire.checklist_remove,
        name="checklist-remove",
    ),
    path("reviews/<uuid:review_id>/query-results/", files.graph_results, name="graph-results"),
    path("reviews/<uuid:review_id>/edition/", moving.move_page, name="move-preview"),
    path("reviews/<uuid:review_id>/edition/move/", moving.move, name="move"),
    path("reviews/<uuid:review_id>/edition/undo/", moving.move_undo, name="move-undo"),
    path("reviews/<uuid:review_id>/timeline/", timeline.timeline, name="timeline"),
    path("reviews/<uuid:review_id>/submission/", questionnaire.submit, name="submit"),
    path("reviews/<uuid:review_id>/withdrawal/", questionnaire.withdraw, name="withdraw"),
    path("reviews/<uuid:review_id>/report/", report.report_page, name="report"),
    path("reviews/<uuid:review_id>/report/status/", report.report_status, name="report-status"),
    path("reviews/<uuid:review_id>/report/retry/", report.report_retry, name="report-retry"),
    path("reviews/<uuid:review_id>/report/withdrawal/", report.report_withdraw, name="report-withdraw"),
    path("reviews/<uuid:review_id>/report.pdf", report.report_pdf, name="report-pdf"),
    path("reviews/<uuid:review_id>/snapshot.json", report.snapshot_json, name="snapshot"),
    path("verify/", verify.verify, name="verify"),
    path("ca.pem", login_not_required(report.authority), name="authority"),
    path("ca.crl", login_not_required(report.revocation_list), name="revocations"),
    path("ca/<str:issuer>.crl", login_not_required(report.revocation_list), name="revocations-of"),
    *library,
]
