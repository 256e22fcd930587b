"""Saves, submissions, decisions and moves between editions in whichever order: what was acknowledged is never lost.

Two architects have pages open that may be older than what is stored. A model keeps all that the application said it
had saved, and after every step the database has to say the same.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from checklists.language import Checklist, Question, WorkloadKind
from checklists.models import Edition
from checklists.publish import publish
from reviews.access import OPEN, RUNNING, Actor, NotNow, NotYours, open_requests
from reviews.actions.answer import Given, SavedAnswer, confirm_answer, save_answer
from reviews.actions.audit import broken_trails
from reviews.actions.beginning import begin_review, source_of_review
from reviews.actions.decide import approve, request_changes
from reviews.actions.errors import Incomplete, Invalid, Stale
from reviews.actions.move import move_review, undo_move
from reviews.actions.restoring import restore_answer
from reviews.actions.score import apply_score, as_json, result_of
from reviews.actions.start import start_review
from reviews.actions.submit import submit_review, withdraw_review
from reviews.actions.threads import open_thread, resolve
from reviews.models import Answer, Event, EventKind, Review, ReviewState, Score, Snapshot, ThreadKind, User, Workload
from tests.conftest import People, answer_all, state, version_of

CONTENT = ("selected", "left_out", "rows", "not_applicable", "reason", "note")
EMPTY: dict[str, Any] = {
    "selected": [],
    "left_out": [],
    "rows": [],
    "not_applicable": False,
    "reason": "",
    "note": "",
}
Content = dict[str, Any]

ASKED = {"GEN-01", "GEN-03", "GEN-04", "GEN-06", "EDA-F-01"}
"""Questions of each kind that a move treats in its own way; the fewer there are, the more meet."""


def first_edition(checklist: Checklist) -> Checklist:
    """The library's checklist with those questions alone."""
    values = checklist.to_json()
    for section in values["sections"]:
        section["questions"] = [each for each in section["questions"] if each["id"] in ASKED]
    values["sections"] = [section for section in values["sections"] if section["questions"]]
    return Checklist.model_validate(values)


def second_edition(checklist: Checklist) -> Checklist:
    """GEN-01 and GEN-06 lose a choice, EDA-F-01 has another one, GEN-04 is asked without numbers, GEN-03 is gone and
    NEW-01 is new."""
    values = checklist.to_json()
    for section in values["sections"]:
        for question in section["questions"]:
            if question["id"] == "EDA-F-01":
                question["choices"].append(question["choices"][1] | {"id": "half", "text": "By half."})
            without = {"GEN-01": "informal", "GEN-06": "GEN-06a"}.get(question["id"])
            question["choices"] = [choice for choice in question["choices"] if choice["id"] != without]
            if question["id"] == "GEN-06":
                question["risk_rules"] = question["risk_rules"][-1:]
            if question["id"] == "GEN-04":
                question |= {"kind": "one", "quota": None}
            if question["id"] == "GEN-03":
                question["id"] = "NEW-01"
    return Checklist.model_validate(values)


@dataclass(frozen=True)
class Scene:
    """What every run begins with: an answered review and the people and editions around it."""

    people: People
    review: Review
    old: Edition
    new: Edition


@pytest.fixture
def scene(people: People, workload: Workload, shipped: list[Checklist]) -> Scene:
    old = publish(first_edition(next(each for each in shipped if each.id == "eda")))
    first = start_review(Actor(people.ada), workload=workload, kind=WorkloadKind.EDA)
    answer_all(people.ada, first)
    new = publish(second_edition(old.checklist))
    return Scene(people, begin(people, first, old), old, new)


def begin(people: People, earlier: Review, edition: Edition) -> Review:
    """A review whose answers are carried over from an earlier one, to be confirmed."""
    return begin_review(
        Actor(people.ada),
        workload=earlier.workload,
        kind=WorkloadKind.EDA,
        edition=edition,
        source=source_of_review(earlier),
        beside_another=True,
    )


