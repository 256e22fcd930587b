"""The servers that the tests run against are private, and leave nothing behind."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from tests.support.services import private_postgres, private_redis, run

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files that PostgreSQL's user can reach too; its path is short enough for a socket's."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


def is_served(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port)) == 0


def test_a_private_postgres_answers_on_loopback_and_leaves_nothing_behind(temporary: Path) -> None:
    with private_postgres() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("reviews",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SELECT lower('É')").fetchone() == ("é",)
    assert not is_served(url)
    assert list(temporary.iterdir()) == []


def test_a_private_postgres_wants_its_password() -> None:
    with private_postgres() as url:
        anybody = url.replace(f":{urlsplit(url).password}@", ":guess@")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(anybody)


def test_a_private_redis_answers_on_loopback_and_leaves_nothing_behind(temporary: Path) -> None:
    with private_redis() as url, closing(redis.Redis.from_url(url)) as client:
        assert client.ping()
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
    assert not is_served(url)
    assert list(temporary.iterdir()) == []


def test_two_of_a_kind_do_not_disturb_each_other() -> None:
    with private_redis() as one, private_redis() as other:
        assert one != other
        assert is_served(one)
        assert is_served(other)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_its_servers(signum: signal.Signals, temporary: Path) -> None:
    shows_addresses = "import os, time; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True); "
    command = [
        sys.executable,
        "-m",
        "tests.support.services",
        sys.executable,
        "-c",
        shows_addresses + "time.sleep(60)",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        urls = process.stdout.readline().split()
        assert [is_served(url) for url in urls] == [True, True]
        process.send_signal(signum)
        assert process.wait() == 130
    assert [is_served(url) for url in urls] == [False, False]
    assert list(temporary.iterdir()) == []


def test_what_a_command_leaves_running_is_ended(tmp_path: Path) -> None:
    held = tmp_path / "held open by whatever runs"
    os.mkfifo(held)
    reading = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    assert run(["sh", "-c", 'exec 3>"$0"; setsid sleep 60 &', str(held)], os.environ) == 0
    assert select.select([reading], [], [], 10) == ([reading], [], [])
    os.close(reading)
