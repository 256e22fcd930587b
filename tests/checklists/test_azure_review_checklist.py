import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.formats.azure_review_checklist import read_azure_review_checklist
from checklists.language import PILLARS, ChecklistErrors
from checklists.scoring import AnswerValue, Risk, risk_of, score

SAMPLES = Path(__file__).parent.parent / "samples" / "azure_review_checklists"
STATUSES = ["Not verified", "Open", "Fulfilled", "Not required", "N/A"]
ITEM = {
    "category": "Security",
    "subcategory": "Keys",
    "text": "Rotate keys.",
    "guid": "20a734fb-ca83-4ce0-b3a7-935a00b2e9b9",
    "severity": "High",
    "waf": "Security",
}


def sample(name):
    return read_azure_review_checklist((SAMPLES / name).read_bytes(), name)


def read(*items, **root):
    whole = {
        "items": list(items),
        "categories": [{"name": "Security"}],
        "status": [{"name": name} for name in STATUSES],
        "severities": [{"name": name} for name in ("High", "Medium", "Low")],
        "waf": [{"name": name} for name in ("Reliability", "Security", "Cost", "Operations", "Performance")],
        "metadata": {"name": "Keys", "state": "GA", "waf": "all", "timestamp": "today"},
        **root,
    }
    return read_azure_review_checklist(json.dumps(whole, indent=1).encode(), "a.json")


def only(imported):
    (question,) = imported.checklist.questions
    return question


def refusal(data):
    with pytest.raises(ChecklistErrors) as refused:
        read_azure_review_checklist(data, "a.json")
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "items", "skipped"),
    [
        ("ai_lz_checklist.en.json", 177, 0),
        ("ai_lz_checklist.ja.json", 177, 0),
        ("apim_checklist.en.json", 44, 0),
        ("databricks_checklist.en.json", 10, 0),
        ("ext-azuremachinelearning_sg_checklist.en.json", 33, 0),
    ],
)
def test_every_item_of_the_public_files_becomes_a_question_or_is_said_to_be_skipped(name, items, skipped):
    summary = sample(name).summary()
    assert summary["format"] == "azure-review-checklist"
    assert summary["questions"] == items - skipped
    assert len(summary["skipped"]) == skipped
    assert summary["choices"] == 4 * summary["questions"]
    assert summary["pillars"] == 5


def test_an_item_keeps_all_that_it_says():
    imported = sample("ai_lz_checklist.en.json")
    question = imported.checklist.questions_by_id["c51df970-509c-4110-960a-601dd2348dbf"]
    assert (question.label, question.name) == ("AI.100", "AI.100")
    assert question.text.startswith("Use Microsoft Entra ID PIM access reviews")
    assert question.tags == ("Authentication", "Microsoft Entra", "High")
    assert question.pillars == ("security",)
    assert question.usual_weight == 3
    assert question.obligatory is False
    assert [link.title for link in question.links] == ["Documentation"]
    assert sum(bool(each.query) for each in imported.checklist.questions) == 7
    assert all("NA" not in each.tags for each in imported.checklist.questions)


def test_the_checklist_says_where_it_comes_from_and_whose_the_weights_are():
    checklist = sample("ai_lz_checklist.en.json").checklist
    assert (checklist.id, checklist.kind, checklist.version) == ("azure-ai-landing-zone", "any", "1.0")
    assert checklist.summary.startswith("From Azure/review-checklists: AI Landing Zone, Preview, April 16, 2025.")
    assert "this product’s choice" in checklist.summary
    assert checklist.source is not None
    assert checklist.source.licence == "MIT"
    assert {rule.weight for rules in checklist.weights.values() for rule in rules} == {"full"}


def test_sections_are_the_categories_whatever_blanks_stand_behind_them():
    imported = sample("ai_lz_checklist.en.json")
    assert [section.title for section in imported.checklist.sections][:2] == ["Application Deployment", "BC and DR"]
    assert len(imported.checklist.sections) == 7
    assert imported.warnings == ("Blanks around a category are left out: line 147.",)


