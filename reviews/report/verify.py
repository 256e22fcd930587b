"""A report's bytes and the certificates that are trusted -> a verdict. Knows no database, no key and no network.

Files come from anybody: call this in a process of its own (`reviews.report.contained`), which has little memory and
little time. What pyHanko says of signatures is taken, but for three questions that are asked more strictly here:
whether a signature's gap is filled by its own contents and nothing else, whether later revisions changed anything at
all (`revisions`), and whether the signatures are those of the people that the embedded data name.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, cast

from asn1crypto import crl, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.x509 import CertificateRevocationList, load_der_x509_certificate, load_der_x509_crl
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

from checklists.canonical import canonical_json, sha256_hex
from reviews.report import attachments, page_text, subject_names
from reviews.report.revisions import Broken, changes_after, entry, unlisted_after
from reviews.report.snapshot import Person, SnapshotData
from reviews.report.verdict import (
    About,
    Compared,
    DataVerdict,
    SignatureKind,
    SignatureVerdict,
    Verdict,
    fit_to_show,
    held_against_revocations,
    unreadable,
)
from reviews.report.wording import shortened, visible

SEAL = "Seal"
SIGN_OFF = "SignOff"
APPROVAL = "Approval"
"""The one field of reports whose data are of format 1 or 2; nothing is embedded in them."""

_MAX_SIGNATURES = 40
_MAX_OBJECTS = 2_000_000
_CLOCKS = timedelta(minutes=5)
"""By how much the clocks of the web server that took a decision and of the worker that signed it may differ."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Checked:
    """A signature, what was found about it, and pyHanko's object for it (None where that cannot be made)."""

    verdict: SignatureVerdict
    embedded: EmbeddedPdfSignature | None
    problems: tuple[str, ...] = ()


def verify(
    pdf: bytes,
    trusted: Sequence[x509.Certificate],
    *,
    stamps_trusted: Sequence[x509.Certificate] = (),
    compare_pages: bool = True,
    found: Callable[[Verdict], None] = lambda verdict: None,
) -> Verdict:
    """The verdict on a report.

    `trusted` are the certificates of the authorities that may seal and sign, `stamps_trusted` those that may only
    stamp times. `compare_pages` False leaves out the rendering, which takes most of the time; where it is not left
    out, `found` gets the verdict that stands before it, for callers whose patience ends meanwhile.
    """
    try:
        reader = _opened(pdf)
        return _Verification(pdf, reader, trusted, stamps_trusted).verdict(compare_pages, found)
    except Broken as problem:
        return unreadable(f"The file cannot be read as a report. {problem}")
    except MemoryError:
        raise
    except RecursionError:
        return unreadable("The file cannot be read as a report. Its objects are nested too deeply.")
    except Exception as problem:
        return unreadable(f"The file cannot be read as a report: it is damaged, or no PDF. ({_short(problem)})")


def _opened(pdf: bytes) -> PdfFileReader:
    if not pdf.startswith(b"%PDF-"):
        raise Broken("It is no PDF.")
    reader = PdfFileReader(BytesIO(pdf))
    if reader.encrypted:
        raise Broken("It is encrypted; reports never are.")
    if reader.xrefs.hybrid_xrefs_present:
        raise Broken("It says to different readers different things (hybrid cross-references).")
    if sum(len(reader.xrefs.explicit_refs_in_revision(each)) for each in range(reader.xrefs.total_revisions)) > (
        _MAX_OBJECTS
    ):
        raise Broken(f"It has more than {_MAX_OBJECTS:,} objects.")
    return reader


