"""The shape of a snapshot, as `reviews.actions.freeze` writes it. All times are ISO 8601 in UTC, ending in Z."""

from typing import Literal, NotRequired, TypedDict

RiskName = Literal["high", "medium", "none", "unanswered", "not_applicable"]


_APPROVALS = {"approved", "approval_given"}
"""Kinds of events in the trail."""


class Person(TypedDict):
    """Somebody, as they were called on the day."""

    name: str
    username: str
    email: str


class Link(TypedDict):
    """A page to read further."""

    title: str
    url: str


class ReviewData(TypedDict):
    """Which review this is."""

    id: str
    kind: str
    kind_title: str
    number: int
    created_at: str
    created_by: Person
    version: int


class FactData(TypedDict):
    """A fact that was asked: its value as the type of the fact has it, None where it was not stated, and in words."""

    id: str
    text: str
    value: bool | int | float | str | list[str] | None
    said: str


class WorkloadData(TypedDict):
    """What was reviewed."""

    key: str
    name: str
    purpose: str
    owner: str
    team: str
    criticality: str
    criticality_title: str
    data_classification: str
    data_classification_title: str
    regions: list[str]
    links: list[Link]
    facts: list[FactData]


class SourceData(TypedDict):
    """Where the checklist's content comes from."""

    title: str
    url: str
    licence: str


class PillarWeight(TypedDict):
    """What a pillar counts in the overall score."""

    id: str
    title: str
    weight: int
    weight_title: str


class EditionData(TypedDict):
    """One edition that was walked through."""

    id: str
    title: str
    version: str
    sha256: str
    source: SourceData | None


class ChecklistData(EditionData):
    """What was asked."""

    pillars: list[PillarWeight]


class PillarScoreData(PillarWeight):
    """A pillar's score, 0 to 100; None where nothing bore on it."""

    score: float | None


class ScoreData(TypedDict):
    """What scoring said; `counts` has every risk name."""

    overall: float | None
    pillars: list[PillarScoreData]
    counts: dict[RiskName, int]
    answered: int
    total: int
    method: str


class ChoiceData(TypedDict):
    """One choice, whether it was chosen, and whether it does not apply; what to do where it is not in place."""

    id: str
    text: str
    means: str
    do: str
    selected: bool
    not_applicable: bool


class TableRowData(TypedDict):
    """One row of a table, as texts in the order of the columns; `best` marks the configuration to take."""

    cells: list[str]
    best: bool


class TableData(TypedDict):
    """An answer made of numbers; what is computed stands in the last column."""

    columns: list[str]
    rows: list[TableRowData]


class EvidenceData(TypedDict):
    """What shows that an answer is true, with who added it and when.

    A file has a name, what its bytes are, and how many; a link its address; a quote its text and where that is from.
    What a piece does not have is empty, and None for the size. `sha256` is that of the file, the address or the text.
    """

    kind: Literal["file", "link", "quote"]
    title: str
    file_name: str
    content_type: str
    size: int | None
    url: str
    quote: str
    source: str
    sha256: str
    by: Person
    at: str


class CommentData(TypedDict):
    """What somebody said about a question, or about the review as a whole."""

    by: Person
    at: str
    text: str


class QuestionData(TypedDict):
    """One question with its answer; `name` is its id as people see it."""

    id: str
    name: str
    title: str
    text: str
    why: str
    good: str
    do: str
    tags: list[str]
    pillars: list[str]
    pillar_titles: list[str]
    weight: int
    obligatory: bool
    risk: RiskName
    regions_differ: bool
    kind: Literal["one", "practices", "quota", "benchmark"]
    choices: list[ChoiceData]
    table: TableData | None
    not_applicable: bool
    reason: str
    note: str
    answered_by: Person | None
    answered_at: str | None
    evidence: list[EvidenceData]
    comments: list[CommentData]
    links: list[Link]


class SectionData(TypedDict):
    """Questions that belong together."""

    id: str
    title: str
    intro: str
    questions: list[QuestionData]


