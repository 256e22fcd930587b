"""What was said about a question or a review, as pages list it."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.db.models import Prefetch

from checklists.language import Question
from reviews.models import Comment, Review, Thread


@dataclass(frozen=True)
class ThreadList:
    """The threads on one question, or on the review as a whole where `question_id` is empty.

    `name` is what the question is called. `typed` is a comment that was refused, `problem` why, and `problem_in` the
    thread whose form it goes back to.
    """

    question_id: str
    threads: list[Thread]
    name: str = ""
    typed: str = ""
    problem: str = ""
    problem_in: int | None = None

    @property
    def address(self) -> str:
        """What stands for it in addresses."""
        return self.question_id or "review"

    @property
    def element(self) -> str:
        """The id of its element in a page."""
        return f"thread-{self.address}"

    @property
    def open(self) -> list[Thread]:
        """Those that nobody has resolved; change requests come first."""
        return sorted((each for each in self.threads if each.is_open), key=lambda each: each.kind)

    @property
    def resolved(self) -> list[Thread]:
        """Those that are settled."""
        return [each for each in self.threads if not each.is_open]

    def refused(self, typed: str, problem: str, thread_id: int | None) -> "ThreadList":
        """The same with a comment that was refused; the form of a thread that was settled meanwhile is gone."""
        place = thread_id if thread_id in {each.pk for each in self.open} else None
        return replace(self, typed=typed, problem=problem, problem_in=place)


@dataclass(frozen=True)
class RequestLine:
    """An open change request in the list of them: where its thread is in the page (`shown`), or that it is not there.

    It is not where the question is not asked any more, by its condition or because the checklist does not have it.
    """

    thread: Thread
    question: Question | None
    shown: bool


def threads_of(review: Review) -> dict[str, list[Thread]]:
    """The review's threads with their comments, by question; the empty one has those on the review as a whole."""
    found: defaultdict[str, list[Thread]] = defaultdict(list)
    comments = Prefetch("comments", Comment.objects.select_related("author"))
    for thread in review.threads.select_related("opened_by", "resolved_by").prefetch_related(comments):
        found[thread.question_id].append(thread)
    return found
