import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.drafts import begin_draft, publish_draft, save_draft
from checklists.language import parse
from checklists.models import Draft, Edition
from checklists.publish import publish_as
from checklists.urls import urlpatterns
from reviews.models import User
from tests.checklists.test_language import MINIMAL

HTMX = {"HTTP_HX_REQUEST": "true"}
BROKEN = MINIMAL.replace("kind: one\n", "kind: two\n")
RICH = (
    MINIMAL.replace(
        "weights:\n",
        """\
facts:
  - {id: shared, text: Is it shared?, help: By several teams.}
  - {id: mode, text: How is it called?, type: one_of, options: [{id: batch, text: In batches}, {id: online, text: Online}]}
  - {id: latency, text: How quick must it be?, type: number, unit: ms, asked: mode == online, obligatory: false}
  - {id: rto, text: How long may it be down?, type: duration}
weights:
""",
        1,
    ).replace("  security: full\n", "  security: [{weight: leads, when: shared}, {weight: full}]\n")
    + """\
      - id: Q-3
        label: 3 of 4
        title: Three
        text: Is each team charged?
        tags: [billing]
        pillars: [cost_optimization]
        asked: shared
        weight: [{weight: 5, when: mode == batch}, {weight: 2}]
        obligatory: criticality in [high, critical]
        kind: one
        choices:
          - {id: yes_, text: Each is, means: By tag., risk: none, do: {text: Read the guide., url: "https://example.org/do"}}
          - {id: no_, text: None is, risk: high, help: {url: "https://example.org/help"}}
        guidance: [{id: G-1, title: Tags, text: Use tags., when: mode == online}]
        see: [Q-1]
        query: resources | where tags.team == ''
      - id: Q-4
        title: Are the quotas enough?
        pillars: [reliability]
        asked: no_ in Q-3
        weight: 1
        obligatory: true
        kind: quota
        quota: {}
        choices: [{id: unknown, text: Not known, risk: high}]
"""
)


@pytest.fixture
def nora(db: None) -> User:
    return User.objects.create_user(username="nora", name="Nora", email="nora@example.org", is_superuser=True)


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user(username="ada", name="Ada", email="ada@example.org")


@pytest.fixture
def admin(nora: User, sign_in) -> Client:
    return sign_in(nora)


