import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.doing import REPORT
from tests.support.site import PASSWORD, Site

pytestmark = pytest.mark.pages

READY = """
from checklists.language import WorkloadKind
from reviews.access import Actor
from reviews.actions.submit import submit_review
from reviews.actions.workloads import WorkloadDescription, create_workload
from reviews.models import Team, User
from reviews.actions.start import start_review
from tests.conftest import answer_all

ada = Actor(User.objects.get(username="ada"))
workload = create_workload(ada, WorkloadDescription(
    name="Payment screening", purpose="Finds payments that need a second look.", owner="Payments",
    team=Team.objects.get(), criticality="critical", data_classification="restricted",
    regions=["westeurope"], links=[],
))
review = start_review(ada, workload=workload, kind=WorkloadKind.EDA)
answer_all(ada.user, review)
"""


@pytest.fixture
def ready(site: Site) -> None:
    """A review of Ada's that only has to be handed in."""
    site.manage("shell", "-v0", "-c", READY)


def decide(page: Page, statement: str, button: str) -> None:
    page.get_by_label("Statement").fill(statement)
    page.get_by_role("button", name=button).click()


def test_two_leads_approve_by_policy_and_one_withdraws_the_report(visitor, site: Site, ready):
    administrator = visitor("admin").page
    administrator.get_by_role("link", name="Policies").click()
    administrator.get_by_role("link", name="Change Exploratory data analysis, Mission critical").click()
    administrator.get_by_label("Approvers").fill("2")
    administrator.get_by_label("An approval lasts, in days").fill("20")
    administrator.get_by_role("button", name="Save").click()
    expect(administrator.get_by_role("status")).to_contain_text("The policy is changed")
    administrator.get_by_role("link", name="People").click()
    for label, text in (
        ("Name", "Ruth Adeyemi"),
        ("User name", "ruth"),
        ("E-mail address", "ruth@example.org"),
        ("First password", PASSWORD),
    ):
        administrator.get_by_label(label, exact=True).fill(text)
    team = administrator.locator("label.role").first.inner_text().splitlines()[0].strip()
    administrator.get_by_label("Team", exact=True).fill(team)
    administrator.get_by_label("Role", exact=True).select_option("lead")
    administrator.get_by_role("button", name="Add", exact=True).click()
    expect(administrator.get_by_role("status")).to_contain_text("Ruth Adeyemi can sign in now")

    ada = visitor("ada").page
    ada.get_by_role("link", name="Payment screening").click()
    expect(ada.locator("#finish")).to_contain_text("the approval of 2 leads")
    expect(ada.get_by_label("Your statement")).to_have_value(re.compile("complete and true"))
    ada.get_by_label("Your statement").fill("I stand for all of it.")
    ada.get_by_role("button", name="Submit for approval").click()
    expect(ada.locator(".trail")).to_contain_text("I stand for all of it.")

    lea = visitor("lea").page
    lea.get_by_role("link", name="Payment screening").click()
    decide(lea, "I read it all.", "Approve and sign")
    expect(lea.get_by_role("status")).to_contain_text("The review waits for 1 more lead")
    expect(lea.locator("#decision")).to_contain_text("Lea Okafor approved it")
    expect(lea.get_by_role("button", name="Approve and sign")).to_have_count(0)

    ruth = visitor("ruth").page
    ruth.get_by_role("link", name="Payment screening").click()
    decide(ruth, "So did I.", "Approve and sign")
    expect(ruth.get_by_role("heading", name="The report is ready")).to_be_visible(timeout=REPORT)
    expect(ruth.locator("dl.facts")).to_contain_text("Lea Okafor, Lead")
    expect(ruth.locator("dl.facts")).to_contain_text("Ruth Adeyemi, Lead")

    lea.goto(site.url)
    ending = lea.locator("section", has=lea.get_by_role("heading", name="Approvals that end soon"))
    expect(ending).to_contain_text("Payment screening")
    ending.get_by_role("link", name="Payment screening").click()
    lea.get_by_label("Why is it withdrawn?").fill("The figures were of another system.")
    lea.get_by_role("button", name="Withdraw the report").click()
    expect(lea.get_by_role("note")).to_contain_text("The report was withdrawn on")
    expect(lea.get_by_role("note")).to_contain_text("The figures were of another system.")
    expect(lea.get_by_role("link", name="Download the signed PDF")).to_be_visible()
    lea.goto(f"{site.url}/workloads/payment-screening/")
    expect(lea.locator(".rows")).to_contain_text("Report withdrawn")