def test_a_generated_file_has_its_services_as_sections_and_one_warning_for_each_sort_of_gap():
    imported = sample("ext-azuremachinelearning_sg_checklist.en.json")
    assert [section.title for section in imported.checklist.sections] == ["Azure Machine Learning"]
    assert imported.warnings[0].startswith("No severity, so Medium is taken (weight 2): 33 times, first at lines 4,")
    assert len(imported.warnings) == 3
    assert {question.usual_weight for question in imported.checklist.questions} == {2}


def test_a_translated_file_means_what_the_english_one_does():
    english, japanese = (sample(f"ai_lz_checklist.{language}.json") for language in ("en", "ja"))
    translated = japanese.checklist.questions_by_id
    for question in english.checklist.questions:
        if question.id in translated:
            same = translated[question.id]
            assert same.pillars == question.pillars
            assert same.query == question.query
            assert [(choice.id, choice.risk) for choice in same.choices] == [
                (choice.id, choice.risk) for choice in question.choices
            ]
            if same.id != "3418db61-2712-4650-9bb4-7a393a080327":
                assert same.weight == question.weight, "all but the one whose severity was lost"
    assert [choice.text for choice in japanese.checklist.questions[0].choices] == [
        *("開ける", "達成", "必須ではありません", "該当なし")
    ]
    assert "AI.148: this file has no text" in translated["294798b1-578b-4219-a46c-eb5443513592"].text
    assert any("An item has no text" in warning for warning in japanese.warnings)
    assert japanese.checklist.id == f"{english.checklist.id}-ja"
    assert any("“severity” is null: line 616" in warning for warning in japanese.warnings)
    assert any("matched by their place" in warning for warning in japanese.warnings)


def test_statuses_leave_the_risk_that_the_severity_has_and_those_set_aside_do_not_count():
    high, low = only(read(ITEM)), only(read(ITEM | {"severity": "Low"}))
    risks = [risk_of(high, AnswerValue(frozenset({choice.id}))) for choice in high.choices]
    assert risks == [Risk.HIGH, Risk.NONE, Risk.NOT_APPLICABLE, Risk.NOT_APPLICABLE]
    assert risk_of(low, AnswerValue(frozenset({"open"}))) is Risk.MEDIUM
    assert risk_of(high, AnswerValue()) is Risk.UNANSWERED, "“Not verified” is to have no answer"


@pytest.mark.parametrize(
    ("status", "overall"), [("open", 0), ("fulfilled", 100), ("not_required", None), ("not_applicable", None)]
)
def test_an_open_item_earns_nothing_of_whatever_severity(status, overall):
    checklist = read(ITEM | {"severity": "Low"}).checklist
    answers = {checklist.questions[0].id: AnswerValue(frozenset({status}))}
    assert score(checklist, answers, {}).overall == overall


def test_a_generated_file_with_its_statuses_in_another_order_means_the_same():
    names = ["Not verified", "Open", "Fulfilled", "N/A", "Not required"]
    question = only(read(ITEM, status=[{"name": name} for name in names]))
    assert [(choice.id, choice.text) for choice in question.choices] == [
        ("open", "Open"),
        ("fulfilled", "Fulfilled"),
        ("not_required", "Not required"),
        ("not_applicable", "N/A"),
    ]


def test_names_that_were_not_translated_keep_their_meaning_among_those_that_were():
    names = ["No verificado", "Abierto", "Cumplido", None, "N/A"]
    question = only(read(ITEM, status=[{"name": name} for name in names]))
    assert [choice.text for choice in question.choices] == ["Abierto", "Cumplido", "Not required", "N/A"]


