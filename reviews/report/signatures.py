"""The signatures in a report: whose they are, whether they fit the file, and whether their authority is trusted.

What pyHanko says of signatures is taken, but for one question that is asked more strictly here: whether the gap that
a signature leaves is filled by its own contents and by nothing else.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from asn1crypto import crl, x509
from cryptography.x509 import load_der_x509_crl
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, SuspiciousModification
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from reviews.report.fields import SEAL, sign_off_field
from reviews.report.revisions import Broken, entry
from reviews.report.signers import common_name, email, has_signed, key_in_use, username
from reviews.report.verdict import SignatureKind, SignatureVerdict, held_against_revocations, in_short
from reviews.report.wording import shortened

APPROVAL = "Approval"
"""The one field of reports whose data are of format 1 or 2; nothing is embedded in them."""

CLOCKS = timedelta(minutes=5)
"""By how much the clocks of web servers, workers and time-stamp servers may differ."""

_MAX_SIGNATURES = 40
_SIGN_OFFS = {sign_off_field(number) for number in range(1, 100)}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Checked:
    """A signature, what was found about it, and pyHanko's object for it (None where that cannot be made)."""

    verdict: SignatureVerdict
    embedded: EmbeddedPdfSignature | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signatures:
    """All signatures and time stamps in the order in which they were made; `problems` and `notes` are sentences.

    `seal` is the organisation's, None where there is none.
    """

    verdicts: tuple[SignatureVerdict, ...]
    seal: Checked | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def hold(self) -> bool:
        """Whether there is a seal, nothing that was signed was changed, and all who signed are trusted.

        A time stamp need not be trusted for that: it says when, not what.
        """
        signed = [each for each in self.verdicts if each.kind != SignatureKind.TIME_STAMP]
        intact, trusted = all(each.intact for each in self.verdicts), all(each.trusted for each in signed)
        return self.seal is not None and intact and trusted


def check(
    pdf: bytes,
    reader: PdfFileReader,
    trusted: Sequence[x509.Certificate],
    stamps_trusted: Sequence[x509.Certificate],
) -> Signatures:
    """The signatures of a file, whose `reader` has read it. Raises `revisions.Broken`.

    `trusted` are the certificates of authorities that may seal and sign, `stamps_trusted` those that may only stamp
    times.
    """
    return _Check(pdf, reader, trusted, stamps_trusted).signatures()


def hidden_changes(seal: Checked) -> list[str]:
    """What pyHanko's difference analysis finds since the seal; it looks through every object of the file."""
    if seal.embedded is None:
        return []
    seal.embedded.compute_integrity_info()
    result = seal.embedded.diff_result
    if isinstance(result, SuspiciousModification):
        return ["Changed after it was signed: objects of the document that signing has no reason to touch."]
    if isinstance(result, DiffResult) and not seal.embedded.summarise_integrity_info()["docmdp_ok"]:
        return ["Changed after it was signed: more than the seal allows."]
    return []


