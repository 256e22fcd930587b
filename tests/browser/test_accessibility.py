"""Everybody can use every page: WCAG 2.2 AA by axe, in both themes, on a phone, at 200 %, without motion."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.doing import leave_by
from tests.browser.pages import PAGES, STATES
from tests.support.site import PASSWORD, Site

pytestmark = pytest.mark.pages

AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROLES = ("admin", "ada", "lea", "rita")  # an administrator, an architect, a lead, a reader
TARGET = 24  # CSS pixels, WCAG 2.5.8

SIGNED_OUT = {"sign-in": "/sign-in/"}

NO_PAGES = {
    *("sign-out", "person-role", "person-active", "person-password", "policy-reset", "notices-read", "notice-open"),
    *("review-start", "decide", "comment", "thread-reply", "thread-resolve", "thread-reopen", "answer", "fact"),
    *("answer-restore", "answer-confirm", "checklist-add", "checklist-remove", "move", "move-undo", "template-make"),
    *("template-retire", "evidence-remove", "here", "submit", "withdraw", "report-retry", "report-withdraw"),
    *("draft-from-edition", "draft-discard"),  # what only forms send to; a refusal comes in the page of the form
    *("question", "report-status", "mentionable"),  # parts of pages
    *(
        "report-pdf",
        "snapshot",
        "evidence-file",
        "export-file",
        "authority",
        "revocations",
        "revocations-of",
    ),  # files
    "first-run",  # only where there is no account: see below
}

RARE_PAGES = """
import json
from django.template.loader import render_to_string
from reviews.forms import FirstRunForm
from aiplatform.typed import Typed
names = ("400", "403", "404", "405", "500", "not_taken", "refused", "reviews/first_run")
typed = Typed([("text", "Text", "Who says so?")], [], [("file", "load test.pdf")], again=True)
about = {"form": FirstRunForm(), "back": "/", "typed": typed}
print(json.dumps({name: render_to_string(f"{name}.html", about) for name in names}))
"""


def test_every_address_is_looked_at_or_known_not_to_be_a_page():
    names = {pattern.name for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)}
    looked_at = {*PAGES, *SIGNED_OUT}
    assert names - NO_PAGES == looked_at
    assert not NO_PAGES & looked_at


LOOK = """
async ({ rules }) => {
  // What a browser has not drawn yet stands where it guesses.
  for (const each of document.querySelectorAll(".question")) each.style.contentVisibility = "visible";
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: rules },
    rules: { "color-contrast": { enabled: false } },
    resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) => (
    `${id} at ${target.join(" ")}: ${html.slice(0, 160)} (${failureSummary.slice(0, 300)})`
  )));
}
"""

# Contrast takes most of the time: what has the same colours over the same grounds as what had enough is left out.
CONTRAST = """
async (enough) => {
  const known = new Set(enough);
  const grounds = new Map([[null, ""]]);
  const groundOf = (each) => {
    if (!grounds.has(each)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode } = getComputedStyle(each);
      const own = `${backgroundColor} ${backgroundImage} ${opacity} ${filter} ${mixBlendMode}`;
      const plain = own === "rgba(0, 0, 0, 0) none 1 none normal";
      grounds.set(each, groundOf(each.parentElement) + (plain ? "" : `${own} > `));
    }
    return grounds.get(each);
  };
  const coloursOf = (each) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(each);
    return `${groundOf(each)}${color} ${fontSize} ${fontWeight} ${textShadow}`;
  };
  const speaks = (each) => each.matches("input:not([type=hidden]), select, textarea")
    || [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const places = Map.groupBy([...document.body.querySelectorAll("*")].filter(speaks), coloursOf);
  const wrong = [];
  const measure = async (include) => {
    if (!include.length) return;
    const { violations, passes } = await axe.run({ include }, {
      runOnly: { type: "rule", values: ["color-contrast"] },
      resultTypes: ["violations", "passes"],
      elementRef: true,
    });
    for (const { element } of passes.flatMap(({ nodes }) => nodes)) known.add(coloursOf(element));
    for (const { target, html, failureSummary } of violations.flatMap(({ nodes }) => nodes)) {
      wrong.push(`contrast at ${target.join(" ")}: ${html.slice(0, 160)} (${failureSummary.slice(0, 300)})`);
    }
  };
  const fresh = () => [...places].filter(([colours]) => !known.has(colours)).map(([_, each]) => each);
  await measure(fresh().map(([first]) => first));
  // Axe leaves out what nobody sees, so that the first of them may say nothing of the others.
  await measure(fresh().flatMap(([_, ...others]) => others));
  return [wrong, [...known]];
}
"""

TOO_WIDE = """
() => {
  const room = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  const ends = (each) => each.getBoundingClientRect().right;
  const wide = [...document.querySelectorAll("body *")].filter((each) => ends(each) > room + 1);
  const inmost = wide.filter((each) => !wide.some((other) => other !== each && each.contains(other)));
  return inmost.slice(0, 3).map((each) => `${room} px: ${each.outerHTML.slice(0, 160)} reaches to ${ends(each)}`);
}
"""

MOVES = """
() => [...document.querySelectorAll("*")].flatMap((each) => {
  const { transitionDuration, animationDuration, animationName, scrollBehavior } = getComputedStyle(each);
  const moves = transitionDuration.split(",").some((one) => parseFloat(one) > 0)
    || (animationName !== "none" && parseFloat(animationDuration) > 0) || scrollBehavior === "smooth";
  return moves ? [`moves: ${each.outerHTML.slice(0, 120)}`] : [];
}).slice(0, 3)
"""

FOCUS = """
() => {
  const head = document.querySelector("header.top");
  const covers = head && getComputedStyle(head).position === "sticky" ? head.getBoundingClientRect().bottom : -1;
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const places = [...document.querySelectorAll(wanted)].filter((each) => (
    each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.tabIndex >= 0
  ));
  const few = places.length > 150 ? places.filter((each, index) => index % 7 === 0) : places;
  return few.flatMap((each) => {
    each.focus();
    if (document.activeElement !== each) return [];
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    const label = each.closest("label, .editor") ?? each;
    const around = getComputedStyle(label);
    const shown = (outlineStyle !== "none" && parseFloat(outlineWidth) > 0)
      || (around.outlineStyle !== "none" && parseFloat(around.outlineWidth) > 0);
    const below = head?.contains(each) || each.matches(".skip") || each.getBoundingClientRect().bottom > covers;
    return [
      ...(shown ? [] : [`no focus shown: ${each.outerHTML.slice(0, 160)}`]),
      ...(below ? [] : [`focus under the header: ${each.outerHTML.slice(0, 160)}`]),
    ];
  });
}
"""


def kinds(html: str) -> set[str]:
    """What kinds of elements the main part of a page has: names, classes, and which attributes."""
    tags = re.findall(r"<(\w+)([^>]*)>", html[html.index("<main") :])
    return {
        " ".join([name, *re.findall(r'class="[^"]*"', rest), *sorted(re.findall(r"([\w-]+)=", rest))])
        for name, rest in tags
    }


@dataclass
class Walk:
    """A way through the pages, with what is wrong with them.

    A page that has, for one more role, no kinds of elements that it did not have before is not looked at again.
    """

    page: Page
    wrong: list[str] = field(default_factory=list)
    known: dict[str, set[str]] = field(default_factory=dict)
    enough: list[str] = field(default_factory=list)

    def visit(self, name: str, address: str, who: str) -> None:
        """Look at a page as somebody who is signed in."""
        response = self.page.context.request.get(address)
        # Refusals are one page, wherever they come from.
        known = self.known.setdefault(name if response.ok else str(response.status), set())
        found = kinds(response.text())
        if found <= known:
            return
        known |= found
        self.page.goto(address)
        self.wrong += [f"{name}, {who}: {each}" for each in self.look()]

    def look(self) -> list[str]:
        """What is wrong with the page that is open."""
        found = self.page.evaluate(MOVES)
        self.page.evaluate(AXE_SCRIPT)
        found += self.page.evaluate(LOOK, {"rules": AXE})
        for theme in ("dark", "light"):
            self.page.emulate_media(color_scheme=theme)
            wrong, self.enough = self.page.evaluate(CONTRAST, self.enough)
            found += [f"{theme}: {each}" for each in wrong]
        # Browsers show the focus to whoever used a key last.
        self.page.keyboard.press("Tab")
        found += self.page.evaluate(FOCUS)
        for width in (640, 390, 320):
            self.page.set_viewport_size({"width": width, "height": 800})
            found += self.page.evaluate(TOO_WIDE)
        self.page.set_viewport_size({"width": 1280, "height": 800})
        return found


@pytest.fixture
def calm(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser of somebody who asked for less motion."""
    context = browser.new_context(reduced_motion="reduce", base_url=site.url)
    yield context
    context.close()


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.locator("form.me").wait_for()