class TrailEvent(TypedDict):
    """One step of the decision trail; no actor where the application itself acted."""

    at: str
    actor: Person | None
    kind: str
    text: str
    statement: str
    address: str


class SignOffData(TypedDict):
    """Who stands for the review, as what, since when, with which words."""

    by: Person
    role: str
    at: str
    statement: str


class PolicyData(TypedDict):
    """What the approval took; `approver_role` in words."""

    approvers: int
    approver_role: str
    blocks_on_high: bool
    valid_days: int


class TrailHead(TypedDict):
    """The end of the review's whole trail: how many events it had, and the SHA-256 of the last (docs/trail.md)."""

    events: int
    sha256: str


class EarlierData(TypedDict):
    """The approved review before this one; `sha256` is that of its snapshot."""

    id: str
    number: int
    approved_at: str
    sha256: str


class ScoreSinceData(TypedDict):
    """A score, 0 to 100, then and now; None where there was none. `title` is the pillar's, empty for all."""

    title: str
    before: float | None
    after: float | None


class AskedData(TypedDict):
    """A question that only one of the two asks."""

    id: str
    name: str
    title: str


class RiskSinceData(AskedData):
    """A question's risk then and now; empty where it was not asked."""

    before: RiskName | Literal[""]
    after: RiskName | Literal[""]


class PieceData(TypedDict):
    """A run of words of a note."""

    where: Literal["both", "old", "new"]
    text: str


class AnswerSinceData(AskedData):
    """An answer that is another, as `reviews.comparing.AnswerChange` has it.

    `chosen`, `dropped`, `left_out` and `taken_in` are texts of choices, `reasons` those then and now why the question
    does not apply, `note` the note word by word, empty where it is the same.
    """

    chosen: list[str]
    dropped: list[str]
    left_out: list[str]
    taken_in: list[str]
    reasons: list[str]
    table_differs: bool
    note: list[PieceData]


class FactSinceData(TypedDict):
    """A fact of the workload in words, then and now; empty where it was not stated."""

    text: str
    before: str
    after: str


class SinceData(TypedDict):
    """What is different since the last approval of the workload's reviews of this kind; see `since.py`.

    `checklists` names the editions then and now. `stayed` are the findings that are as they were, `other_risks` the
    questions whose risk changed otherwise.
    """

    review: EarlierData
    checklists: list[str]
    overall: ScoreSinceData
    pillars: list[ScoreSinceData]
    appeared: list[RiskSinceData]
    gone: list[RiskSinceData]
    stayed: list[RiskSinceData]
    other_risks: list[RiskSinceData]
    answers: list[AnswerSinceData]
    facts: list[FactSinceData]
    new_questions: list[AskedData]
    gone_questions: list[AskedData]


class SnapshotData(TypedDict):
    """A whole snapshot.

    `sign_offs` has the authors' submission first, then the approvals in their order, the last of which is `approval`.
    `verify_url` is where anybody can have a report of it verified. `since` is there where another review of the
    workload, of this kind, was approved before.
    """

    format: str
    review: ReviewData
    workload: WorkloadData
    checklist: ChecklistData
    added_checklists: list[EditionData]
    score: ScoreData
    sections: list[SectionData]
    comments: list[CommentData]
    contributors: list[Person]
    trail: list[TrailEvent]
    sign_offs: list[SignOffData]
    policy: PolicyData
    valid_until: str
    verify_url: str
    trail_head: NotRequired[TrailHead]
    since: NotRequired[SinceData]
    approval: SignOffData


def is_submission(snapshot: SnapshotData, number: int) -> bool:
    """Whether the sign-off with this number, counted from 1, is the submission and not an approval.

    It comes first, but reviews that were handed in before there were submissions have approvals alone, which are in
    the trail.
    """
    sign_offs = snapshot.get("sign_offs", [])
    if number != 1 or len(sign_offs) < 2:
        return False
    first = sign_offs[0]
    return not any(
        event["kind"] in _APPROVALS
        and event["actor"] is not None
        and event["actor"]["username"] == first["by"]["username"]
        and event["statement"] == first["statement"]
        for event in snapshot["trail"]
    )