class _Check:
    """The check of one file's signatures; its parts share what was read."""

    def __init__(
        self,
        pdf: bytes,
        reader: PdfFileReader,
        trusted: Sequence[x509.Certificate],
        stamps_trusted: Sequence[x509.Certificate],
    ) -> None:
        self.pdf = pdf
        self.reader = reader
        self.trusted = list(trusted)
        self.stamps_trusted = [*trusted, *stamps_trusted]
        self.notes: list[str] = []
        self.store = self._validation_data()

    def signatures(self) -> Signatures:
        checked = self._all()
        verdicts = _with_document_stamps([each.verdict for each in checked])
        verdicts, revoked = held_against_revocations(verdicts, self._revocations(checked))
        problems = [*(problem for each in checked for problem in each.problems), *revoked, *_too_late(verdicts)]
        seal = next((each for each in checked if each.verdict.kind == SignatureKind.SEAL), None)
        if not verdicts:
            problems.append("The file is not signed.")
        elif seal is None or not self._is_certification(seal):
            problems.append("No seal certifies the document, so anything may have been added to it.")
        return Signatures(verdicts, seal, tuple(problems), tuple(self.notes))

    def _all(self) -> list[Checked]:
        try:
            fields = list(enumerate_sig_fields(self.reader, filled_status=True))
        except RecursionError:
            raise Broken("The fields of its form run in a circle.") from None
        if len(fields) > _MAX_SIGNATURES:
            raise Broken(f"It has more than {_MAX_SIGNATURES} signatures.")
        checked = [self._signature(name, field) for name, _, field in fields]
        return sorted(checked, key=lambda each: each.verdict.revision)

    def _signature(self, name: str, field: Any) -> Checked:
        shown = shortened(name, 60)
        try:
            embedded = EmbeddedPdfSignature(self.reader, field, name)
            kind = _kind(name, str(embedded.sig_object_type))
        except Exception as problem:
            verdict = SignatureVerdict(field=shown, kind=SignatureKind.OTHER, why="It cannot be read.")
            return Checked(verdict, None, (f"The signature “{shown}” cannot be read. ({in_short(problem)})",))
        try:
            if kind == SignatureKind.TIME_STAMP:
                verdict, problems = self._time_stamp(embedded, shown)
            else:
                verdict, problems = self._personal(embedded, shown, kind)
        except Exception as problem:
            why = f"It cannot be verified. ({in_short(problem)})"
            verdict, problems = SignatureVerdict(field=shown, kind=kind, why=why), [f"The signature “{shown}”: {why}"]
        verdict = replace(verdict, revision=embedded.signed_revision + 1)
        if gap := self._gap(embedded):
            verdict = replace(verdict, intact=False)
            problems.append(f"The signature “{shown}” {gap}")
        return Checked(verdict, embedded, tuple(problems))

    def _personal(
        self, embedded: EmbeddedPdfSignature, name: str, kind: SignatureKind
    ) -> tuple[SignatureVerdict, list[str]]:
        certificate = embedded.signer_cert
        at = embedded.self_reported_timestamp or _NEVER
        problems = []
        status = self._status(embedded, moment=at)
        stamp = status.timestamp_validity
        stamped = bool(stamp and stamp.intact and stamp.valid and stamp.trusted)
        if stamp is not None and not (stamp.intact and stamp.valid):
            problems.append(f"The time stamp of the signature “{name}” does not belong to it.")
        elif stamp is not None and not stamped:
            self.notes.append(
                f"The time stamp of the signature “{name}” is by “{common_name(stamp.signing_cert.subject)}”, "
                "which is not trusted here, so the time is the signer's own claim."
            )
        intact = bool(status.intact and status.valid)
        if not intact:
            problems.append(f"The signature “{name}” does not fit the file: what it signed was changed.")
        trusted, why = False, "what it signed was changed, so it proves nothing of its signer."
        if intact:
            trusted, why = self._why(status, certificate, at, kind)
        if intact and not trusted:
            problems.append(f"The signature “{name}” is not trusted: {why}")
        signature = SignatureVerdict(
            field=name,
            kind=kind,
            signer=common_name(certificate.subject),
            username=username(certificate),
            email=email(certificate),
            issuer=common_name(certificate.issuer),
            serial=f"{certificate.serial_number:x}",
            reason=shortened(str(entry(embedded.sig_object, "/Reason", "")), 400),
            at=_iso(at),
            stamped_at=_iso(stamp.timestamp) if stamp and stamped else "",
            stamped_by=common_name(stamp.signing_cert.subject) if stamp and stamped else "",
            intact=intact,
            trusted=trusted,
            why=why,
        )
        return signature, problems

    def _status(self, embedded: EmbeddedPdfSignature, *, moment: datetime) -> PdfSignatureStatus:
        """What pyHanko finds, with the certificates held against the time of signing, not against the clock."""
        stamp_at = _stamp_time(embedded)
        return asyncio.run(
            async_validate_pdf_signature(
                embedded,
                self._context(self.trusted, moment),
                ts_validation_context=self._context(self.stamps_trusted, stamp_at or moment),
                skip_diff=True,
            )
        )

    def _time_stamp(self, embedded: EmbeddedPdfSignature, name: str) -> tuple[SignatureVerdict, list[str]]:
        at = embedded.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        context = self._context(self.stamps_trusted, at)
        status = asyncio.run(async_validate_pdf_timestamp(embedded, context, skip_diff=True))
        intact = bool(status.intact and status.valid)
        by = common_name(status.signing_cert.subject)
        problems = [] if intact else [f"The time stamp “{name}” does not fit the file: what it stamped was changed."]
        trusted = bool(status.trusted)
        if intact and not trusted:
            self.notes.append(f"The time stamp “{name}” is by “{by}”, which is not trusted here.")
        verdict = SignatureVerdict(
            field=name,
            kind=SignatureKind.TIME_STAMP,
            signer=by,
            issuer=common_name(status.signing_cert.issuer),
            serial=f"{status.signing_cert.serial_number:x}",
            at=_iso(at),
            stamped_at=_iso(at) if trusted else "",
            stamped_by=by if trusted else "",
            intact=intact,
            trusted=trusted,
            why="Its authority for time stamps is trusted." if trusted else "Its authority is not among the trusted.",
        )
        return verdict, problems

    def _why(
        self, status: PdfSignatureStatus, certificate: x509.Certificate, at: datetime, kind: SignatureKind
    ) -> tuple[bool, str]:
        issuer = common_name(certificate.issuer)
        if at == _NEVER:
            return False, "it says no time."
        if status.revoked:
            return False, f"the certificate of “{common_name(certificate.subject)}” was revoked."
        if not certificate.not_valid_before <= at <= certificate.not_valid_after:
            return False, f"its certificate was not valid on {at:%Y-%m-%d}."
        if not status.trusted:
            if certificate.issuer in [each.subject for each in self.trusted]:
                return False, (
                    f"its certificate says “{issuer}” issued it, but the trusted authority of that name did not, or "
                    "not for signing."
                )
            return False, f"its certificate was issued by “{issuer}”, which is not among the trusted authorities."
        if not key_in_use(certificate, at):
            return False, f"its key was not to be used any more on {at:%Y-%m-%d}."
        if kind == SignatureKind.SEAL and username(certificate):
            return False, "a seal is the organisation's, but this certificate is a person's."
        return True, f"issued by “{issuer}”, which is trusted, and valid at the time of signing."

    def _context(self, roots: Sequence[x509.Certificate], moment: datetime) -> ValidationContext:
        return ValidationContext(
            trust_roots=list(roots),
            other_certs=self.store[0],
            crls=self.store[1],
            moment=moment,
            allow_fetching=False,
            # Lists that were published later count as well: they say since when a certificate is revoked.
            retroactive_revinfo=True,
            revocation_mode="soft-fail",
        )

    def _validation_data(self) -> tuple[list[x509.Certificate], list[crl.CertificateList]]:
        if "/DSS" not in self.reader.root:
            return [], []
        store = DocumentSecurityStore.read_dss(self.reader)
        lists = [crl.CertificateList.load(each.get_object().data) for each in store.crls]
        return list(store.load_certs()), lists

    def _revocations(self, checked: Sequence[Checked]) -> dict[str, datetime]:
        """By serial number, since when a certificate is revoked, as the lists in the file say that its issuer signed.

        The validation before only asks whether it was at the time that the signer claims.
        """
        found: dict[str, datetime] = {}
        for each in checked:
            if each.embedded is None or not each.verdict.trusted:
                continue
            certificate = each.embedded.signer_cert
            known = [*self.trusted, *self.store[0], *each.embedded.other_embedded_certs]
            issuers = [other for other in known if other.subject == certificate.issuer]
            for revocations in self.store[1]:
                if revocations.issuer != certificate.issuer:
                    continue
                entries = load_der_x509_crl(revocations.dump())
                entry_of_it = entries.get_revoked_certificate_by_serial_number(certificate.serial_number)
                if entry_of_it is not None and any(has_signed(other, certificate, entries) for other in issuers):
                    since = entry_of_it.revocation_date_utc
                    found[each.verdict.serial] = min(since, found.get(each.verdict.serial, since))
        return found

    def _gap(self, embedded: EmbeddedPdfSignature) -> str:
        """What is wrong with the bytes that a signature covers; empty where nothing is.

        It must cover everything from the first byte to the end of its revision, but for its own contents (ISO
        32000-1, 12.8.1); anything else that fits into the gap would be shown without being signed.
        """
        edges = [int(each) for each in embedded.byte_range]
        if len(edges) != 4 or edges[0] != 0 or min(edges) < 0:
            return "does not cover the file from its beginning."
        _, first, start, length = edges
        end = start + length
        gap = self.pdf[first:start]
        if end > len(self.pdf) or not re.fullmatch(rb"<[0-9A-Fa-f]*>", gap):
            return "leaves bytes uncovered that are not its own."
        if bytes.fromhex(gap[1:-1].decode()) != embedded.pkcs7_content:
            return "is not the one in the gap that it leaves."
        if not re.search(rb"%%EOF[\r\n]*\Z", self.pdf[max(0, end - 12) : end]):
            return "ends within a revision of the file."
        coverage = embedded.evaluate_signature_coverage()
        if coverage not in {SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION}:
            return "does not cover the whole of its revision."
        return ""

    def _is_certification(self, seal: Checked) -> bool:
        try:
            certifying = self.reader.root["/Perms"].raw_get("/DocMDP").reference
            own = seal.embedded.sig_field.raw_get("/V").reference if seal.embedded else None
            level = seal.embedded.docmdp_level if seal.embedded else None
        except Exception:
            return False
        return bool(certifying == own and level in {MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS})


