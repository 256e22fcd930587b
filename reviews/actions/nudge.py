"""Telling the workers that there is work. The database says what work; a lost nudge costs a minute, nothing more."""

import logging
import uuid
from dataclasses import dataclass

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Nudge:
    task: str
    arguments: tuple[str, ...] = ()

    def __call__(self) -> None:
        send(self.task, *self.arguments)


def score_later(review_id: uuid.UUID) -> None:
    """After commit, ask a worker to score the review; once, however often it is asked for in one transaction."""
    nudge = _Nudge("reviews.tasks.score_review", (str(review_id),))
    if not any(waiting == nudge for _, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(nudge)


def make_report_later() -> None:
    """After commit, ask a worker to make one report more."""
    transaction.on_commit(_Nudge("reviews.tasks.make_next_report"))


def send_mails_later() -> None:
    """After commit, ask a worker to send what mail is waiting; once in one transaction."""
    nudge = _Nudge("reviews.tasks.send_mails")
    if not any(waiting == nudge for _, waiting, *_ in connection.run_on_commit):
        transaction.on_commit(nudge)


def send(task: str, *arguments: str) -> None:
    """Send one message; a broker that is down is logged, as the sweep will find the work."""
    try:
        current_app.send_task(task, args=arguments, retry=False, ignore_result=True)
    except (OperationalError, OSError) as problem:
        log.warning("no nudge for %s(%s): %s", task, ", ".join(arguments), problem)
