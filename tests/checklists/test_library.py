"""The rows are those of the content that the library has to cover (after Microsoft's article, CC BY 4.0)."""

import itertools
from collections.abc import Mapping

import pytest

from checklists.coverage import covers, read_rows
from checklists.formats.reading import LIBRARY
from checklists.language import PILLARS, WEIGHTS, Checklist, FactValue, WorkloadKind
from checklists.publish import read_library
from checklists.scoring import AnswerValue, Risk, risk_in, risk_of, score
from checklists.standing import Standing

ROWS = {row.id: row for row in read_rows((LIBRARY / "rows.csv").read_text())}
OF_THE_SOURCE = [
    "GEN-01",
    "GEN-02",
    "GEN-03",
    "GEN-04",
    "GEN-05",
    "GEN-06",
    "GEN-07",
    "EDA-F-01",
    "EDA-F-02",
    "EDA-F-03",
    "EDA-F-03a",
    "EDA-F-03b",
    "EDA-F-03c",
    "EDA-F-03d",
    "EDA-N-01",
    "EDA-N-02",
    "EDA-N-02a",
    "EDA-N-02b",
    "EDA-N-02c",
    "EDA-N-02d",
    "EDA-N-02e",
    "EDA-T-01",
    "EDA-T-02",
    "TRN-C-01",
    "TRN-C-02",
    "TRN-C-03",
    "TRN-F-01",
    "TRN-F-02",
    "TRN-F-03",
    "TRN-N-01",
    "TRN-T-01",
    "TRN-T-02",
    "TRN-T-03",
    "TRN-T-04",
    "TRN-T-05",
    "INF-C-01",
    "INF-C-02",
    "INF-C-03",
    "INF-C-04",
    "INF-F-01",
    "INF-F-02",
    "INF-F-03",
    "INF-F-04",
    "INF-N-01",
    "INF-N-02",
    "INF-N-03",
    "INF-N-04",
    "INF-N-05",
    "INF-N-06",
    "INF-N-07",
    "INF-N-08",
    "INF-T-B1",
    "INF-T-B2",
    "INF-T-B3",
    "INF-T-O1",
    "INF-T-O2",
    "INF-T-O3",
    "ORC-N-01",
    "ORC-N-02",
    "ORC-N-03",
    "ORC-T-01",
    "ORC-T-02",
]
ASKED = [name for name in OF_THE_SOURCE if "-T-" not in name or name.startswith("ORC")]
RISKS = ["none", "medium", "high"]
REGIONS = {"data_regions": ["westeurope"], "compute_regions": ["westeurope"], "caller_regions": ["westeurope"]}


@pytest.fixture(scope="module")
def library() -> dict[str, Checklist]:
    return {checklist.id: checklist for checklist in read_library()}


def standing(checklist: Checklist, answers: Mapping[str, AnswerValue] | None = None, **facts: FactValue) -> Standing:
    """The checklist for a workload of its kind, of which this is known."""
    known = {"workload_kind": checklist.kind, "criticality": "medium", "data_classification": "internal", **facts}
    return Standing(checklist, known, answers or {})


def asked(checklist: Checklist, **facts: FactValue) -> set[str]:
    return {question.id for question in standing(checklist, **facts).questions}


def advice(checklist: Checklist, question_id: str, **facts: FactValue) -> set[str]:
    question = checklist.questions_by_id[question_id]
    return {guidance.id for guidance in standing(checklist, **facts).guidance(question)}


def chosen(choice: str, *, note: bool = False) -> AnswerValue:
    return AnswerValue(frozenset({choice}), explained=note)


def quota(*pairs: tuple[int, int]) -> AnswerValue:
    """Rows of limit and peak."""
    return AnswerValue(rows=tuple({"service": "s", "limit": str(a), "peak": str(b), "unit": "u"} for a, b in pairs))