def _too_late(signatures: Iterable[SignatureVerdict]) -> Iterator[str]:
    """The problems of signatures that claim a time at which they existed already."""
    for each in signatures:
        if each.at and each.stamped_at:
            claimed, proved = datetime.fromisoformat(each.at), datetime.fromisoformat(each.stamped_at)
            if claimed > proved + CLOCKS:
                yield f"The signature “{each.field}” claims a time after the one that its time stamp proves."


def _with_document_stamps(signatures: list[SignatureVerdict]) -> tuple[SignatureVerdict, ...]:
    """The signatures, with the first trusted time stamp over the document that came after each."""
    stamps = [
        each for each in signatures if each.kind == SignatureKind.TIME_STAMP and each.intact and each.stamped_by
    ]

    def stamped(signature: SignatureVerdict) -> SignatureVerdict:
        later = [each for each in stamps if each.revision > signature.revision]
        if signature.stamped_by or signature.kind == SignatureKind.TIME_STAMP or not later:
            return signature
        return replace(signature, stamped_at=later[0].at, stamped_by=later[0].signer)

    return tuple(stamped(each) for each in signatures)


def _kind(field: str, type_: str) -> SignatureKind:
    if type_ == "/DocTimeStamp":
        return SignatureKind.TIME_STAMP
    if field in {SEAL, APPROVAL}:
        return SignatureKind.SEAL
    return SignatureKind.SIGN_OFF if field in _SIGN_OFFS else SignatureKind.OTHER


def _stamp_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    """What the time stamp in a signature says, whoever it is by."""
    for attribute in embedded.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            return cast(datetime, token["encap_content_info"]["content"].parsed["gen_time"].native)
    return None


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
