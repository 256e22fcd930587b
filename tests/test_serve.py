import os
import socket
import subprocess
import sys

import pytest

from tests.support.site import ROOT


def start(tmp_path, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "-m", "aiplatform.serve"],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(tmp_path)} | more,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "mysql://host/name"}, "DATABASE_URL begins with “mysql://”"),
        ({"PORT": "many"}, "PORT is “many”: give a whole number"),
        ({"DEMO": "perhaps"}, "DEMO is “perhaps”: give 1 or 0"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE=/nowhere/at/all cannot be read"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR=/proc/nowhere cannot be made"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(tmp_path, variables, sentence):
    done = start(tmp_path, **variables)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_said_with_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start(tmp_path, PORT=port)
    assert done.returncode == 1
    assert f"127.0.0.1:{port} cannot be served on" in done.stderr
    assert "make run PORT=" in done.stderr