def benchmark(*runs: tuple[float, int, float]) -> AnswerValue:
    """Rows of throughput, p95 in ms, and cost per hour."""
    rows = [
        {"configuration": f"c{index}", "throughput": str(a), "p95_ms": str(b), "cost_per_hour": str(c)}
        for index, (a, b, c) in enumerate(runs)
    ]
    return AnswerValue(rows=tuple(rows))


def risk(checklist: Checklist, question_id: str, answer: AnswerValue, **facts: FactValue) -> Risk:
    return risk_in(standing(checklist, {question_id: answer}, **facts), checklist.questions_by_id[question_id])


def test_the_rows_are_those_of_the_source():
    assert list(ROWS) == OF_THE_SOURCE


@pytest.mark.parametrize("name", ASKED)
def test_each_row_is_a_question_or_practice_in_the_checklists_it_holds_for(library, name: str):
    row = ROWS[name]
    for checklist in row.checklists:
        found = [
            cover for cover in covers(row, library[checklist]) if cover.part is None or hasattr(cover.part, "risk")
        ]
        assert found, checklist
        for cover in found:
            assert set((cover.part and cover.part.pillars) or cover.question.pillars) == row.pillars
            if row.obligatory:
                assert cover.question.obligatory is True


@pytest.mark.parametrize("name", [name for name in OF_THE_SOURCE if name not in ASKED])
def test_each_technology_row_is_guidance_shown_with_a_question_of_its_own_kind(library, name: str):
    (checklist,) = ROWS[name].checklists
    assert name in {cover.part.id for cover in covers(ROWS[name], library[checklist]) if cover.part}


def test_every_question_says_in_a_few_sentences_why_it_matters_under_a_short_title(library):
    for checklist in library.values():
        for question in checklist.questions:
            assert question.why.count(".") >= 2, question.id
            assert len(question.title) <= 60, question.id


def test_each_kind_of_workload_has_one_checklist_and_orchestration_suits_them_all(library):
    kinds = {name: checklist.kind for name, checklist in library.items()}
    assert kinds == {kind.value: kind.value for kind in WorkloadKind} | {"orchestration": "any"}
    assert {name: len(checklist.questions) for name, checklist in library.items()} == {
        "eda": 12,
        "training": 15,
        "inferencing": 24,
        "orchestration": 5,
    }
    assert not any(name.startswith("GEN") for name in library["orchestration"].questions_by_id)


def test_the_pillars_weigh_what_the_kind_of_workload_asks(library):
    words = {
        "eda": "low full leads high low",
        "training": "full/low full high high leads",
        "inferencing": "full full medium full full",
        "orchestration": "full full medium full low",
    }
    for name, expected in words.items():
        weights = library[name].weights
        found = ["/".join(rule.weight for rule in weights[pillar]) for pillar in PILLARS]
        assert found == expected.split()
    assert library["training"].weights["reliability"][0].when == "models_must_stay_fresh"
    assert WEIGHTS["leads"] > WEIGHTS["full"] > WEIGHTS["high"] > WEIGHTS["medium"] > WEIGHTS["low"]


def test_every_question_can_be_answered_without_risk_and_with_one(library):
    good = {"quota": quota((2, 1)), "benchmark": benchmark((1, 1, 1), (1, 1, 2), (1, 1, 3))}
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "practices":
                ids = [practice.id for practice in question.practices]
                answers = [AnswerValue(frozenset(ids)), AnswerValue(frozenset({"none_of_these"}))]
            else:
                answers = [chosen(choice.id, note=True) for choice in question.choices]
                answers += [good[question.kind]] if question.measured else []
            risks = {risk_of(question, answer) for answer in answers}
            assert "none" in risks, question.id
            assert risks & {"medium", "high"}, question.id


