"""The application as its users have it: real processes, on the servers that the test run was given."""

import atexit
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from aiplatform.serve import web_command, worker_command
from tests.support.parallel import redis_numbers

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
PATIENCE = 180.0
"""Seconds, far more than anything takes: a slow machine is no fault of the application."""


@dataclass
class Site:
    """A running application with the demo loaded; everyone's password is `PASSWORD`."""

    url: str
    env: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def embedded(self) -> bool:
        """Whether one command runs all of it, on SQLite."""
        return not self.env.get("DATABASE_URL")

    def manage(self, *command: str) -> str:
        """Run a management command; returns what it printed."""
        run = [sys.executable, "manage.py", *command]
        done = subprocess.run(run, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str, command: list[str]) -> None:
        """Run a process in a group of its own; what it says goes to a file in the folder."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def start_worker(self) -> None:
        """Start the worker, where it is a process of its own."""
        self.start("worker", worker_command())

    def kill_worker(self) -> None:
        """End the worker and its children at once, as a crash would."""
        if self.embedded:
            os.killpg(self._served_by("celery"), signal.SIGKILL)
        else:
            worker_process = self.processes.pop("worker")
            os.killpg(worker_process.pid, signal.SIGKILL)
            worker_process.wait()

    def query(self, sql: str) -> list[Any]:
        """Ask the application's database."""
        if self.embedded:
            with closing(sqlite3.connect(self.folder / "reviews.sqlite3", timeout=20)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.env["DATABASE_URL"]) as server:
            return server.execute(sql).fetchall()

    def change(self, sql: str, *values: str) -> None:
        """Change the application's database behind its back; each value stands for a %s."""
        if self.embedded:
            with closing(sqlite3.connect(self.folder / "reviews.sqlite3", timeout=20)) as connection, connection:
                connection.execute(sql.replace("%s", "?"), values)
            return
        with psycopg.connect(self.env["DATABASE_URL"]) as server:
            server.execute(sql, values)

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until the condition holds; fails, with what the processes said, when patience ends."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}\n{self.said()}")
            time.sleep(0.05)

    def said(self) -> str:
        """The end of what each process wrote."""
        return "\n".join(f"--- {log.name}\n{log.read_text()[-3000:]}" for log in sorted(self.folder.glob("*.log")))

    @contextmanager
    def without_web(self) -> Iterator[None]:
        """Without the web server, which is killed, and back with all that it needs to answer afterwards."""
        if self.embedded:
            watcher = self.processes["serve"]
            # It would start another at once.
            watcher.send_signal(signal.SIGSTOP)
            os.killpg(self._served_by("gunicorn"), signal.SIGKILL)
        else:
            web = self.processes.pop("web")
            os.killpg(web.pid, signal.SIGKILL)
            web.wait()
        try:
            yield
        finally:
            if self.embedded:
                watcher.send_signal(signal.SIGCONT)
                self._wait_for_web()
            else:
                self.start_web()

    def start_web(self) -> None:
        """Start the web server, and wait until it answers."""
        port = int(self.env["PORT"])
        if self.embedded:
            self.start("serve", [sys.executable, "-m", "aiplatform.serve"])
        else:
            self.start("web", web_command("127.0.0.1", port))
        self._wait_for_web()

    def _wait_for_web(self) -> None:
        wait_for_port(int(self.env["PORT"]), PATIENCE)
        urllib.request.urlopen(f"{self.url}/sign-in/", timeout=PATIENCE).close()

    def _served_by(self, program: str) -> int:
        """The process, and its group, of a part that the one command runs."""
        serve = self.processes["serve"].pid
        found = subprocess.run(["pgrep", "-P", str(serve), "-f", program], stdout=subprocess.PIPE, check=True)
        (part,) = (int(pid) for pid in found.stdout.split())
        return part

    def kill(self) -> None:
        """End all of it at once: nobody is interested any more in what it was doing."""
        for process in self.processes.values():
            parts = subprocess.run(
                ["pgrep", "-P", str(process.pid)], stdout=subprocess.PIPE, check=False
            ).stdout.split()
            for group in (process.pid, *map(int, parts)):
                with suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def stop(self, name: str) -> int:
        """Ask a process to end as Ctrl-C does; returns its exit status."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGINT if name == "serve" else signal.SIGTERM)
        return process.wait(timeout=PATIENCE)


@contextmanager
def running_site(**more: str) -> Iterator[Site]:
    """Start the application: embedded in one command, or, where DATABASE_URL is given, web and worker apart."""
    port = free_port()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reviews-site-")))
        given = {"DATA_DIR": str(folder), "PORT": str(port), "HOST": "127.0.0.1"}
        env = _environment() | given | more
        server = env.get("DATABASE_URL", "")
        with _prepared(server) as prepared:
            shutil.copytree(prepared.folder, folder, dirs_exist_ok=True)
            if server:
                env["DATABASE_URL"] = stack.enter_context(_database(server, like=prepared.database))
        if server:
            # A Redis database of its own, so that no worker of another test takes the messages.
            env["REDIS_URL"] = urlunsplit(
                urlsplit(env["REDIS_URL"])._replace(path=f"/{secrets.choice(redis_numbers())}")
            )
        site = Site(f"http://127.0.0.1:{port}", env, folder)
        try:
            if not site.embedded:
                site.start_worker()
            site.start_web()
            yield site
        except (TimeoutError, OSError) as problem:
            raise AssertionError(f"the site did not start\n{site.said()}") from problem
        finally:
            site.kill()


@dataclass(frozen=True)
class _Prepared:
    """The data of a site with the demo that nobody used yet; `database` is its name on a PostgreSQL server."""

    folder: Path
    database: str


@contextmanager
def _prepared(server: str) -> Iterator[_Prepared]:
    """What every site begins with a copy of, on SQLite or on this server; made by the first process that needs it.

    No other process of the run makes it, or does away with it, meanwhile.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    name = f"prepared_{hashlib.sha256(f'{run} {server}'.encode()).hexdigest()[:12]}"
    folder = Path(tempfile.gettempdir()) / name
    with _alone(name):
        if not folder.exists():
            _prepare(folder, server, name)
            atexit.register(_forget, folder, server, name)
        yield _Prepared(folder, name)


