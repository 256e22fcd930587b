"""`manage.py demo`."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aiplatform import environment
from aiplatform.serve import worker_command
from reviews import demo
from reviews.models import Report, ReportState, Review, Score, User
from reviews.report import signing_identity

PATIENCE = 120.0
"""Seconds in which a worker should have scored and reported the demo."""


class Command(BaseCommand):
    """Loads the demo; with `--out`, does the whole job on a database of its own and leaves the results there."""

    help = (
        "Load three workloads with their reviews into an empty database. With --out DIR, do the whole job without a "
        "browser on a temporary database instead, and leave report.pdf, snapshot.json and ca.pem in DIR."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder."""
        parser.add_argument("--out", type=Path, help="folder for report.pdf, snapshot.json and ca.pem")
        parser.add_argument(
            "--collect", type=Path, help="(used by --out) wait for the report, then write to this folder"
        )

    def handle(self, *args: Any, out: Path | None, collect: Path | None, **options: Any) -> None:
        """Load, or do the whole job."""
        if out is not None:
            self._whole_job(out.resolve())
        elif collect is not None:
            self._collect(collect)
        else:
            self._load()

    def _load(self) -> None:
        if User.objects.exists():
            raise CommandError("This database has accounts already; the demo is only loaded into an empty one.")
        password = environment.text("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        loaded = demo.load(password)
        self.stdout.write("\nThe demo is loaded. Sign in with one of these, password " + password)
        for user in loaded.people.values():
            membership = user.memberships.get()
            note = " and administrator" if user.is_superuser else ""
            self.stdout.write(f"  {user.username:<8} {user.name}, {membership.get_role_display().lower()}{note}")

    def _whole_job(self, out: Path) -> None:
        """Run the job in processes of its own, whose settings name a temporary folder for everything."""
        out.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix="demo-")
        taken_away = {"DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"}
        env = {key: value for key, value in os.environ.items() if key not in taken_away} | {"DATA_DIR": folder}
        worker = None
        try:
            for command in (["migrate", "-v0"], ["load_checklists"], ["demo"]):
                self._manage(command, env)
            worker = subprocess.Popen(worker_command(), env=env, cwd=settings.BASE_DIR)  # noqa: S603 - our own command
            self._manage(["demo", "--collect", str(out)], env)
        finally:
            if worker is not None:
                worker.terminate()
                worker.wait()
            shutil.rmtree(folder, ignore_errors=True)

    def _manage(self, command: list[str], env: dict[str, str]) -> None:
        run = [sys.executable, str(settings.BASE_DIR / "manage.py"), *command]
        if subprocess.run(run, env=env, check=False).returncode:  # noqa: S603 - our own command
            raise CommandError(f"“{' '.join(command[:1])}” failed; what it said stands above.")

    def _collect(self, out: Path) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._done():
            if time.monotonic() > deadline:
                raise CommandError(f"No worker has made the report within {PATIENCE:.0f} seconds.")
            time.sleep(0.2)
        report = Report.objects.select_related("snapshot").get(state=ReportState.READY)
        files = {
            "report.pdf": bytes(report.pdf or b""),
            "snapshot.json": report.snapshot.content.encode(),
            "ca.pem": signing_identity().authority_pem(),
        }
        for name, content in files.items():
            (out / name).write_bytes(content)
            self.stdout.write(f"{out / name}")
        for review in Review.objects.select_related("workload", "score").order_by("created_at"):
            self.stdout.write(f"  {review}: {review.get_state_display().lower()}, score {review.score.overall}")

    def _done(self) -> bool:
        if failed := Report.objects.filter(state=ReportState.FAILED).first():
            raise CommandError(f"The report could not be made: {failed.error}")
        scored = all(score.for_version >= score.review.version for score in Score.objects.select_related("review"))
        return scored and not Report.objects.exclude(state=ReportState.READY).exists()