def contents_of(question: Question) -> st.SearchStrategy[Content]:
    """What somebody may mean to say to a question, in a note at least."""
    ids = [choice.id for choice in question.choices]
    alone = {choice.id for choice in question.choices if choice.none_of_these}
    notes = st.sampled_from(["", "Agreed.", "ADR-7", "Zeile\nZeile", "see 🙂"])
    said: list[st.SearchStrategy[Content]] = [
        st.just({}),
        st.sampled_from(["No such data.", "Not ours."]).map(lambda why: {"not_applicable": True, "reason": why}),
        *(st.just({"selected": [each]}) for each in ids),
    ]
    if question.kind == "practices":
        practices = [each for each in ids if each not in alone]
        marks = st.lists(
            st.sampled_from(["in place", "left out", ""]), min_size=len(practices), max_size=len(practices)
        )
        said.append(
            marks.map(
                lambda marked: {
                    "selected": [name for name, mark in zip(practices, marked, strict=True) if mark == "in place"],
                    "left_out": [name for name, mark in zip(practices, marked, strict=True) if mark == "left out"],
                }
            )
        )
    if question.kind == "quota":
        row = {"service": "Model", "peak": "100", "unit": "requests"}
        said += [st.just({"rows": [row | {"limit": limit}]}) for limit in ("300", "110")]
    return st.tuples(st.one_of(said), notes).map(lambda pair: EMPTY | pair[0] | {"note": pair[1]})


def content_of(answer: Answer) -> Content:
    return {name: getattr(answer, name) for name in CONTENT}


def fitted(content: Content, question: Question) -> Content:
    """What of an answer has a place in a question."""
    selected = [choice.id for choice in question.choices if choice.id in content["selected"]]
    practices = [practice.id for practice in question.practices]
    if question.kind == "practices":
        kept = {
            "selected": [each for each in practices if each in selected] or selected,
            "left_out": [each for each in practices if each in content["left_out"]],
            "rows": [],
        }
    else:
        kept = {
            "selected": selected if len(selected) == 1 else [],
            "left_out": [],
            "rows": content["rows"] if question.measured else [],
        }
    return content | kept


@dataclass
class Said:
    """What the application acknowledged of one question.

    `versions` are its contents from version 1 on; `given` are the numbers of those that somebody gave, and of the one
    that was carried over; all others were made by moves. `confirmed` says whether somebody stands for the last one.
    """

    versions: list[Content] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    confirmed: bool = True

    @property
    def version(self) -> int:
        return len(self.versions)

    @property
    def now(self) -> Content:
        return self.versions[-1] if self.versions else EMPTY

    def add(self, content: Content, *, given: bool) -> None:
        self.versions.append(content)
        if given:
            self.given.append(self.version)

    def told(self, version: int) -> Content:
        """What the trail says of a version: of one that a move made, what it made it of."""
        given = [each for each in self.given if each <= version]
        return self.versions[given[-1] - 1] if given else EMPTY


@dataclass
class Page:
    """What an architect has open: the version of each answer that it knows, and what could not be saved."""

    user: User
    known: dict[str, int] = field(default_factory=dict)
    sent: tuple[str, Given] | None = None
    conflicts: dict[str, tuple[Content, Answer]] = field(default_factory=dict)


@dataclass
class Move:
    """A move between editions: the answers that it changed, as they were, and the version of each after it."""

    back_to: Edition
    changed: dict[str, Content]
    versions: dict[str, int]


NO_PLACES: Content = {"selected": [], "left_out": [], "rows": []}
GIVEN = (EventKind.ANSWERED, EventKind.ANSWERS_CARRIED_OVER)
PAGES = st.sampled_from(["ada", "jonas"])
QUESTIONS = st.sampled_from(sorted(ASKED | {"NEW-01"}))