def test_a_further_practice_never_raises_the_risk(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind != "practices":
                continue
            ids = [practice.id for practice in question.practices]
            for size in range(1, len(ids)):
                for ticked in map(frozenset, itertools.combinations(ids, size)):
                    before = risk_of(question, AnswerValue(ticked))
                    for more in set(ids) - ticked:
                        after = risk_of(question, AnswerValue(ticked | {more}))
                        assert RISKS.index(after) <= RISKS.index(before), (question.id, sorted(ticked), more)


def test_every_question_says_why_what_is_good_what_to_do_and_where_to_read_on(library):
    for checklist in library.values():
        for question in checklist.questions:
            texts = [question.text, question.why, question.good, question.do, *(c.text for c in question.choices)]
            assert all(texts), question.id
            assert all(link.url.startswith("https://") for link in question.links), question.id
            assert question.pillars, question.id


def test_practices_reach_no_risk_with_all_and_high_risk_with_none_of_them(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "practices":
                everything = frozenset(practice.id for practice in question.practices)
                nothing = question.choice_ids - everything
                assert len(nothing) == 1, question.id
                assert risk_of(question, AnswerValue(everything)) == "none", question.id
                assert risk_of(question, AnswerValue(nothing)) == "high", question.id


def test_every_pillar_a_question_bears_on_is_one_that_some_practice_earns(library):
    for checklist in library.values():
        for question in checklist.questions:
            if question.kind == "practices":
                earned = {pillar for each in question.practices for pillar in each.pillars or question.pillars}
                assert earned == set(question.pillars), question.id


def test_every_fact_says_what_it_decides_and_decides_something(library):
    for checklist in library.values():
        holders = [*checklist.facts, *checklist.questions]
        conditions = [holder.asked_when for holder in holders]
        conditions += [rule.condition for rules in checklist.weights.values() for rule in rules]
        used: set[str] = set()
        for question in checklist.questions:
            conditions += [each.condition for each in (*question.weight, *question.guidance)]
            used |= set(question.region_check.facts) if question.region_check else set()
            used |= {question.benchmark.latency_limit} if question.benchmark else set()
        used |= {name for condition in conditions if condition for name in condition.names}
        for fact in checklist.facts:
            assert fact.help, fact.id
            # The general file holds facts that only some kinds of workload are asked for.
            assert fact.id in used or not standing(checklist).is_asked(fact), (checklist.id, fact.id)


def test_few_facts_are_asked(library):
    most = {
        "training": {"models_must_stay_fresh": True},
        "inferencing": {"inferencing_mode": ["batch", "online"]},
        "eda": {},
        "orchestration": {},
    }
    for name, facts in most.items():
        state = standing(library[name], **facts)
        assert sum(state.is_asked(fact) for fact in library[name].facts) <= 9, name


def test_facts_that_nobody_stated_are_missing_where_they_are_asked(library):
    assert standing(library["eda"]).missing_facts == (*REGIONS, "gpu_needed", "platform_in_use")
    assert set(standing(library["inferencing"]).missing_facts) == {
        *REGIONS, "model_origin", "inferencing_mode", "hosting", "platform_shared",
    }  # fmt: skip
    assert "recovery_time" not in standing(library["training"]).missing_facts
    assert "recovery_time" in standing(library["training"], models_must_stay_fresh=True).missing_facts


@pytest.mark.parametrize(
    ("mode", "batch", "online"),
    [(["batch"], True, False), (["online"], False, True), (["batch", "online"], True, True), (None, False, False)],
    ids=["batch", "online", "both", "not stated"],
)
def test_batch_is_asked_for_compute_that_stops_and_online_for_compute_that_scales(
    library, mode, batch: bool, online: bool
):
    found = asked(library["inferencing"], inferencing_mode=mode)
    assert ("INF-F-01-batch" in found) is batch
    assert {name: name in found for name in ("INF-F-01-online", "INF-N-05", "INF-N-08")} == dict.fromkeys(
        ("INF-F-01-online", "INF-N-05", "INF-N-08"), online
    )
    target = library["inferencing"].facts_by_id["latency_target_ms"]
    assert standing(library["inferencing"], inferencing_mode=mode).is_asked(target) is online


@pytest.mark.parametrize(("shared", "is_asked"), [(True, True), (False, False), (None, False)])
def test_chargeback_is_asked_only_of_platforms_that_teams_share(library, shared, is_asked: bool):
    assert ("INF-F-04" in asked(library["inferencing"], platform_shared=shared)) is is_asked


@pytest.mark.parametrize(
    ("origin", "hosting", "expected"),
    [
        (["foundation"], ["model_service"], {"INF-C-04", "INF-N-06", "INF-N-07"}),
        (["foundation"], ["self_hosted"], {"INF-C-02", "INF-C-03"}),
        (["own"], ["managed_compute"], {"INF-C-02", "INF-C-03", "INF-N-07"}),
        (["own"], None, {"INF-C-02", "INF-C-03"}),
        (["foundation", "own"], ["model_service", "self_hosted"], {"INF-C-02", "INF-C-03", "INF-C-04", "INF-N-06", "INF-N-07"}),
        (None, None, set()),
    ],
)  # fmt: skip
def test_hosting_and_origin_decide_whether_there_is_serving_software_to_choose_and_a_service_to_weigh(
    library, origin, hosting, expected: set[str]
):
    depends = {"INF-C-02", "INF-C-03", "INF-C-04", "INF-N-06", "INF-N-07"}
    assert asked(library["inferencing"], model_origin=origin, hosting=hosting) & depends == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (["foundation"], {"INF-T-B1", "INF-T-B2"}),
        (["own"], {"INF-T-B1", "INF-T-B3"}),
        (["own", "foundation"], {"INF-T-B1", "INF-T-B2", "INF-T-B3"}),
    ],
)
def test_the_origin_of_models_decides_what_is_advised_for_batch(library, origin, expected: set[str]):
    found = advice(library["inferencing"], "INF-F-01-batch", inferencing_mode=["batch"], model_origin=origin)
    assert found == expected