def _prepare(folder: Path, server: str, name: str) -> None:
    env = _environment()
    if server:
        _create_database(server, name)
        env["DATABASE_URL"] = _address(server, name)
    with tempfile.TemporaryDirectory(prefix="reviews-preparing-") as preparing:
        site = Site("", env | {"DATA_DIR": preparing}, Path(preparing))
        site.manage("shell", "--no-imports", "-c", "from aiplatform.serve import prepare; prepare()")
        shutil.copytree(preparing, folder)


def _forget(folder: Path, server: str, name: str) -> None:
    """Another process that needs it once more makes it once more."""
    with _alone(name):
        shutil.rmtree(folder)
        if server:
            _drop_database(server, name)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One process of this machine at a time."""
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _environment() -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return ours | {"DEMO_PASSWORD": PASSWORD}


@contextmanager
def _database(server: str, *, like: str) -> Iterator[str]:
    """A new database on a PostgreSQL server, a copy of another of it; yields its address."""
    name = f"site_{uuid.uuid4().hex[:12]}"
    _create_database(server, name, like)
    try:
        yield _address(server, name)
    finally:
        _drop_database(server, name)


def _create_database(server: str, name: str, like: str = "template1") -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")


def _drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(server: str, database: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}"))


def free_port() -> int:
    """A port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, patience: float) -> None:
    """Wait until something listens on a port of this machine; raises TimeoutError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing listens on port {port} after {patience} seconds")
        time.sleep(0.05)