class Interleavings(RuleBasedStateMachine):
    """One review at a time, and its successor when it is closed."""

    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        people = self.scene.people
        self.pages = {"ada": Page(people.ada), "jonas": Page(people.jonas)}
        self.questions = self.scene.old.checklist.questions_by_id | self.scene.new.checklist.questions_by_id
        self.scored: tuple[UUID, int] | None = None
        self._take(self.scene.review)

    def _take(self, review: Review) -> None:
        """Go on with this review, which was begun a moment ago."""
        self.review_id, self.edition = review.pk, review.edition
        self.state = ReviewState.DRAFT
        self.requests: list[User] = []
        self.said = {question: Said() for question in sorted(self.questions)}
        self.moves: list[Move] = []
        self.handed_in: list[tuple[object, ...]] | None = None
        for answer in review.answers.all():
            self.said[answer.question_id] = Said([content_of(answer)], [1], confirmed=False)
        for page in self.pages.values():
            page.conflicts, page.sent = {}, None
            self._reload(page)

    @property
    def review(self) -> Review:
        return Review.objects.select_related("edition", "workload").get(pk=self.review_id)

    @property
    def asked(self) -> Mapping[str, Question]:
        """The questions of the review's edition by id."""
        return self.edition.checklist.questions_by_id

    def _stored(self) -> list[tuple[object, ...]]:
        """All that is stored of the answers."""
        answers = Answer.objects.filter(review=self.review_id).order_by("question_id")
        return list(
            answers.values_list("question_id", "version", "answered_by", "answered_at", *CONTENT, "confirmed")
        )

    # What architects do.

    def _reload(self, page: Page) -> None:
        page.known = {question: said.version for question, said in self.said.items()}

    @rule(who=PAGES)
    def open_the_page_again(self, who: str) -> None:
        self._reload(self.pages[who])

    @rule(who=PAGES, question=QUESTIONS, data=st.data())
    def save(self, who: str, question: str, data: st.DataObject) -> None:
        page = self.pages[who]
        content = data.draw(contents_of(self.questions[question]))
        self._save(page, question, Given(version=page.known[question], **content))

    @rule(question=QUESTIONS, data=st.data())
    def both_save_what_they_looked_at_a_moment_ago(self, question: str, data: st.DataObject) -> None:
        for page in self.pages.values():
            self._reload(page)
        for who in self.pages:
            self.save(who, question, data)

    @precondition(lambda self: any(page.sent for page in self.pages.values()))
    @rule(who=PAGES)
    def send_the_last_save_again(self, who: str) -> None:
        """As a browser does that never got the reply."""
        if sent := self.pages[who].sent:
            self._save(self.pages[who], *sent)

    @precondition(lambda self: any(page.conflicts for page in self.pages.values()))
    @rule(who=PAGES, question=QUESTIONS, how=st.sampled_from(["take", "keep", "merge"]))
    def settle_a_conflict(self, who: str, question: str, how: str) -> None:
        page = self.pages[who]
        if question not in page.conflicts:
            return
        mine, theirs = page.conflicts.pop(question)
        if how == "take":
            page.known[question] = theirs.version
            return
        notes = [each for each in (theirs.note, mine["note"]) if each]
        note = "\n\n".join(notes) if how == "merge" else mine["note"]
        self._save(page, question, Given(version=theirs.version, **mine | {"note": note}))

    @rule(who=PAGES, question=QUESTIONS)
    def confirm(self, who: str, question: str) -> None:
        page, said = self.pages[who], self.said[question]
        version = page.known[question]
        content = said.now if said.versions and question in self.asked else None
        with self._saving(page, question, content, version, even_if_equal=True) as saved:
            saved(confirm_answer(Actor(page.user), review_id=self.review_id, question_id=question, version=version))

    @rule(who=PAGES, question=QUESTIONS, steps=st.integers(1, 3))
    def undo(self, who: str, question: str, steps: int) -> None:
        page, version = self.pages[who], self.pages[who].known[question]
        to = max(0, version - steps)
        content = self.said[question].told(to)
        fits = fitted(content, self.asked[question]) if question in self.asked else None
        with self._saving(page, question, fits, version) as saved:
            saved(
                restore_answer(
                    Actor(page.user), review_id=self.review_id, question_id=question, version=version, to=to
                )
            )

    def _save(self, page: Page, question: str, given: Given) -> None:
        page.sent = (question, given)
        content = {name: getattr(given, name) for name in CONTENT}
        fits = question in self.asked and fitted(content, self.asked[question]) == content
        with self._saving(page, question, content if fits else None, given.version or 0) as saved:
            saved(save_answer(Actor(page.user), review_id=self.review_id, question_id=question, given=given))

    @contextmanager
    def _saving(
        self, page: Page, question: str, content: Content | None, based_on: int, *, even_if_equal: bool = False
    ) -> Iterator[Callable[[SavedAnswer], None]]:
        """Around an attempt to save `content`, None for what the question cannot take.

        It may only be refused where there is a reason, and only be acknowledged where there is none.
        """
        said, is_open = self.said[question], self.state in OPEN
        stands = said.confirmed and content == said.now and bool(said.versions)
        done: list[SavedAnswer] = []
        current = None
        try:
            yield done.append
        except NotNow:
            assert not is_open
        except Invalid:
            assert content is None
        except Stale as refusal:
            current = refusal.current
        if current is not None:
            assert based_on != said.version
            assert content_of(current) == said.now
            if content is not None:
                page.conflicts[question] = (content, current)
        for saved in done:
            assert is_open
            assert content is not None
            assert based_on == said.version or (stands and not even_if_equal)
            if not stands:
                said.add(content, given=True)
                said.confirmed = True
            assert (content_of(saved.answer), saved.answer.version) == (content, said.version)
            page.known[question] = saved.answer.version
            page.conflicts.pop(question, None)

    @rule(stated=st.sampled_from(["yes", "no"]))
    def state_a_fact(self, stated: str) -> None:
        with self._only_in(OPEN):
            state(self.scene.people.jonas, self.review, "platform_in_use", stated)

    # What happens to the whole review.

    @contextmanager
    def _only_in(self, states: Collection[str]) -> Iterator[None]:
        """Around what is done in these states, and refused in all others."""
        try:
            yield
        except NotNow:
            assert self.state not in states
        else:
            assert self.state in states

    @rule(up_to_date=st.booleans())
    def move(self, up_to_date: bool) -> None:
        new = self.scene.new if self.edition == self.scene.old else self.scene.old
        version = version_of(self.review) - (not up_to_date)
        moved = False
        with self._only_in(OPEN), suppress(Stale):
            move_review(Actor(self.scene.people.ada), review_id=self.review_id, edition_id=new.pk, version=version)
            moved = True
        assert moved == (up_to_date and self.state in OPEN)
        if not moved:
            return
        old, self.edition = self.edition, new
        changed = {}
        for question in old.checklist.questions_by_id.keys() & self.asked.keys():
            said, asked = self.said[question], self.asked[question]
            same_kind = old.checklist.questions_by_id[question].kind == asked.kind
            kept = fitted(said.now, asked) if same_kind else said.now | NO_PLACES
            if kept != said.now:
                changed[question] = said.now
                said.add(kept, given=False)
        self.moves.append(Move(old, changed, {question: said.version for question, said in self.said.items()}))

    @precondition(lambda self: self.moves)
    @rule()
    def undo_the_move(self) -> None:
        undone = False
        with self._only_in(OPEN):
            undo_move(Actor(self.scene.people.ada), review_id=self.review_id)
            undone = True
        if not undone:
            return
        move = self.moves.pop()
        self.edition = move.back_to
        for question, asked in self.asked.items():
            said, before = self.said[question], move.changed.get(question)
            fits = fitted(said.now, asked) == said.now
            given_since = bool(said.given) and said.given[-1] > move.versions[question]
            if before is not None and not (given_since and fits):
                kept = said.now | {name: before[name] for name in NO_PLACES}
            else:
                kept = fitted(said.now, asked)
            if kept != said.now:
                said.add(kept, given=False)

    def submit(self, who: str) -> None:
        result = result_of(self.review)
        complete = not (result.missing or result.missing_facts or self.requests)
        try:
            with self._only_in(OPEN):
                submit_review(Actor(self.pages[who].user), review_id=self.review_id)
        except Incomplete:
            assert not complete
        else:
            if self.state in OPEN:
                assert complete
                self.state, self.handed_in = ReviewState.SUBMITTED, self._stored()

    @precondition(lambda self: self.state in OPEN)
    @rule(who=PAGES)
    def finish_and_submit(self, who: str) -> None:
        """Confirm, answer and settle all that is still open, and hand the review in."""
        page = self.pages["jonas"]
        self._reload(page)
        for question, asked in self.asked.items():
            if not self.said[question].confirmed:
                self.confirm("jonas", question)
            now = self.said[question].now
            if not any(now[name] for name in (*NO_PLACES, "not_applicable")):
                content = EMPTY | {"selected": [asked.choices[0].id], "note": now["note"]}
                self._save(page, question, Given(version=page.known[question], **content))
        self.settle_the_requests("ada")
        self.submit(who)
        assert self.state == ReviewState.SUBMITTED

    @precondition(lambda self: self.state == ReviewState.SUBMITTED)
    @rule()
    def ask_for_changes(self) -> None:
        lea, version = self.scene.people.lea, version_of(self.review)
        with self._only_in({ReviewState.SUBMITTED}):
            request_changes(Actor(lea), review_id=self.review_id, version=version, statement="Not yet.")
        if self.state == ReviewState.SUBMITTED:
            self.state, self.handed_in = ReviewState.CHANGES_REQUESTED, None
            self.requests.append(lea)

    @precondition(lambda self: self.state == ReviewState.SUBMITTED)
    @rule(question=QUESTIONS)
    def ask_for_a_change_of_one_question(self, question: str) -> None:
        lea, kind = self.scene.people.lea, ThreadKind.CHANGE_REQUEST
        try:
            open_thread(Actor(lea), review_id=self.review_id, question_id=question, text="Why?", kind=kind)
        except Invalid:
            assert question not in self.asked
        else:
            self.requests.append(lea)

    @precondition(lambda self: self.requests)
    @rule(by=st.sampled_from(["ada", "lea"]))
    def settle_the_requests(self, by: str) -> None:
        """While the review waits for a decision, only who asked for a change takes it back."""
        user = getattr(self.scene.people, by)
        for thread in open_requests(self.review):
            try:
                resolve(Actor(user), review_id=self.review_id, thread_id=thread.pk)
            except NotYours:
                assert (self.state, by) == (ReviewState.SUBMITTED, "ada")
            else:
                self.requests.pop()

    @precondition(lambda self: self.state == ReviewState.SUBMITTED)
    @rule()
    def decide(self) -> None:
        lea, version = self.scene.people.lea, version_of(self.review)
        with self._only_in(set() if self.requests else {ReviewState.SUBMITTED}):
            approve(Actor(lea), review_id=self.review_id, version=version, statement="Good.")
        if self.state == ReviewState.SUBMITTED and not self.requests:
            self.state = ReviewState.APPROVED
            sections = Snapshot.objects.get(review=self.review_id).data["sections"]
            frozen = {each["id"]: each for section in sections for each in section["questions"]}
            for question, answer in frozen.items():
                selected = [choice["id"] for choice in answer["choices"] if choice["selected"]]
                told = {name: answer[name] for name in ("not_applicable", "reason", "note")}
                now = self.said[question].now
                assert (selected, told) == (now["selected"], {name: now[name] for name in told})

    @rule(what=st.sampled_from(["decide", "ask_for_changes", "submit"]))
    def do_what_it_may_not_be_the_time_for(self, what: str) -> None:
        if what == "submit":
            self.submit("ada")
        else:
            getattr(self, what)()

    @precondition(lambda self: self.state in {ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED})
    @rule()
    def withdraw(self) -> None:
        withdraw_review(Actor(self.scene.people.ada), review_id=self.review_id, reason="It was stopped.")
        self.state, self.requests = ReviewState.WITHDRAWN, []
        self.handed_in = self._stored()

    @precondition(lambda self: self.state not in RUNNING)
    @rule()
    def begin_the_next_with_it(self) -> None:
        earlier = self.said
        review = begin(self.scene.people, self.review, self.scene.new)
        carried = {
            question: kept
            for question, asked in self.scene.new.checklist.questions_by_id.items()
            if earlier[question].confirmed
            and (kept := fitted(earlier[question].now, asked)) != EMPTY | {"reason": kept["reason"]}
        }
        assert {answer.question_id: content_of(answer) for answer in review.answers.all()} == carried
        self._take(review)

    # What holds after every step.

    @invariant()
    def what_was_acknowledged_is_stored(self) -> None:
        stored = {
            answer.question_id: (answer.version, answer.confirmed, content_of(answer))
            for answer in Answer.objects.filter(review=self.review_id)
        }
        assert stored == {
            question: (said.version, said.confirmed, said.now)
            for question, said in self.said.items()
            if said.versions
        }

    @invariant()
    def what_was_acknowledged_before_is_in_the_history(self) -> None:
        told: dict[str, list[tuple[int, Content]]] = {}
        events = Event.objects.filter(review=self.review_id).order_by("number")
        for kind, detail in events.filter(kind__in=GIVEN).values_list("kind", "detail"):
            if kind == EventKind.ANSWERED:
                content = {name: detail[name] for name in CONTENT}
                told.setdefault(detail["question"], []).append((detail["version"], content))
            else:
                for question, content in detail["answers"].items():
                    told.setdefault(question, []).append((1, content))
        assert told == {
            question: [(number, said.versions[number - 1]) for number in said.given]
            for question, said in self.said.items()
            if said.given
        }

    @invariant()
    def nothing_changes_after_submission(self) -> None:
        if self.handed_in is not None:
            assert self._stored() == self.handed_in

    @invariant()
    def the_score_is_that_of_a_fresh_scoring(self) -> None:
        state, version = Review.objects.values_list("state", "version").get(pk=self.review_id)
        assert state == self.state
        if (self.review_id, version) != self.scored:
            self.scored = self.review_id, version
            # As a worker does; what was scored with the save must be right already.
            apply_score(self.review_id)
            assert Score.objects.get(review=self.review_id).result == as_json(result_of(self.review))

    def teardown(self) -> None:
        # What was altered or left out at any step is so for ever.
        assert not list(broken_trails())
        transaction.savepoint_rollback(self.savepoint)


def test_no_acknowledged_answer_is_lost_and_none_gets_in_after_submission(scene: Scene):
    Interleavings.scene = scene
    # The same runs everywhere and always: what fails can be looked at again.
    run_state_machine_as_test(
        Interleavings, settings=settings(max_examples=16, stateful_step_count=40, derandomize=True)
    )