@pytest.mark.parametrize(
    ("hosting", "expected"),
    [
        (["model_service"], {"INF-T-O1"}),
        (["managed_compute"], {"INF-T-O1", "INF-T-O2"}),
        (["self_hosted"], {"INF-T-O1", "INF-T-O2", "INF-T-O3"}),
    ],
)
def test_advice_for_online_goes_as_far_down_the_order_as_the_hosting_does(library, hosting, expected: set[str]):
    assert advice(library["inferencing"], "INF-F-01-online", hosting=hosting) == expected


@pytest.mark.parametrize(
    ("criticality", "weight", "obligatory", "shown"),
    [("low", 3, False, 0), ("medium", 3, True, 0), ("high", 5, True, 2), ("critical", 5, True, 2)],
)
def test_criticality_decides_how_much_the_reliability_of_serving_counts(
    library, criticality: str, weight: int, obligatory: bool, shown: int
):
    question = library["inferencing"].questions_by_id["INF-N-01"]
    state = standing(library["inferencing"], criticality=criticality)
    assert (state.weight(question), state.is_obligatory(question)) == (weight, obligatory)
    assert len(state.guidance(question)) == shown
    assert ("INF-N-01" in state.missing) is obligatory


@pytest.mark.parametrize("criticality", ["low", "high"])
def test_criticality_makes_the_orchestrator_count_more_too(library, criticality: str):
    question = library["orchestration"].questions_by_id["ORC-N-01"]
    state = standing(library["orchestration"], criticality=criticality)
    assert state.weight(question) == (5 if criticality == "high" else 4)
    assert bool(state.guidance(question)) is (criticality == "high")


