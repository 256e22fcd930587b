"""`python -m aiplatform.serve`: the whole application in one command, on one machine.

Brings the database up to date, then runs a web server and a Celery worker with its clock, restarts whichever dies,
and ends both on Ctrl-C or SIGTERM.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import django
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

RESTART_PAUSE = 1.0
"""Seconds between the death of a part and its restart."""

STOP_PATIENCE = 20.0
"""Seconds that parts get to finish what they do before they are killed."""


@dataclass
class Part:
    """A process that should be running."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        """Run it, in a session of its own: Ctrl-C reaches this process alone, which then ends the parts in order."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - no outside input
        self.started = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self.process is not None and self.process.poll() is None


class Stop(Exception):
    """Somebody asked for the end."""


def main() -> int:
    """Prepare, serve until told to stop; returns the exit status."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aiplatform.settings")
    parts: list[Part] = []
    try:
        django.setup()
        from django.conf import settings

        if problem := _port_problem(settings.HOST, settings.PORT):
            print(problem, file=sys.stderr)
            return 1
        prepare()
        parts = [
            Part("worker", worker_command()),
            Part("web", web_command(settings.HOST, settings.PORT)),
        ]
        for part in parts:
            part.start()
        return _watch(parts, settings.HOST, settings.PORT, settings.BASE_URL)
    except (ImproperlyConfigured, OperationalError) as problem:
        print(f"It cannot start: {problem}", file=sys.stderr)
        return 1
    except Stop:
        print("Stopping …", flush=True)
        return 0
    finally:
        _end(parts)


def prepare() -> None:
    """Migrate, collect the static files, publish the library, and load the demo into a new database."""
    from django.core.management import CommandError, call_command

    from aiplatform import environment
    from reviews.models import User

    with_demo = environment.flag("DEMO", default=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    try:
        call_command("load_checklists")
    except CommandError as problem:
        sys.exit(f"The checklists cannot be loaded: {problem}")
    if User.objects.exists():
        return
    if with_demo:
        call_command("demo")
    else:
        print("There is no account yet: the first page makes the administrator.")


def worker_command() -> list[str]:
    """The Celery worker, with the clock that starts the sweeps."""
    return [
        sys.executable,
        # Celery warns of workers that run as root for the sake of pickled messages; ours are JSON.
        "-Wignore:You're running the worker with superuser privileges",
        "-m",
        "celery",
        "--quiet",
        "--app=aiplatform",
        "worker",
        "--beat",
        "--concurrency=1",
        "--loglevel=WARNING",
        "--without-gossip",
        "--without-mingle",
        "--hostname=embedded@localhost",
    ]


def web_command(host: str, port: int) -> list[str]:
    """The web server. Two processes answer twice as many as one, on SQLite too: most of a save is no writing."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "aiplatform.wsgi",
        f"--bind={host}:{port}",
        "--workers=2",
        "--threads=8",
        "--worker-class=gthread",
        "--log-level=warning",
        "--graceful-timeout=10",
        "--timeout=60",
    ]


def _watch(parts: list[Part], host: str, port: int, url: str) -> int:
    """Keep the parts running; returns only by `Stop`, or with 1 when a part dies as soon as it starts."""
    announced = False
    while True:
        for part in parts:
            if part.running:
                continue
            if not announced and part.name == "web":
                print("The web server ended as soon as it was started; what it said stands above.", file=sys.stderr)
                return 1
            print(f"The {part.name} ended unexpectedly and is started again.", file=sys.stderr, flush=True)
            time.sleep(RESTART_PAUSE)
            part.start()
        if not announced and _listening(host, port):
            print(f"\nServing on {url} - stop with Ctrl-C", flush=True)
            announced = True
        time.sleep(0.2)


def _end(parts: list[Part]) -> None:
    """Ask all parts to end, wait for them, kill those that do not."""
    for part in parts:
        _signal(part, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    for part in parts:
        if part.process is None:
            continue
        try:
            part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()


def _signal(part: Part, signum: int) -> None:
    if part.process is not None and part.running:
        with suppress(ProcessLookupError):
            part.process.send_signal(signum)


def _stop(signum: int, frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stop


def _port_problem(host: str, port: int) -> str:
    """The sentence for an address that cannot be served on; empty where it can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            return (
                f"{host}:{port} cannot be served on ({problem.strerror}): "
                "stop what uses it, or choose another: make run PORT=8001"
            )
    return ""


def _listening(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((host, port)) == 0


if __name__ == "__main__":
    sys.exit(main())