def test_statuses_that_are_missing_are_added_and_strange_ones_are_not_offered():
    imported = read(ITEM, status=[{"name": "Open"}, {"name": "Later"}])
    assert [choice.text for choice in only(imported).choices] == ["Open", "Fulfilled", "Not required", "N/A"]
    assert any("status that is not known" in warning for warning in imported.warnings)
    assert any("“Fulfilled”" in warning for warning in imported.warnings)


@pytest.mark.parametrize(
    ("waf", "pillar"),
    [
        ("Reliability", "reliability"),
        ("Resiliency", "reliability"),
        ("security", "security"),
        ("Cost", "cost_optimization"),
        ("Cost Optimization", "cost_optimization"),
        ("Operations", "operational_excellence"),
        ("Operational Excellence", "operational_excellence"),
        ("Performance Efficiency", "performance_efficiency"),
    ],
)
def test_pillars_are_known_under_each_of_their_names(waf, pillar):
    assert only(read(ITEM | {"waf": waf})).pillars == (pillar,)


def test_an_item_without_a_pillar_has_that_of_the_metadata_or_else_one_of_its_own():
    governance = ITEM | {"waf": "Governance"}
    imported = read(governance)
    assert list(imported.checklist.pillar_titles) == [*PILLARS, "other"]
    assert imported.checklist.pillar_titles["other"] == "No pillar given"
    assert any("none of the five" in warning for warning in imported.warnings)
    named = read(governance, metadata={"name": "Keys", "waf": "Reliability"})
    assert list(named.checklist.pillar_titles) == list(PILLARS)
    assert only(named).pillars == ("reliability",)
    assert any("metadata is taken, Reliability" in warning for warning in named.warnings)


def test_repeated_and_missing_guids_are_mended_and_said():
    without = {key: value for key, value in ITEM.items() if key != "guid"}
    imported = read(ITEM, ITEM | {"text": "Another."}, without, without | {"text": "Rotate  keys."})
    first, second, third, fourth = (question.id for question in imported.checklist.questions)
    assert second == f"{first}-2"
    assert third.startswith("item-")
    assert fourth == f"{third}-2", "the same words are the same text"
    assert any(warning.startswith("No guid") for warning in imported.warnings)
    assert any(warning.startswith("A guid that stands in the file before") for warning in imported.warnings)
    assert read(without).checklist.questions[0].id == third, "the id depends on the text alone"


def test_guids_that_differ_in_capitals_only_are_one():
    imported = read(ITEM, ITEM | {"guid": ITEM["guid"].upper()})
    assert imported.checklist.questions[1].id == ITEM["guid"].upper() + "-2"


@pytest.mark.parametrize("guid", ["{20a734fb}", "a b", "x" * 200, "ключ"])
def test_a_guid_that_cannot_be_an_id_is_replaced(guid):
    imported = read(ITEM | {"guid": guid})
    assert only(imported).id.startswith("item-")
    assert any("replaced by an id made from the text" in warning for warning in imported.warnings)


def test_a_label_is_the_files_own_id_or_the_beginning_of_the_guid():
    assert only(read(ITEM)).label == "20a734fb"
    assert only(read(ITEM | {"id": "B03.02"})).label == "B03.02"


def test_a_long_text_is_shortened_at_a_word_for_the_title():
    question = only(read(ITEM | {"text": "word " * 60}))
    assert question.title == "word " * 23 + "word…"
    assert question.text == ("word " * 60).strip()


def test_a_text_beyond_the_limit_is_cut_and_said_but_a_query_is_left_out_whole():
    imported = read(ITEM | {"text": "x" * 5000, "graph": "resources | " * 500})
    assert only(imported).text == "x" * 4000
    assert only(imported).query == ""
    assert any("“text” is cut to 4,000 characters" in warning for warning in imported.warnings)
    assert any("part of it would be wrong" in warning for warning in imported.warnings)