class _Verification:
    """One file's verification; its parts share what was read."""

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
        self.problems: list[str] = []
        self.notes: list[str] = []
        self.store = self._validation_data()

    def verdict(self, compare_pages: bool, found: Callable[[Verdict], None]) -> Verdict:
        checked = self._signatures()
        verdicts = _with_document_stamps([each.verdict for each in checked])
        verdicts, revoked = held_against_revocations(verdicts, self._revocations(checked))
        for each in checked:
            self.problems.extend(each.problems)
        self.problems.extend(revoked)
        seal = next((each for each in checked if each.verdict.kind == SignatureKind.SEAL), None)
        if not verdicts:
            self.problems.append("The file is not signed.")
        elif seal is None or not self._is_certification(seal):
            self.problems.append("No seal certifies the document, so anything may have been added to it.")
        # A time stamp need not be trusted for that: it says when, not what.
        signed = [each for each in verdicts if each.kind != SignatureKind.TIME_STAMP]
        sealed = all(each.intact for each in verdicts) and all(each.trusted for each in signed) and seal is not None
        data, snapshot = self._data()
        changes = self._changes(checked, seal, embedded=data.embedded)
        self.problems.extend(f"Changed after it was signed: {change}." for change in changes)
        if snapshot is not None:
            self._hold_signatures_against(snapshot, verdicts)

        def so_far(data: DataVerdict) -> Verdict:
            verdict = Verdict(
                readable=True,
                problems=tuple(dict.fromkeys(self.problems)),
                changes=tuple(changes),
                notes=tuple(dict.fromkeys(self.notes)),
                revisions=self.reader.xrefs.total_revisions,
                signatures=verdicts,
                data=data,
                about=_about(snapshot),
            )
            return fit_to_show(verdict)

        if not verdicts:
            return so_far(data)
        if snapshot is None:
            return so_far(data)
        if not (compare_pages and sealed and not changes):
            why = (
                "The pages were not compared with the data."
                if sealed and not changes
                else "The pages were not compared with the data: they prove nothing while the signatures do not hold."
            )
            return so_far(replace(data, said=why))
        found(so_far(data))
        data = self._compare(data, snapshot)
        if data.compared == Compared.NOT:
            self.problems.append(data.said)
        elif data.compared != Compared.BYTES and seal is not None:
            # Only our own rendering is known to hide nothing; any other base is looked through object by object.
            self.problems.extend(self._hidden(seal))
        return so_far(data)

    # Signatures

    def _signatures(self) -> list[_Checked]:
        try:
            fields = list(enumerate_sig_fields(self.reader, filled_status=True))
        except RecursionError:
            raise Broken("The fields of its form run in a circle.") from None
        if len(fields) > _MAX_SIGNATURES:
            raise Broken(f"It has more than {_MAX_SIGNATURES} signatures.")
        checked = [self._signature(name, field) for name, _, field in fields]
        return sorted(checked, key=lambda each: each.verdict.revision)

    def _signature(self, name: str, field: Any) -> _Checked:
        shown = shortened(name, 60)
        try:
            embedded = EmbeddedPdfSignature(self.reader, field, name)
            kind = _kind(name, str(embedded.sig_object_type))
        except Exception as problem:
            verdict = SignatureVerdict(field=shown, kind=SignatureKind.OTHER, why="It cannot be read.")
            return _Checked(verdict, None, (f"The signature “{shown}” cannot be read. ({_short(problem)})",))
        try:
            if kind == SignatureKind.TIME_STAMP:
                verdict, problems = self._time_stamp(embedded, shown)
            else:
                verdict, problems = self._personal(embedded, shown, kind)
        except Exception as problem:
            why = f"It cannot be verified. ({_short(problem)})"
            verdict, problems = SignatureVerdict(field=shown, kind=kind, why=why), [f"The signature “{shown}”: {why}"]
        verdict = replace(verdict, revision=embedded.signed_revision + 1)
        if gap := self._gap(embedded):
            verdict = replace(verdict, intact=False)
            problems.append(f"The signature “{shown}” {gap}")
        return _Checked(verdict, embedded, tuple(problems))

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
                f"The time stamp of the signature “{name}” is by “{_common_name(stamp.signing_cert.subject)}”, "
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
            signer=_common_name(certificate.subject),
            username=_username(certificate),
            email=_email(certificate),
            issuer=_common_name(certificate.issuer),
            serial=f"{certificate.serial_number:x}",
            reason=shortened(str(entry(embedded.sig_object, "/Reason", "")), 400),
            at=_iso(at),
            stamped_at=_iso(stamp.timestamp) if stamp and stamped else "",
            stamped_by=_common_name(stamp.signing_cert.subject) if stamp and stamped else "",
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
        by = _common_name(status.signing_cert.subject)
        problems = [] if intact else [f"The time stamp “{name}” does not fit the file: what it stamped was changed."]
        trusted = bool(status.trusted)
        if intact and not trusted:
            self.notes.append(f"The time stamp “{name}” is by “{by}”, which is not trusted here.")
        verdict = SignatureVerdict(
            field=name,
            kind=SignatureKind.TIME_STAMP,
            signer=by,
            issuer=_common_name(status.signing_cert.issuer),
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
        issuer = _common_name(certificate.issuer)
        if at == _NEVER:
            return False, "it says no time."
        if status.revoked:
            return False, f"the certificate of “{_common_name(certificate.subject)}” was revoked."
        if not certificate.not_valid_before <= at <= certificate.not_valid_after:
            return False, f"its certificate was not valid on {at:%Y-%m-%d}."
        if not status.trusted:
            if certificate.issuer in [each.subject for each in self.trusted]:
                return False, (
                    f"its certificate says “{issuer}” issued it, but the trusted authority of that name did not, or "
                    "not for signing."
                )
            return False, f"its certificate was issued by “{issuer}”, which is not among the trusted authorities."
        if not _key_in_use(certificate, at):
            return False, f"its key was not to be used any more on {at:%Y-%m-%d}."
        if kind == SignatureKind.SEAL and _username(certificate):
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

    def _revocations(self, checked: Sequence[_Checked]) -> dict[str, datetime]:
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
                if entry_of_it is not None and any(_has_signed(other, certificate, entries) for other in issuers):
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

    def _is_certification(self, seal: _Checked) -> bool:
        try:
            certifying = self.reader.root["/Perms"].raw_get("/DocMDP").reference
            own = seal.embedded.sig_field.raw_get("/V").reference if seal.embedded else None
            level = seal.embedded.docmdp_level if seal.embedded else None
        except Exception:
            return False
        return bool(certifying == own and level in {MDPPerm.NO_CHANGES, MDPPerm.FILL_FORMS})

    # Changes

    def _changes(self, checked: list[_Checked], seal: _Checked | None, *, embedded: bool) -> list[str]:
        """What was changed since the seal; since the first revision where that is compared with a rendering."""
        if not checked:
            return []
        first = seal or checked[0]
        sealed_in = first.verdict.revision - 1
        since = 0 if embedded else sealed_in
        changes = changes_after(self.reader, max(since, 0), sealed_in=sealed_in)
        if first.embedded is not None and first.verdict.intact:
            end = sum([int(each) for each in first.embedded.byte_range][2:])
            changes.extend(unlisted_after(self.reader, self.pdf, sealed_in, end))
        return changes

    def _hidden(self, seal: _Checked) -> list[str]:
        """What pyHanko's difference analysis finds since the seal, which looks through every object of the file."""
        if seal.embedded is None:
            return []
        seal.embedded.compute_integrity_info()
        result = seal.embedded.diff_result
        if isinstance(result, SuspiciousModification):
            return ["Changed after it was signed: objects of the document that signing has no reason to touch."]
        if isinstance(result, DiffResult) and not seal.embedded.summarise_integrity_info()["docmdp_ok"]:
            return ["Changed after it was signed: more than the seal allows."]
        return []

    # Data

    def _data(self) -> tuple[DataVerdict, SnapshotData | None]:
        files = attachments.attached(self.reader)
        if not files:
            self.notes.append(
                "No data are embedded: reports made before data were embedded have none. What the pages say is "
                "signed, but no program can compare it."
            )
            return DataVerdict(said="No data are embedded."), None
        if len(files) > 1 or files[0].name != attachments.NAME:
            names = ", ".join(f"“{shortened(each.name, 40)}”" for each in files[:5])
            self.problems.append(f"A report has one attached file, {attachments.NAME}; this one has {names}.")
            return DataVerdict(embedded=True, said="The data are not the only attached file."), None
        content = files[0].content
        digest = sha256_hex(content)
        data = DataVerdict(embedded=True, sha256=digest)
        try:
            value = json.loads(content, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
            snapshot = _as_snapshot(value)
            if canonical_json(value) != content:
                raise ValueError("it is not written in its canonical form")
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as problem:
            self.problems.append(f"The embedded {attachments.NAME} is no snapshot of a review. ({_short(problem)})")
            return replace(data, said="The embedded data cannot be read."), None
        return data, snapshot

    def _compare(self, data: DataVerdict, snapshot: SnapshotData) -> DataVerdict:
        """Render the data anew and hold the pages against it."""
        from reviews.report.render import render

        try:
            rendered = render(snapshot, paper=page_text.paper(self.reader)).pdf
        except Exception as problem:
            return replace(
                data, said=f"The embedded data cannot be rendered, so the pages differ. ({_short(problem)})"
            )
        if self.pdf.startswith(rendered):
            said = "The pages are, byte for byte, what the embedded data render to."
            return replace(data, compared=Compared.BYTES, said=said)
        ours = _opened(rendered)
        theirs = page_text.pages(self.reader.get_historical_resolver(0))
        if [page_text.squeezed(page) for page in page_text.pages(ours)] == [
            page_text.squeezed(page) for page in theirs
        ]:
            said = (
                "The text of every page is what the embedded data render to; their looks were not compared, as fonts "
                "or the renderer differ from those here."
            )
            return replace(data, compared=Compared.TEXT, said=said)
        if _maker(ours) == _maker(self.reader):
            said = "The pages do not say what the embedded data say: rendered anew, the data give another text."
            return replace(data, said=said)
        missing = page_text.missing(snapshot, theirs, data.sha256)
        if missing:
            said = f"The pages do not say what the embedded data say: {missing} is not on them."
            return replace(data, said=said)
        said = (
            "The report was made by another version of this application. Every page shows the SHA-256 of the "
            "embedded data, and the names, statements, questions and notes in the data are on the pages; whether the "
            "pages say more than that was not compared."
        )
        return replace(data, compared=Compared.PARTS, said=said)

    def _hold_signatures_against(self, snapshot: SnapshotData, verdicts: tuple[SignatureVerdict, ...]) -> None:
        """Those who signed must be the people whom the data name: all of them, in this order, each for themselves."""
        expected = snapshot.get("sign_offs") or [snapshot["approval"]]
        given = [each for each in verdicts if each.kind == SignatureKind.SIGN_OFF]
        for each in verdicts:
            if each.kind == SignatureKind.OTHER:
                self.problems.append(
                    f"“{each.signer or 'Somebody'}” signed in the field “{each.field}”, which no report has."
                )
        if len(given) != len(expected):
            self.problems.append(
                f"The data name {len(expected)} {_plural(len(expected), 'sign-off')}, but the document has "
                f"{len(given)} {_plural(len(given), 'personal signature')}."
            )
        for number, (sign_off, signature) in enumerate(zip(expected, given, strict=False), 1):
            said = f"Sign-off {number}, by {sign_off['by']['name']} as {sign_off['role']},"
            if signature.field != f"{SIGN_OFF}{number}":
                self.problems.append(f"{said} has its signature in the field “{signature.field}” or out of order.")
            if not _is_certificate_of(signature, sign_off["by"]):
                self.problems.append(
                    f"{said} is signed with the certificate of somebody else: {signature.signer or 'nobody'}"
                    f"{f', {signature.email}' if signature.email else ''}."
                )
            if signature.reason != expected_reason(sign_off["role"], sign_off["statement"]):
                self.problems.append(f"{said} has another statement in its signature: “{signature.reason}”.")
            if datetime.fromisoformat(signature.at or "1970-01-01T00:00:00Z") < (
                datetime.fromisoformat(sign_off["at"]) - _CLOCKS
            ):
                self.problems.append(f"{said} was signed before it was given.")


def expected_reason(role: str, statement: str) -> str:
    """What a sign-off's signature gives as its reason, which has room for so much."""
    return shortened(f"{role}: {visible(statement)}", 180)


def _is_certificate_of(signature: SignatureVerdict, person: Person) -> bool:
    """Whether a certificate was issued to this account, under the name that it has in the data.

    The user name must be the very same. Of the name, letters count: older reports wrote its signs otherwise.
    """
    expected = subject_names.of_person(person["name"], person["username"])
    same_name = signature.signer == expected or _letters(signature.signer) == _letters(expected) != ""
    same_account = signature.username == subject_names.of_account(person["username"])
    return same_account and same_name and signature.email in {"", person["email"]}


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name)


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
    return SignatureKind.SIGN_OFF if re.fullmatch(rf"{SIGN_OFF}[1-9][0-9]?", field) else SignatureKind.OTHER


def _stamp_time(embedded: EmbeddedPdfSignature) -> datetime | None:
    """What the time stamp in a signature says, whoever it is by."""
    for attribute in embedded.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]
            return cast(datetime, token["encap_content_info"]["content"].parsed["gen_time"].native)
    return None


