"""`manage.py verify_report`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError

from reviews.report.contained import BY_COMMAND, verify_contained
from reviews.report.verdict import SignatureKind, SignatureVerdict, Verdict
from reviews.report.wording import moment

_KINDS = {
    SignatureKind.SEAL: "seal",
    SignatureKind.SIGN_OFF: "sign-off",
    SignatureKind.TIME_STAMP: "time stamp",
    SignatureKind.OTHER: "unknown to reports",
}


class Command(BaseCommand):
    """Verifies a signed report: exit status 0 valid and unchanged, 1 not, 2 unreadable."""

    help = (
        "Verify a signed report: who signed what and when, what changed since, whether the embedded data and the "
        "pages agree. Exit status: 0 valid and unchanged, 1 not (or the record kept here was altered), 2 unreadable, "
        "3 nothing to verify it with. With --trust, neither the database nor the keys of this installation are used."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whom to trust, and how to answer."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="answer as JSON (docs/verify.md has the shape)")
        parser.add_argument(
            "--trust", type=Path, action="append", metavar="CA.PEM", help="authorities whose signatures to trust"
        )
        parser.add_argument(
            "--trust-stamps",
            type=Path,
            action="append",
            default=[],
            metavar="TSA.PEM",
            help="authorities whose time stamps to trust as well; only with --trust",
        )

    def handle(
        self, *args: Any, file: Path, trust: list[Path] | None, trust_stamps: list[Path], **options: Any
    ) -> None:
        """Verify, say what was found, and exit accordingly."""
        if trust_stamps and not trust:
            raise CommandError("--trust-stamps goes with --trust; without it, TSA_TRUSTED says whom to trust.")
        verdict = self._verdict(self._content(file), trust, trust_stamps)
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_json(), indent=2, ensure_ascii=False))
        else:
            self._say(verdict)
        raise SystemExit(verdict.exit_status)

    def _content(self, file: Path) -> bytes:
        """The file, as far as it can be a report: one byte more than may be read is enough to refuse it."""
        try:
            with file.open("rb") as opened:
                return opened.read(BY_COMMAND.size + 1)
        except OSError as problem:
            self.stderr.write(f"{file} cannot be read: {problem.strerror}.")
            raise SystemExit(2) from None

    def _verdict(self, pdf: bytes, trust: list[Path] | None, trust_stamps: list[Path]) -> Verdict:
        if trust:
            authorities = [each for path in trust for each in _certificates(path)]
            stamps = [each for path in trust_stamps for each in _certificates(path)]
            return verify_contained(pdf, authorities, limits=BY_COMMAND, stamps_trusted=stamps)
        # Only here the database and the keys are needed.
        from reviews.actions.verify_report import verify_here
        from reviews.report.keys import KeyStoreError

        try:
            return verify_here(pdf, limits=BY_COMMAND)
        except (KeyStoreError, OSError, ValueError) as problem:
            raise CommandError(f"{problem}", returncode=3) from problem

    def _say(self, verdict: Verdict) -> None:
        say = self.stdout.write
        say("Valid and unchanged." if verdict.valid else "NOT VALID." if verdict.readable else "UNREADABLE.")
        if about := verdict.about:
            say(f"{about.kind} of “{about.workload}”, review {about.number}, {about.review_id}")
        for problem in verdict.problems:
            say(f"! {problem}")
        for note in verdict.notes:
            say(f"- {note}")
        for number, signature in enumerate(verdict.signatures, 1):
            say(f"{number}. {_described(signature, verdict.revisions)}")
        if verdict.data.sha256:
            say(f"Embedded data: SHA-256 {verdict.data.sha256}")
        if verdict.data.said:
            say(verdict.data.said)
        if here := verdict.here:
            for sentence in here.sentences:
                say(f"Here: {sentence}")


def _described(signature: SignatureVerdict, revisions: int) -> str:
    who = f"{signature.signer or 'nobody'}" + (f" ({signature.username})" if signature.username else "")
    lines = [
        f"{signature.field}, {_KINDS[signature.kind]}: {who}",
        f"   {'intact' if signature.intact else 'NOT INTACT'}, "
        f"{'trusted' if signature.trusted else 'NOT TRUSTED'}: {signature.why}",
    ]
    if signature.kind == SignatureKind.TIME_STAMP:
        lines.append(f"   stamped {moment(signature.at)}" if signature.at else "   no time")
    elif signature.at:
        proof = ", as the signer says; no time stamp proves it"
        if signature.stamped_by:
            proof = f"; existed {moment(signature.stamped_at)} by the time stamp of {signature.stamped_by}"
        lines.append(f"   signed {moment(signature.at)}{proof}")
    if signature.revision:
        lines.append(f"   covers revision 1 to {signature.revision} of {revisions}")
    if signature.reason:
        lines.append(f"   “{signature.reason}”")
    return "\n".join(lines)


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as problem:
        raise CommandError(f"{path} cannot be read: {problem.strerror}.", returncode=3) from None
    except ValueError:
        raise CommandError(f"{path} has no certificates in PEM.", returncode=3) from None