def test_axe_finds_nothing_on_any_page_for_any_role_in_both_themes_at_any_width(calm, places):
    walk = Walk(calm.new_page())
    for name, address in SIGNED_OUT.items():
        walk.visit(name, address, "nobody")
    for who in ROLES:
        calm.clear_cookies()
        sign_in(walk.page, who)
        for name, address in {**PAGES, **STATES}.items():
            walk.visit(name, address.format(**places), who)
    assert walk.wrong == []


def answering(html: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(body=html, content_type="text/html")


def test_axe_finds_nothing_on_pages_that_only_an_accident_or_a_beginning_shows(calm, site):
    drawn = json.loads(site.manage("shell", "--no-imports", "-c", RARE_PAGES).splitlines()[-1])
    walk = Walk(calm.new_page())
    for name, html in drawn.items():
        calm.route("**/rare/", answering(html))
        walk.page.goto("/rare/")
        walk.wrong += [f"{name}: {each}" for each in walk.look()]
        calm.unroute("**/rare/")
    assert walk.wrong == []


def refused(page: Page, address: str, form: str, **typed: str) -> None:
    """Send a form as nobody should, past what the browser itself would say."""
    page.goto(address)
    page.locator(form).evaluate("(form) => { form.noValidate = true; }")
    for name, text in typed.items():
        page.locator(f"{form} [name={name}]").fill(text)
    with page.expect_navigation():
        page.locator(f"{form} button").last.click()


def test_mistakes_in_forms_are_named_beside_the_field_and_axe_finds_nothing_in_them(calm, places):
    walk = Walk(page := calm.new_page())
    refused(page, "/sign-in/", "main form", username="ada", password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not match an open account")
    walk.wrong += walk.look()
    sign_in(page, "admin")
    refused(page, "/people/", "main form.card", username="two words", email="nonsense")
    for name in ("username", "email"):
        field = page.locator(f"form.card [name={name}]")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(re.compile("Use letters|Enter a valid"))
    walk.wrong += walk.look()
    refused(page, "/policies/inferencing/high/", "main form.card", approvers="99", valid_days="0")
    walk.wrong += walk.look()
    refused(page, "/checklists/new/", "form[aria-labelledby=begin]", id="two words", title="Two")
    expect(page.get_by_role("alert")).to_contain_text("The id cannot be used")
    walk.wrong += walk.look()
    calm.clear_cookies()
    sign_in(page, "ada")
    refused(page, f"/reviews/{places['draft']}/milestones/", "form[method=post].card", name=" ")
    expect(page.get_by_role("alert")).to_contain_text("1 to 200 characters")
    walk.wrong += walk.look()
    page.goto(f"/reviews/{places['draft']}/questionnaire/")
    leave_by(page.locator("#finish form[action$='/submission/'] button"))
    expect(page.locator("#incomplete [role=alert]")).to_contain_text("Not submitted.")
    walk.wrong += walk.look()
    assert walk.wrong == []


def test_screen_readers_hear_of_saves_refusals_conflicts_and_a_lost_connection(calm, browser, site, places):
    walk = Walk(page := calm.new_page())
    sign_in(page, "ada")
    address = f"/reviews/{places['draft']}/questionnaire/"
    page.goto(address)
    first, third = page.locator("article.question").nth(0), page.locator("article.question").nth(2)
    name = third.locator(".id").inner_text()
    said, alarm = page.locator("#said"), page.locator("#alarm")
    expect(said).to_have_role("status")
    expect(alarm).to_have_role("alert")
    third.locator("input[name=choice]").first.check()
    expect(said).to_have_text(f"{name}: saved.")

    third.locator("input[name=not_applicable]").check()
    third.locator("textarea[name=reason]").fill(" ")
    third.locator("textarea[name=note]").fill("A note.")
    third.locator("textarea[name=note]").press("Tab")
    expect(third.get_by_role("alert")).to_contain_text("Say why the question does not apply")
    walk.wrong += walk.look()
    third.locator("textarea[name=reason]").fill("There is none.")
    third.locator("textarea[name=reason]").press("Tab")
    expect(third.locator(".state")).to_have_text("✓ Saved")

    calm.set_offline(True)
    first.locator("textarea[name=note]").fill("Typed on a train.")
    first.locator("textarea[name=note]").press("Tab")
    expect(alarm).to_have_text("The server cannot be reached; it is tried again by itself.")
    walk.wrong += walk.look()

    other = browser.new_context(base_url=site.url)
    colleague = other.new_page()
    sign_in(colleague, "jonas")
    colleague.goto(address)
    theirs = colleague.locator("article.question").first
    theirs.locator("textarea[name=note]").fill("Written at the desk.")
    theirs.locator("textarea[name=note]").press("Tab")
    expect(theirs.locator(".state")).to_have_text("✓ Saved")
    other.close()
    calm.set_offline(False)
    group = first.get_by_role("group", name="Two answers to this question")
    expect(group.get_by_role("alert")).to_contain_text("A colleague changed this answer after you opened it.")
    group.get_by_role("button", name="Merge").click()
    walk.wrong += walk.look()
    first.get_by_role("button", name="Save the merged answer").click()
    expect(first.locator(".state")).to_have_text("✓ Saved")
    page.get_by_role("button", name="Keys").click()
    walk.wrong += walk.look()
    assert walk.wrong == []
