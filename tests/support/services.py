"""Private PostgreSQL and Redis servers, on free ports of their own, gone when the block ends."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ServiceMissing(Exception):
    """A server that is not installed; the text says how to mend it."""


@contextmanager
def private_postgres() -> Iterator[str]:
    """A PostgreSQL cluster of one's own; yields its DATABASE_URL. Raises ServiceMissing."""
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="reviews-postgres-"))
    port = free_port()
    # The server refuses to run as root, so root lends the folder to an account without rights.
    as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    try:
        _run(
            [*as_user, str(programs / "initdb"), "-D", str(data), "-U", "reviews", "--auth=trust", "-E", "UTF8", "-N"]
        )
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"
        )
        server = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
        _run([*server, "-l", str(folder / "log"), "-o", options, "start"])
        try:
            _run(
                [*as_user, str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "reviews", "reviews"]
            )
            yield f"postgres://reviews@127.0.0.1:{port}/reviews"
        finally:
            _run([*server, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_redis() -> Iterator[str]:
    """A Redis server of one's own; yields its REDIS_URL. Raises ServiceMissing."""
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceMissing("redis-server is missing; mend it as root: apt-get install -y redis-server")
    folder = Path(tempfile.mkdtemp(prefix="reviews-redis-"))
    port = free_port()
    settings = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([program, *settings], stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, patience: float = 30.0) -> None:
    """Wait until something listens on a port of this machine; raises TimeoutError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing listens on port {port} after {patience} seconds")
        time.sleep(0.05)


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if program := shutil.which("initdb"):
        return Path(program).parent
    raise ServiceMissing("PostgreSQL's server is missing; mend it as root: apt-get install -y postgresql")


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout.decode(errors='replace')}")
