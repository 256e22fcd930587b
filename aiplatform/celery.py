"""The Celery application: `celery -A aiplatform worker -B`."""

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiplatform.settings")

app = Celery("aiplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["reviews"])


@app.on_after_configure.connect
def make_queue_folders(sender: Celery, **_: Any) -> None:
    """The transport that needs no server keeps its messages in folders, and expects to find them."""
    options = sender.conf.broker_transport_options or {}
    for name in ("data_folder_in", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


@worker_process_init.connect
def give_way(**_: Any) -> None:
    """Reports can wait a moment and people cannot: on a machine that both share, web processes go first."""
    os.nice(10)


@worker_ready.connect
def recover(sender: Any, **_: Any) -> None:
    """A worker that starts takes up at once what a crash left behind."""
    from reviews import tasks

    tasks.recover(worker=str(sender.hostname))