def _as_snapshot(value: Any) -> SnapshotData:
    """The value as a snapshot, where it has what is read from it here; raises as careless reading does."""
    if not (isinstance(value, dict) and str(value["format"]).startswith("ai-platform-review-snapshot/")):
        raise ValueError("it does not say that it is one")
    for sign_off in [*value.get("sign_offs", []), value["approval"]]:
        by = sign_off["by"]
        texts = [by["name"], by["username"], by["email"], sign_off["role"], sign_off["statement"]]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("a sign-off is not made of texts")
        if datetime.fromisoformat(sign_off["at"]).tzinfo is None:
            raise ValueError("a sign-off has no time")
    return cast(SnapshotData, value)


def _about(snapshot: SnapshotData | None) -> About | None:
    if snapshot is None:
        return None
    try:
        review = snapshot["review"]
        return About(
            review_id=str(review["id"])[:64],
            workload=shortened(str(snapshot["workload"]["name"]), 200),
            kind=shortened(str(review["kind_title"]), 200),
            number=int(review["number"]),
            approved_at=str(snapshot["approval"]["at"])[:40],
            valid_until=str(snapshot.get("valid_until", ""))[:40],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name occurs twice in one place")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _maker(document: PdfFileReader) -> str:
    """The program and edition that made a document, as far as it says."""
    return str(entry(entry(document.trailer_view, "/Info", {}), "/Creator", ""))


def _common_name(name: x509.Name) -> str:
    native = name.native.get("common_name") or name.human_friendly
    return shortened(native if isinstance(native, str) else ", ".join(map(str, native)), 200)


def _username(certificate: x509.Certificate) -> str:
    return str(certificate.subject.native.get("user_id", ""))[:200]


def _key_in_use(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether the key might sign then (RFC 3280, 4.2.1.4): a person's for a day, though the certificate lasts."""
    period = certificate.private_key_usage_period_value
    if period is None or period["not_after"].native is None:
        return True
    return bool(at <= period["not_after"].native)


def _has_signed(issuer: x509.Certificate, certificate: x509.Certificate, entries: CertificateRevocationList) -> bool:
    """Whether an authority issued this certificate and this revocation list, not just one of its name."""
    try:
        authority = load_der_x509_certificate(issuer.dump())
        load_der_x509_certificate(certificate.dump()).verify_directly_issued_by(authority)
        return entries.is_signature_valid(cast(CertificateIssuerPublicKeyTypes, authority.public_key()))
    except (ValueError, TypeError, InvalidSignature):
        return False


def _email(certificate: x509.Certificate) -> str:
    return next(iter(_emails(certificate)), "")


def _emails(certificate: x509.Certificate) -> Iterator[str]:
    names = certificate.subject_alt_name_value
    for each in names or ():
        if each.name == "rfc822_name":
            yield str(each.native)[:254]
    if said := certificate.subject.native.get("email_address"):
        yield str(said)[:254]


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _short(problem: Exception) -> str:
    return shortened(" ".join(str(problem).split()) or type(problem).__name__, 160)