def test_links_that_are_not_web_pages_are_dropped_with_a_warning():
    imported = read(ITEM | {"link": "javascript:alert(1)", "training": " https://example.org/learn "})
    assert [(link.title, link.url) for link in only(imported).links] == [("Training", "https://example.org/learn")]
    assert any("A link that is not one http or https address" in warning for warning in imported.warnings)


def test_unknown_keys_are_passed_over_and_said_and_old_names_of_the_query_are_read():
    imported = read(ITEM | {"cost": 1, "arm-service": "x", "query": "resources | project id", "sourceType": "aprl"})
    assert only(imported).query == "resources | project id"
    assert "aprl" in only(imported).tags
    assert "Keys that have no place here are passed over: “cost” (1 item), “arm-service” (1 item)." in (
        imported.warnings
    )


def test_values_that_are_no_texts_are_passed_over_and_said():
    imported = read(ITEM | {"link": 5, "severity": ["High"], "description": None}, 7, {"text": None})
    assert only(imported).usual_weight == 2
    assert len(imported.skipped) == 2
    assert {"“link” is not a text", "“description” is null"} <= {
        warning.split(" and is left")[0].split(":")[0] for warning in imported.warnings
    }


def test_a_file_without_a_name_is_called_after_the_file():
    data = json.dumps({"items": [ITEM]}).encode()
    imported = read_azure_review_checklist(data, "my_keys.en.json")
    assert (imported.checklist.title, imported.checklist.id) == ("my_keys", "azure-my-keys")
    assert any("named after the file" in warning for warning in imported.warnings)


def test_what_no_database_stores_is_left_out():
    assert only(read(ITEM | {"text": "a\x00b"})).text == "ab"


def test_files_that_are_no_checklists_are_refused_at_their_line():
    assert refusal(b"[]").startswith("a.json:1:1: a review checklist is an object")
    assert refusal(b'{\n "items": {}}').startswith("a.json:2:2: items is not a list")
    assert "is this a file of Azure/review-checklists?" in refusal(b'{"checks": []}')
    assert refusal(b'{\n\n "items": [{"text": ""}]}').startswith("a.json:3:2: no item has a text")
    assert refusal(b'{"items": [NaN]}').startswith("a.json:1:12: NaN")
    many = json.dumps({"items": [ITEM] * 5001}).encode()
    assert "5,001 items; 5,000 is the most" in refusal(many)
    assert "5,000,000 is the most" in refusal(b" " * 5_000_001)


def test_a_file_of_1268_items_is_read_whole():
    items = [ITEM | {"guid": f"{number:08}", "category": f"Area {number % 20}"} for number in range(1268)]
    imported = read(*items, categories=[])
    assert imported.summary()["questions"] == 1268
    assert imported.summary()["warnings"] == []


WORDS = [
    "",
    " \u2003",
    "\x00",
    "High",
    "open",
    "N/A",
    "Reliability",
    "ключ",
    "a b",
    "a" * 300,
    "ß" * 5000,
    "http://a",
]
VALUES = st.sampled_from([None, True, 7, [], {}, ["High"], *WORDS])
NAMED = st.lists(VALUES | st.fixed_dictionaries({}, optional={"name": VALUES, "description": VALUES}), max_size=6)
KEYS = ["category", "subcategory", "text", "guid", "severity", "id", "waf", "service", "link", "graph", "odd"]
ITEMS = st.lists(VALUES | st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, VALUES)), max_size=5)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "items": ITEMS,
            "metadata": VALUES | st.fixed_dictionaries({}, optional={"name": VALUES, "waf": VALUES}),
            **dict.fromkeys(["status", "severities", "waf", "categories"], VALUES | NAMED),
        },
    )
)
def test_whatever_a_file_says_it_is_read_or_refused(root):
    data = json.dumps(root).encode()
    try:
        imported = read_azure_review_checklist(data, "a.json")
    except ChecklistErrors:
        return
    assert len(imported.checklist.questions) + len(imported.skipped) == len(root["items"])