@pytest.mark.parametrize(
    ("recovery", "expected", "weight"),
    [
        ("2d", {"TRN-C-02-repeat"}, 3),
        ("1d", {"TRN-C-02-repeat"}, 3),
        ("12h", {"TRN-C-02-zones"}, 4),
        ("4h", {"TRN-C-02-zones"}, 4),
        ("1h", {"TRN-C-02-zones", "TRN-C-02-regions"}, 4),
    ],
)
def test_the_recovery_time_of_fresh_models_decides_between_a_repeat_zones_and_regions(
    library, recovery: str, expected: set[str], weight: int
):
    seconds = {"d": 86400, "h": 3600}[recovery[-1]] * int(recovery[:-1])
    facts: dict[str, FactValue] = {"models_must_stay_fresh": True, "recovery_time": seconds}
    assert "TRN-C-02" in asked(library["training"], **facts)
    assert advice(library["training"], "TRN-C-02", **facts) == expected
    state = standing(library["training"], **facts)
    assert state.weight(library["training"].questions_by_id["TRN-C-02"]) == weight


@pytest.mark.parametrize("fresh", [False, None])
def test_training_that_need_not_be_fresh_puts_performance_first_and_is_not_asked_how_it_recovers(library, fresh):
    facts: dict[str, FactValue] = {"models_must_stay_fresh": fresh, "recovery_time": 3600}
    state = standing(library["training"], **facts)
    assert "TRN-C-02" not in asked(library["training"], **facts)
    assert state.value("recovery_time") is None
    assert advice(library["training"], "TRN-C-01", **facts) == {"TRN-C-01-loose"}
    assert advice(library["training"], "TRN-C-01", models_must_stay_fresh=True) == {"TRN-C-01-tight"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"training_interruptible": True}, {"TRN-T-03"}),
        ({"training_interruptible": False}, {"TRN-T-03-not"}),
        ({"training_interruptible": True, "training_runs": "rare_short"}, {"TRN-T-03", "TRN-T-02"}),
        ({"training_interruptible": True, "training_runs": "regular"}, {"TRN-T-03", "TRN-T-02-not"}),
        ({"training_interruptible": False, "training_runs": "continuous"}, {"TRN-T-03-not", "TRN-T-02-not"}),
    ],
)
def test_spot_is_advised_only_for_training_that_can_stop_and_serverless_only_for_rare_short_runs(
    library, facts, expected: set[str]
):
    assert advice(library["training"], "TRN-F-01", **facts) == expected


def test_clusters_are_advised_for_distributed_training_and_tuning_options_for_foundation_models(library):
    training = library["training"]
    assert advice(training, "TRN-N-01", distributed_training=True) == {"TRN-T-04"}
    assert advice(training, "TRN-N-01", distributed_training=False) == set()
    assert advice(training, "TRN-C-03", model_origin=["foundation", "own"]) == {"TRN-T-05"}
    assert advice(training, "TRN-C-03", model_origin=["own"]) == set()


@pytest.mark.parametrize(
    ("facts", "expected", "weight"),
    [
        ({"gpu_needed": True, "platform_in_use": True}, {"EDA-T-01-stay"}, 4),
        ({"gpu_needed": False, "platform_in_use": False}, {"EDA-T-01", "EDA-T-02-gpu"}, 3),
        ({"gpu_needed": True, "platform_in_use": False}, {"EDA-T-01"}, 4),
        ({"gpu_needed": False, "platform_in_use": True}, {"EDA-T-01-stay", "EDA-T-02-gpu"}, 3),
    ],
)
def test_exploration_stays_on_a_platform_in_use_and_builds_gpus_only_where_they_are_needed(
    library, facts, expected: set[str], weight: int
):
    eda = library["eda"]
    assert advice(eda, "EDA-F-02", **facts) == expected
    assert standing(eda, **facts).weight(eda.questions_by_id["EDA-F-02"]) == weight


