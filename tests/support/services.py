"""PostgreSQL and Redis for tests and benchmarks: private, on free ports of their own, gone afterwards.

`python -m tests.support.services COMMAND...` runs a command with both, their places in DATABASE_URL and REDIS_URL.
Needs nothing but the standard library.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

START_PATIENCE = 60.0
"""Seconds that a server gets until it answers."""

STOP_PATIENCE = 60.0
"""Seconds that a process gets to end, before it is killed: it may have much to clean up."""


class ServiceError(Exception):
    """A server is not installed or does not start; the message says what to do."""


@contextmanager
def private_services() -> Iterator[dict[str, str]]:
    """Run PostgreSQL and Redis; gives the environment variables that say where they are.

    Raises ServiceError where one is not installed or does not start.
    """
    with private_postgres() as database_url, private_redis() as redis_url:
        yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own; gives the URL of an empty database in it.

    Raises ServiceError where PostgreSQL is not installed or does not start.
    """
    programs = _postgres_programs()
    owner = _postgres_owner()
    password = secrets.token_hex(16)
    with signals_interrupt(), tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, port = Path(name), free_port()
        password_file = folder / "password"
        password_file.write_text(password)
        for path in (folder, password_file):
            shutil.chown(path, owner)
        initdb = [
            f"{programs}/initdb",
            f"--pgdata={folder}/data",
            f"--pwfile={password_file}",
            "--username=reviews",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]
        server = [
            f"{programs}/postgres",
            f"-D{folder}/data",
            f"-k{folder}",
            "-h127.0.0.1",
            f"-p{port}",
            # The sites that tests start have pools of connections, beside those of the tests.
            "-cmax_connections=200",
            # Nobody needs the data after a crash.
            "-cfsync=off",
            "-csynchronous_commit=off",
            "-cfull_page_writes=off",
        ]
        address = ["--host=127.0.0.1", f"--port={port}"]

        def answers() -> bool:
            return subprocess.run([f"{programs}/pg_isready", "--quiet", *address], check=False).returncode == 0

        _run_once(initdb, user=owner)
        # SIGQUIT is PostgreSQL's immediate shutdown, which waits for no client.
        with _running(server, folder / "log", answers, stop_with=signal.SIGQUIT, user=owner):
            _run_once([f"{programs}/createdb", *address, "--username=reviews", "reviews"], PGPASSWORD=password)
            yield f"postgres://reviews:{password}@127.0.0.1:{port}/reviews"


@contextmanager
def private_redis() -> Iterator[str]:
    """Run a Redis of our own, which keeps nothing on disk; gives its URL.

    Raises ServiceError where Redis is not installed or does not start.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceError("redis-server is missing: install it with bin/setup dev")
    with signals_interrupt(), tempfile.TemporaryDirectory(prefix="redis-") as name:
        port = free_port()
        server = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", name, "--save", ""]

        def answers() -> bool:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            return False

        with _running(server, Path(name) / "log", answers, stop_with=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, patience: float = START_PATIENCE) -> None:
    """Wait until something listens on a loopback port; raises TimeoutError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing listens on port {port} after {patience:.0f} s")
        time.sleep(0.05)


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, then end what it left running; returns its exit status.

    A signal to this process reaches the command as Ctrl-C, so that it can clean up; KeyboardInterrupt is raised then.
    """
    mark = secrets.token_hex(16)
    environment = {**environment, "STARTED_IN_RUN": mark}
    # A session of its own: the terminal's Ctrl-C reaches this process alone, and the command but once.
    with signals_interrupt(), subprocess.Popen(command, env=environment, start_new_session=True) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_PATIENCE)
            raise
        finally:
            _end_marked(mark.encode())


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Let what ends a process raise KeyboardInterrupt, as Ctrl-C does, so that everything started is stopped.

    Only the first signal does: impatience cannot break the stopping off. Nothing changes where the process has a way
    of its own to take SIGTERM, or in a thread.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    handled = [signal.SIGINT, signal.SIGTERM]
    # Whoever starts something under nohup wants it to survive the terminal.
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        handled.append(signal.SIGHUP)

    def interrupt(signum: int, frame: FrameType | None) -> None:
        for each in handled:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in handled}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _postgres_programs() -> Path:
    """The folder of PostgreSQL's programs; Debian's is not on PATH. Raises ServiceError where there is none."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        folders.insert(0, Path(initdb).resolve().parent)
    if shutil.which("pg_config"):
        folders.append(Path(_run_once(["pg_config", "--bindir"]).strip()))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServiceError("PostgreSQL's server is missing: install it with bin/setup dev")


def _postgres_owner() -> str | int:
    """Whom PostgreSQL runs as: it refuses root."""
    if os.geteuid() != 0:
        return os.geteuid()
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _run_once(command: Sequence[str], *, user: str | int | None = None, **environment: str) -> str:
    """What a command prints. Raises ServiceError, with the last line it wrote, when it fails."""
    done = subprocess.run(
        command,
        user=user,
        cwd="/",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceError(f"{Path(command[0]).name} failed: {_last_line(done.stdout)}")
    return done.stdout


@contextmanager
def _running(
    command: Sequence[str],
    log: Path,
    answers: Callable[[], bool],
    *,
    stop_with: signal.Signals,
    user: str | int | None = None,
) -> Iterator[None]:
    """Run a server, from its first answer on. Raises ServiceError, with the last line it wrote, when none comes."""
    with (
        log.open("wb") as output,
        # A session of its own: Ctrl-C must not end it before what uses it.
        subprocess.Popen(
            command,
            user=user,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_PATIENCE
            while not answers():
                if process.poll() is not None or time.monotonic() > deadline:
                    said = _last_line(log.read_text(errors="replace"))
                    raise ServiceError(f"{Path(command[0]).name} does not start: {said}")
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(stop_with)
            try:
                process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _end_marked(mark: bytes) -> None:
    """End the processes with a mark in their environment: children inherit it, also in sessions of their own."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in _marked(mark):
            with suppress(ProcessLookupError):
                os.kill(pid, signum)
        deadline = time.monotonic() + STOP_PATIENCE
        while _marked(mark) and time.monotonic() < deadline:
            time.sleep(0.05)


def _marked(mark: bytes) -> list[int]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        # Other people's processes may not be read; some end meanwhile.
        with suppress(OSError):
            if mark in environment.read_bytes():
                found.append(int(environment.parent.name))
    return found


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it says nothing"])[-1]


def main(command: list[str]) -> int:
    """Run a command with both services; returns its exit status."""
    try:
        with signals_interrupt(), private_services() as services:
            return run(command, {**os.environ, **services})
    except ServiceError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