def published(text: str = MINIMAL, version: str = "1.0", notes: str = "") -> Edition:
    return publish_as(parse(text, "small.yaml"), version=version, notes=notes)


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def upload(client: Client, text: str | bytes, name: str = "small.yaml", format: str = "auto"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/checklists/new/", {"file": SimpleUploadedFile(name, data), "format": format})


def words_of(html: str) -> str:
    """What is left of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_everybody_reads_the_newest_edition_of_each_checklist(ada: User, sign_in):
    published()
    published(MINIMAL.replace("For tests.", "For more tests."), "1.1")
    html = page(sign_in(ada), "/checklists/")
    assert "For more tests." in html
    assert "edition 1.1" in html
    assert "2 questions" in html
    assert "Exploratory data analysis" in html
    assert "Upload" not in html


def test_drafts_are_seen_by_administrators_only(admin: Client, ada: User, nora: User, sign_in):
    begin_draft(nora, text=MINIMAL)
    assert reverse("draft", args=["small"]) in page(admin, "/checklists/")
    assert reverse("draft", args=["small"]) not in page(sign_in(ada), "/checklists/")


def test_whoever_is_no_administrator_keeps_nothing_and_hears_why(ada: User, nora: User, sign_in):
    published()
    begin_draft(nora, text=MINIMAL)
    values = {"key": "small", "version": "1.0", "old": "1.0", "new": "1.0", "format": "json"}
    client = sign_in(ada)
    for pattern in urlpatterns:
        if pattern.name in {"checklists", "edition", "changes"}:
            continue
        url = reverse(pattern.name, kwargs={name: values[name] for name in pattern.pattern.converters})
        for method in (client.get, client.post):
            response = method(url, {"text": "x", "version": "1"})
            assert response.status_code in {403, 405}, url
            if response.status_code == 403:
                assert "Only an administrator keeps the checklists" in response.content.decode(), url
    assert Draft.objects.get().text == MINIMAL


def test_an_edition_says_all_that_its_checklist_says(ada: User, sign_in):
    published(RICH, notes="The first one.")
    said = words_of(page(sign_in(ada), "/checklists/small/1.0/"))
    for part in (
        "The first one.",
        "leads when “Is it shared?” is yes; else full",
        "By several teams.",
        "one of: In batches, Online",
        "asked when “How is it called?” is “Online”",
        "3 of 4",
        "Is each team charged?",
        "Asked when “Is it shared?” is yes",
        "Obligatory when the criticality is high or critical",
        "Weight 5 when “How is it called?” is “In batches”",
        "weight 2",
        "Read the guide.",
        "Shown when “How is it called?” is “Online”.",
        "resources | where tags.team",
        "See also",
        "Are the quotas enough?",
        "under 1 leaves high risk, under 1.3 medium",
        "Asked when 3 of 4 is answered with “None is”",
        "when Q-2a and Q-2b",
        "in all other cases",
        "excludes the others",
    ):
        assert part in said, part


def test_a_benchmark_and_a_region_check_are_explained(ada: User, sign_in):
    text = RICH.replace(
        "        kind: quota\n        quota: {}\n",
        "        kind: benchmark\n        benchmark: {work: token, latency_limit: latency}\n",
    ).replace(
        "  - {id: rto, text: How long may it be down?, type: duration}\n",
        "  - {id: data_at, text: Where is the data?, type: regions}\n",
    )
    text = text.replace(
        "        links: [{title: L",
        "        region_check: {facts: [data_at], reasons: [a]}\n        links: [{title: L",
        1,
    )
    published(text)
    said = words_of(page(sign_in(ada), "/checklists/small/1.0/"))
    assert "throughput (token per second), p95 latency and cost per hour" in said
    assert "Only those within “How quick must it be?” count" in said
    assert "Where the regions of “Where is the data?” are not all the same" in said
    assert "unless the answer is “A”" in said


def test_a_search_leaves_the_questions_that_have_all_its_words(ada: User, sign_in):
    published(RICH)
    client = sign_in(ada)
    found = page(client, "/checklists/small/1.0/?q=TEAM+charged")
    assert 'id="Q-3"' in found
    assert 'id="Q-1"' not in found
    assert "1 of 4 questions" in found
    nothing = page(client, "/checklists/small/1.0/?q=zebra")
    assert "No question has all these words" in nothing
    assert "0 of 4 questions" in nothing


def test_an_older_edition_leads_to_the_newest_and_to_what_changed(ada: User, sign_in):
    published()
    published(MINIMAL.replace("One?", "Really one?"), "1.1")
    client = sign_in(ada)
    old = page(client, "/checklists/small/1.0/")
    assert "This is not the newest edition" in old
    assert 'href="/checklists/small/changes/1.0/1.1/"' in old
    new = page(client, "/checklists/small/1.1/")
    assert "This is not the newest edition" not in new
    assert 'href="/checklists/small/1.0/"' in new


def test_the_changes_between_two_editions_are_shown_question_by_question(ada: User, sign_in):
    published()
    published(RICH.replace("One?", "Really one?"), "1.1", notes="Much is new.")
    html = page(sign_in(ada), "/checklists/small/changes/1.0/1.1/")
    said = words_of(html)
    assert "2 added" in said
    assert "1 changed" in said
    assert "<del>One</del><ins>Really one</ins>?" in html
    assert "Much is new." in said
    assert "Is it shared?" in said
    assert re.search(r'id="Q-3".*?Is each team charged', html, re.DOTALL)


@pytest.mark.parametrize(
    "url", ["/checklists/small/2.0/", "/checklists/small/changes/1.0/2.0/", "/checklists/none/1.0/"]
)
def test_what_is_not_published_is_not_found(ada: User, sign_in, url: str):
    published()
    assert sign_in(ada).get(url).status_code == 404


def test_an_uploaded_file_becomes_a_draft(admin: Client):
    response = upload(admin, MINIMAL)
    assert response["Location"] == "/checklists/small/draft/"
    html = page(admin, response["Location"])
    assert "No mistakes" in html
    assert "begun as small.yaml" in html


def test_an_upload_with_mistakes_shows_each_at_its_line_and_stores_nothing(admin: Client):
    text = BROKEN.replace("risk: high}", "risk: grave}", 1)
    response = upload(admin, text)
    html = response.content.decode()
    assert response.status_code == 422
    assert "2 mistakes" in html
    assert 'data-line="27"' in html
    assert "risk: grave" in html
    assert "kind: two" in html
    assert not Draft.objects.exists()
    assert not Edition.objects.exists()


def test_a_text_with_mistakes_can_be_mended_in_the_page_and_then_stored(admin: Client):
    upload(admin, BROKEN)
    mended = admin.post("/checklists/new/", {"text": MINIMAL, "file": "small.yaml", "do": "save"}, follow=True)
    assert "No mistakes" in mended.content.decode()
    assert Draft.objects.get().text == MINIMAL


def test_a_text_can_be_checked_without_storing_it(admin: Client):
    checked = admin.post("/checklists/new/", {"text": BROKEN, "do": "check"})
    assert "1 mistake<" in checked.content.decode()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "small.yaml", "Choose a file first"),
        (b"\n", "small.yaml", "is empty"),
        (b"x" * 5_000_001, "small.yaml", "5,000,000 is the most"),
        (b"\xff\xfe", "small.yaml", "is not UTF-8"),
    ],
)
def test_an_upload_that_is_no_checklist_is_refused_with_what_to_do(admin: Client, data, name, sentence):
    response = upload(admin, data, name) if data else admin.post("/checklists/new/", {"format": "auto"})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Draft.objects.exists()


def test_an_upload_beside_a_draft_is_not_stored_unless_it_is_meant(admin: Client, nora: User):
    begin_draft(nora, text=BROKEN)
    response = upload(admin, MINIMAL)
    html = response.content.decode()
    assert response.status_code == 409
    assert "has a draft already" in html
    assert "kind: two" in html
    assert "kind: one" in html
    assert 'name="overwrite" value="1"' in html
    assert Draft.objects.get().text == BROKEN
    meant = {"text": MINIMAL, "file": "small.yaml", "key": "small", "overwrite": "1"}
    assert admin.post("/checklists/new/", meant)["Location"] == "/checklists/small/draft/"
    assert Draft.objects.get().text == MINIMAL


def test_an_empty_checklist_begins_with_id_and_title(admin: Client):
    begun = admin.post("/checklists/new/", {"id": "data-platform", "title": 'Data "lake" \\ platform'}, follow=True)
    assert "No mistakes" in begun.content.decode()
    assert "No findings" in begun.content.decode()
    assert parse(Draft.objects.get().text, "x").title == 'Data "lake" \\ platform'


@pytest.mark.parametrize(("id", "title", "what"), [("a b", "T", "id"), ('x"\ny: 1', "T", "id"), ("x", "", "title")])
def test_an_id_or_title_that_cannot_be_is_refused(admin: Client, id: str, title: str, what: str):
    response = admin.post("/checklists/new/", {"id": id, "title": title})
    assert response.status_code == 422
    assert f"The {what} cannot be used" in response.content.decode()
    assert not Draft.objects.exists()


def test_a_save_keeps_the_text_right_or_wrong_and_shows_its_mistakes(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL)
    saved = admin.post(
        "/checklists/small/draft/", {"text": BROKEN.replace("\n", "\r\n"), "version": "1"}, follow=True
    )
    assert 'data-line="27"' in saved.content.decode()
    assert Draft.objects.get().text == BROKEN


def test_a_script_that_saves_gets_the_new_version_and_the_mistakes(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL)
    html = admin.post("/checklists/small/draft/", {"text": BROKEN, "version": "1", "do": "save"}, **HTMX).content
    assert b"\xe2\x9c\x93 Saved" in html
    assert b'name="version" value="2"' in html
    assert b'data-line="27"' in html
    assert b'<textarea id="text"' not in html


@pytest.mark.parametrize("more", [HTMX, {}], ids=["script", "form"])
@pytest.mark.parametrize("version", ["", "1", "7"])
def test_a_save_that_comes_too_late_is_refused_and_shows_both_texts(admin: Client, nora: User, more, version):
    begin_draft(nora, text=MINIMAL)
    save_draft(nora, key="small", text=MINIMAL + "# theirs\n", version=1)
    response = admin.post("/checklists/small/draft/", {"text": MINIMAL + "# mine\n", "version": version}, **more)
    html = response.content.decode()
    assert response.status_code == 409
    assert "# theirs" in html
    assert "Nora saved small" in html
    assert 'name="overwrite" value="2"' in html
    assert more or "# mine" in html
    assert Draft.objects.get().text.endswith("# theirs\n")
    admin.post("/checklists/small/draft/", {"text": "# mine", "version": version, "overwrite": "2"}, **more)
    assert Draft.objects.get().text == "# mine"


@pytest.mark.parametrize("deed", ["save", "check"])
def test_what_was_typed_into_a_draft_that_is_gone_is_kept(admin: Client, nora: User, deed: str):
    response = admin.post("/checklists/small/draft/", {"text": "# typed for long", "version": "3", "do": deed})
    html = response.content.decode()
    assert response.status_code == 409
    assert "published or discarded meanwhile" in html
    assert "# typed for long" in html
    assert 'action="/checklists/new/"' in html


def test_a_text_that_is_too_long_comes_back_with_why(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL)
    response = admin.post("/checklists/small/draft/", {"text": "#" * 4_000_001, "version": "1"})
    assert response.status_code == 422
    assert "4,000,000 is the most" in response.content.decode()
    assert Draft.objects.get().text == MINIMAL


def test_the_longest_text_gets_through(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL)
    long = MINIMAL + ("#" * 39 + "\n") * ((4_000_000 - len(MINIMAL)) // 40)
    admin.post("/checklists/small/draft/", {"text": long.replace("\n", "\r\n"), "version": "1"})
    assert Draft.objects.get().text == long


def test_findings_of_lint_stand_beside_the_text_at_their_lines(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL.replace("when: Q-2a and Q-2b", "when: not Q-2a"))
    html = page(admin, "/checklists/small/draft/")
    assert "finding" in html
    assert "Q-2" in html
    assert re.search(r'data-line="\d+" data-column="1" data-mark="(error|warning)"', html)


def test_the_preview_asks_what_the_stated_facts_and_answers_ask_for(admin: Client, nora: User):
    begin_draft(nora, text=RICH)
    nothing = page(admin, "/checklists/small/draft/preview/")
    assert "2 of 4" in nothing
    assert 'id="q-Q-3"' not in nothing
    assert "Asked when “Is it shared?” is yes." in nothing
    shared = page(admin, "/checklists/small/draft/preview/?fact.shared=yes&fact.mode=batch&fact.criticality=high")
    assert 'id="q-Q-3"' in shared
    assert "3 of 4" in shared
    assert "3 obligatory" in shared
    assert "weight 5" in shared
    assert "Use tags." not in shared
    online = page(admin, "/checklists/small/draft/preview/?fact.shared=yes&fact.mode=online&q.Q-3=no_")
    assert "Use tags." in online
    assert "How quick must it be?" in online
    assert 'id="q-Q-4"' in online
    assert "Expected peak" in online


def test_the_preview_says_what_is_wrong_with_a_fact_that_was_tried(admin: Client, nora: User):
    begin_draft(nora, text=RICH)
    html = page(admin, "/checklists/small/draft/preview/?fact.rto=soon&fact.mode=sideways")
    assert "“soon” is not a duration" in html
    assert "sideways is no option of this fact" in html
    assert 'value="soon"' in html


def test_preview_changes_and_publishing_of_a_draft_with_mistakes_say_so(admin: Client, nora: User):
    begin_draft(nora, text=BROKEN)
    for name in ("preview", "changes", "publish"):
        html = page(admin, f"/checklists/small/draft/{name}/")
        assert "1 mistake." in words_of(html), name
        assert "Line 27" in html, name


def test_a_draft_is_compared_with_the_newest_edition(admin: Client, nora: User):
    published()
    begin_draft(nora, text=MINIMAL.replace("One?", "Really one?"))
    html = page(admin, "/checklists/small/draft/changes/")
    assert "Compared with the newest" in html
    assert "<del>One</del><ins>Really one</ins>?" in html


def test_publishing_asks_for_version_and_notes_and_leads_to_the_edition(admin: Client, nora: User):
    published()
    begin_draft(nora, text=MINIMAL.replace("One?", "Really one?"))
    form = page(admin, "/checklists/small/draft/publish/")
    assert 'value="1.1"' in form
    assert "Higher than 1.0" in form
    sent = {"draft_version": "1", "version": "1.1", "notes": "Sharper."}
    done = admin.post("/checklists/small/draft/publish/", sent, follow=True)
    assert done.request["PATH_INFO"] == "/checklists/small/1.1/"
    assert "Small, edition 1.1 is published." in done.content.decode()
    assert "Sharper." in done.content.decode()
    assert not Draft.objects.exists()


def test_a_refused_publication_keeps_what_was_typed_and_says_why(admin: Client, nora: User):
    published()
    begin_draft(nora, text=MINIMAL.replace("One?", "Really one?"))
    sent = {"draft_version": "1", "version": "1.0", "notes": "Long considered."}
    response = admin.post("/checklists/small/draft/publish/", sent)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Edition 1.0 is published already" in html
    assert "Long considered.</textarea>" in html
    stale = admin.post("/checklists/small/draft/publish/", sent | {"draft_version": "9", "version": "1.1"})
    assert "Not published" in stale.content.decode()
    assert Edition.objects.count() == 1


def test_who_publishes_hears_that_an_edition_came_between(admin: Client, nora: User):
    first = published()
    begin_draft(nora, text=MINIMAL.replace("One?", "Really one?"), base=first)
    published(MINIMAL.replace("Two?", "Really two?"), "1.1")
    html = page(admin, "/checklists/small/draft/publish/")
    assert "Edition 1.1 was published after this draft began as 1.0" in html


def test_a_draft_is_discarded_only_as_it_was_seen(admin: Client, nora: User):
    begin_draft(nora, text=MINIMAL)
    save_draft(nora, key="small", text=BROKEN, version=1)
    stale = admin.post("/checklists/small/draft/discard/", {"version": "1"}, follow=True)
    assert "Not discarded" in stale.content.decode()
    done = admin.post("/checklists/small/draft/discard/", {"version": "2"}, follow=True)
    assert "is discarded" in done.content.decode()
    assert not Draft.objects.exists()


def test_what_authors_write_is_shown_as_text_and_no_page_has_scripts_or_styles_within(admin: Client, nora: User):
    nasty = "<script>alert(1)</script>"
    text = (
        RICH.replace("One?", nasty).replace("For tests.", nasty).replace("Each is", nasty).replace("Use tags.", nasty)
    )
    published(text)
    published(text.replace("Because.", nasty), "1.1")
    begin_draft(nora, text=text.replace("Is it shared?", nasty))
    for url in (
        "/checklists/",
        "/checklists/new/",
        "/checklists/small/1.0/",
        "/checklists/small/changes/1.0/1.1/",
        "/checklists/small/draft/",
        "/checklists/small/draft/preview/?fact.shared=yes&fact.mode=online",
        "/checklists/small/draft/changes/",
        "/checklists/small/draft/publish/",
    ):
        html = page(admin, url)
        assert nasty not in html, url
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", html), url


@pytest.mark.parametrize(
    ("url", "most"),
    [
        ("/checklists/", 5),
        ("/checklists/small/1.0/", 5),
        ("/checklists/small/changes/1.0/1.1/", 4),
        ("/checklists/small/draft/", 4),
        ("/checklists/small/draft/preview/?fact.shared=yes", 4),
        ("/checklists/small/draft/changes/", 5),
        ("/checklists/small/draft/publish/", 6),
    ],
)
def test_the_queries_of_a_page_do_not_grow_with_what_it_shows(admin: Client, nora: User, url: str, most: int):
    published()
    published(MINIMAL.replace("One?", "Really one?"), "1.1")
    begin_draft(nora, text=MINIMAL.replace("One?", "Truly one?"))
    admin.get(url)
    with CaptureQueriesContext(connection) as few:
        admin.get(url)
    save_draft(nora, key="small", text=RICH, version=1)
    publish_draft(nora, key="small", draft_version=2, version="1.2", notes="")
    begin_draft(nora, text=RICH.replace("One?", "Truly one?"))
    for name in ("second", "third", "fourth"):
        text = RICH.replace("id: small", f"id: {name}")
        published(text)
        begin_draft(nora, text=text)
    admin.get(url)
    with CaptureQueriesContext(connection) as many:
        admin.get(url)
    assert len(many) <= len(few), [query["sql"] for query in many]
    assert len(many) <= most, [query["sql"] for query in many]