@pytest.mark.parametrize("kind", [kind.value for kind in WorkloadKind])
@pytest.mark.parametrize("moved", list(REGIONS))
def test_regions_that_differ_are_a_finding_by_themselves_unless_a_duty_is_named(library, kind: str, moved: str):
    checklist, split = library[kind], REGIONS | {moved: ["westeurope", "eastus"]}
    for question_id, fine, reason, found in [
        ("GEN-02", "settled", "settled", Risk.HIGH),
        ("GEN-05", "same", "reasoned", Risk.MEDIUM),
    ]:
        assert risk(checklist, question_id, chosen(fine, note=True), **REGIONS) is Risk.NONE
        assert risk(checklist, question_id, AnswerValue(), **split) is found, "even before anything is answered"
        assert risk(checklist, question_id, chosen(reason), **split) in {Risk.MEDIUM, Risk.HIGH}, "without a note"
        assert risk(checklist, question_id, chosen(reason, note=True), **split) is Risk.NONE
    assert risk(checklist, "GEN-05", chosen("same"), **split) is Risk.MEDIUM
    assert risk(checklist, "GEN-05", chosen("other_reason", note=True), **split) is Risk.MEDIUM


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(130, 100)], Risk.NONE),
        ([(129, 100)], Risk.MEDIUM),
        ([(100, 100)], Risk.MEDIUM),
        ([(99, 100)], Risk.HIGH),
        ([(500, 100), (99, 100), (129, 100)], Risk.HIGH),
    ],
)
@pytest.mark.parametrize(("kind", "question_id"), [("eda", "GEN-04"), ("inferencing", "INF-N-07")])
def test_the_least_headroom_of_the_quotas_decides(library, kind: str, question_id: str, pairs, expected: Risk):
    facts: dict[str, FactValue] = {"hosting": ["model_service"]}
    assert risk(library[kind], question_id, quota(*pairs), **facts) is expected
    assert risk(library[kind], question_id, chosen("unknown"), **facts) is Risk.HIGH


def test_a_service_without_quotas_is_left_out_and_not_rewarded(library):
    checklist, facts = library["inferencing"], {"hosting": ["managed_compute"], **REGIONS}
    assert risk(checklist, "INF-N-07", chosen("no_quota"), **facts) is Risk.NOT_APPLICABLE
    known = {"workload_kind": "inferencing", **facts}
    without = score(checklist, {"INF-N-07": AnswerValue(not_applicable=True)}, known)
    assert score(checklist, {"INF-N-07": chosen("no_quota")}, known).pillars == without.pillars


@pytest.mark.parametrize(
    ("question_id", "runs", "expected"),
    [
        ("GEN-07", [(1, 50, 1)], Risk.MEDIUM),
        ("GEN-07", [(1, 50, 1), (2, 50, 3)], Risk.NONE),
        ("TRN-N-01", [(1, 50, 1), (2, 50, 3)], Risk.MEDIUM),
        ("TRN-N-01", [(1, 50, 1), (2, 50, 3), (4, 50, 7)], Risk.NONE),
    ],
)
def test_benchmarks_compare_enough_configurations(library, question_id: str, runs, expected: Risk):
    assert risk(library["training"], question_id, benchmark(*runs)) is expected


def test_no_measurement_is_a_finding(library):
    for question_id in ("GEN-07", "TRN-N-01"):
        for choice in library["training"].questions_by_id[question_id].choices:
            assert choice.risk in {"medium", "high"}


@pytest.mark.parametrize(
    ("mode", "target", "expected"),
    [
        (["online"], 100, Risk.NONE),
        (["online"], 40, Risk.HIGH),
        (["online"], None, Risk.NONE),
        (["batch"], 40, Risk.NONE),
    ],
    ids=["met", "missed", "not stated", "batch has none"],
)
def test_a_benchmark_of_online_inferencing_must_meet_the_latency_target(library, mode, target, expected: Risk):
    facts: dict[str, FactValue] = {"inferencing_mode": mode, "latency_target_ms": target}
    assert risk(library["inferencing"], "GEN-07", benchmark((1, 50, 1), (2, 60, 3)), **facts) is expected
