"""A report's bytes and the certificates that are trusted -> a verdict. Knows no database, no key and no network.

Files come from anybody: call this in a process of its own (`reviews.report.contained`), which has little memory and
little time. The questions are answered by `signatures`, `revisions` (what was changed after signing), `embedded` (the
data inside) and `comparing` (pages against data). Here the answers are put together, and those who signed are held
against those whom the data name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader

from reviews.report import subject_names
from reviews.report.embedded import about, embedded_data
from reviews.report.fields import sign_off_field
from reviews.report.opening import opened
from reviews.report.revisions import Broken, changes_after, unlisted_after
from reviews.report.signatures import APPROVAL, CLOCKS, Signatures, check, hidden_changes
from reviews.report.snapshot import Person, SnapshotData, is_submission
from reviews.report.verdict import (
    Compared,
    DataVerdict,
    SignatureKind,
    SignatureVerdict,
    Verdict,
    fit_to_show,
    in_short,
    unreadable,
)
from reviews.report.wording import shortened, visible

_NO_DATA = (
    "No data are embedded: reports made before data were embedded have none. What the pages say is signed, but no "
    "program can compare it."
)


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
        reader = opened(pdf)
        signatures = check(pdf, reader, trusted, stamps_trusted)
        return _verdict(pdf, reader, signatures, compare_pages=compare_pages, found=found)
    except Broken as problem:
        return unreadable(f"The file cannot be read as a report. {problem}")
    except MemoryError:
        raise
    except RecursionError:
        return unreadable("The file cannot be read as a report. Its objects are nested too deeply.")
    except Exception as problem:
        return unreadable(f"The file cannot be read as a report: it is damaged, or no PDF. ({in_short(problem)})")


def _verdict(
    pdf: bytes,
    reader: PdfFileReader,
    signatures: Signatures,
    *,
    compare_pages: bool,
    found: Callable[[Verdict], None],
) -> Verdict:
    embedded = embedded_data(reader)
    snapshot = embedded.snapshot
    changes = _changes(pdf, reader, signatures, embedded=embedded.verdict.embedded)
    problems = [*signatures.problems, embedded.problem]
    problems.extend(f"Changed after it was signed: {change}." for change in changes)
    if snapshot is not None:
        problems.extend(_signed_by_others(snapshot, signatures.verdicts))
    if not embedded.verdict.embedded and not _is_of_first_release(signatures.verdicts):
        problems.append("No data are embedded, though every report with such signatures has them.")
    verdicts = signatures.verdicts if snapshot is None else tuple(_as_the_data_say(snapshot, signatures.verdicts))
    notes = [*signatures.notes] if embedded.verdict.embedded else [*signatures.notes, _NO_DATA]

    def so_far(data: DataVerdict) -> Verdict:
        verdict = Verdict(
            readable=True,
            problems=tuple(dict.fromkeys(filter(None, problems))),
            changes=tuple(changes),
            notes=tuple(dict.fromkeys(notes)),
            revisions=reader.xrefs.total_revisions,
            signatures=verdicts,
            data=data,
            about=about(snapshot),
        )
        return fit_to_show(verdict)

    if not signatures.verdicts or snapshot is None:
        return so_far(embedded.verdict)
    holds = signatures.hold and not changes
    if not (compare_pages and holds):
        why = ""
        if not holds:
            why = (
                ", as the file was changed"
                if signatures.hold
                else ": they prove nothing while the signatures do not hold"
            )
        return so_far(replace(embedded.verdict, said=f"The pages were not compared with the data{why}."))
    found(so_far(embedded.verdict))
    # Only this renders, so that all else starts without WeasyPrint.
    from reviews.report.comparing import compared

    data = compared(pdf, reader, embedded.verdict, snapshot)
    if data.compared == Compared.NOT:
        problems.append(data.said)
    elif data.compared != Compared.BYTES and signatures.seal is not None:
        # Only our own rendering is known to hide nothing; any other base is looked through object by object.
        problems.extend(hidden_changes(signatures.seal))
    return so_far(data)


def _changes(pdf: bytes, reader: PdfFileReader, signatures: Signatures, *, embedded: bool) -> list[str]:
    """What was changed since the seal; since the first revision where that is compared with a rendering."""
    if not signatures.verdicts:
        return []
    first = signatures.seal.verdict if signatures.seal else signatures.verdicts[0]
    sealed_in = first.revision - 1
    since = 0 if embedded else sealed_in
    changes = changes_after(reader, max(since, 0), sealed_in=sealed_in)
    seal = signatures.seal
    if seal is not None and seal.embedded is not None and seal.verdict.intact:
        _, _, start, length = (int(each) for each in seal.embedded.byte_range)
        changes.extend(unlisted_after(reader, pdf, sealed_in, start + length))
    return changes


def _is_of_first_release(verdicts: Sequence[SignatureVerdict]) -> bool:
    """Whether the one signature is that of reports from before data were embedded."""
    signed = [each.field for each in verdicts if each.kind != SignatureKind.TIME_STAMP]
    return not signed or signed == [APPROVAL]


def _signed_by_others(snapshot: SnapshotData, verdicts: Sequence[SignatureVerdict]) -> Iterator[str]:
    """What is wrong with who signed: it must be the people whom the data name, all, in order, each for themselves."""
    expected = snapshot.get("sign_offs") or [snapshot["approval"]]
    given = [each for each in verdicts if each.kind == SignatureKind.SIGN_OFF]
    for each in verdicts:
        if each.kind == SignatureKind.OTHER:
            yield f"“{each.signer or 'Somebody'}” signed in the field “{each.field}”, which no report has."
    if len(given) != len(expected):
        yield (
            f"The data name {len(expected)} {_plural(len(expected), 'sign-off')}, but the document has "
            f"{len(given)} {_plural(len(given), 'personal signature')}."
        )
    for number, (sign_off, signature) in enumerate(zip(expected, given, strict=False), 1):
        said = f"Sign-off {number}, by {sign_off['by']['name']} as {sign_off['role']},"
        if signature.field != sign_off_field(number):
            yield f"{said} has its signature in the field “{signature.field}” or out of order."
        if not _is_certificate_of(signature, sign_off["by"]):
            yield (
                f"{said} is signed with the certificate of somebody else: {signature.signer or 'nobody'}"
                f"{f', {signature.email}' if signature.email else ''}."
            )
        if signature.reason != expected_reason(sign_off["role"], sign_off["statement"]):
            yield f"{said} has another statement in its signature: “{signature.reason}”."
        if datetime.fromisoformat(signature.at or "1970-01-01T00:00:00Z") < (
            datetime.fromisoformat(sign_off["at"]) - CLOCKS
        ):
            yield f"{said} was signed before it was given."


def _as_the_data_say(snapshot: SnapshotData, verdicts: Sequence[SignatureVerdict]) -> Iterator[SignatureVerdict]:
    """The signatures; those that are a sign-off of the data with its role, and with what it stands for."""
    expected = {sign_off_field(number): each for number, each in enumerate(snapshot.get("sign_offs", []), 1)}
    for each in verdicts:
        sign_off = expected.get(each.field)
        if sign_off is None or each.reason != expected_reason(sign_off["role"], sign_off["statement"]):
            yield each
        else:
            submitted = is_submission(snapshot, [*expected].index(each.field) + 1)
            role = shortened(visible(sign_off["role"]), 60)
            yield replace(each, role=role, stands_for="submission" if submitted else "approval")


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


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"
