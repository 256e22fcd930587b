"""What verification says of genuine reports."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from checklists.canonical import canonical_json, sha256_hex
from reviews.report import contained, make_report
from reviews.report.render import render
from reviews.report.verdict import Compared, SignatureKind, from_json
from reviews.report.verify import verify
from tests.reviews.report import forging, sample


def test_a_genuine_report_is_valid_and_its_pages_are_what_its_data_render_to():
    found = forging.verdict(forging.genuine(), compare_pages=True)
    assert found.problems == ()
    assert found.valid
    assert found.exit_status == 0
    assert found.data.compared == Compared.BYTES
    assert found.data.sha256 == sha256_hex(canonical_json(sample.tiny()))


def test_it_says_who_signed_what_as_what_when_and_which_revision_that_covers():
    snapshot = sample.tiny()
    found = forging.verdict(forging.genuine())
    assert [each.kind for each in found.signatures] == [
        SignatureKind.SEAL,
        *[SignatureKind.SIGN_OFF] * len(snapshot["sign_offs"]),
    ]
    assert [each.signer for each in found.signatures[1:]] == [each["by"]["name"] for each in snapshot["sign_offs"]]
    assert [each.revision for each in found.signatures] == list(range(2, found.revisions + 1))
    seal, *sign_offs = found.signatures
    assert seal.signer == "Example Insurance: report signing"
    for given, signature in zip(snapshot["sign_offs"], sign_offs, strict=True):
        assert signature.reason.startswith(f"{given['role']}: ")
        assert signature.issuer == "Example Insurance: review authority"
        assert signature.intact
        assert signature.trusted
        assert datetime.now(UTC) - datetime.fromisoformat(signature.at) < timedelta(hours=1)
        assert signature.stamped_at == ""


def test_a_report_of_an_authority_that_is_not_trusted_is_said_to_be_intact_and_not_trusted():
    found = verify(forging.genuine(), forging.trusted(forging.theirs()), compare_pages=False)
    assert not found.valid
    assert all(each.intact and not each.trusted for each in found.signatures)
    assert "is not trusted" in found.problems[0]


def test_a_key_that_was_used_after_its_day_is_not_trusted():
    issued = datetime.now(UTC)
    sealed = forging.sealed(forging.base())
    pdf = forging.signed_off(sealed, sample.tiny(), issued_at=issued, at=issued + timedelta(days=3))
    found = forging.verdict(pdf)
    assert any("was not to be used any more" in each for each in found.problems)


def test_a_report_that_other_fonts_would_draw_otherwise_is_compared_by_its_text():
    second_line = forging.base().splitlines()[1]
    assert second_line.startswith(b"%")
    pdf = forging.signed(forging.base().replace(second_line, b"%" + second_line[:0:-1], 1), sample.tiny())
    found = forging.verdict(pdf, compare_pages=True)
    assert found.problems == ()
    assert found.data.compared == Compared.TEXT


def test_the_verdict_survives_its_journey_as_json():
    found = forging.verdict(forging.genuine())
    assert from_json(json.loads(json.dumps(found.as_json()))) == found


def test_letter_paper_is_recognised():
    snapshot = sample.tiny()
    found = forging.verdict(forging.signed(render(snapshot, paper="Letter").pdf, snapshot), compare_pages=True)
    assert found.valid
    assert found.data.compared == Compared.BYTES


def test_many_sign_offs_and_names_of_all_scripts_verify():
    snapshot = sample.realistic()
    names = ["山田 太郎", "Zoë " + "Ångström " * 12, "Аnna"]
    snapshot["sign_offs"] = [
        snapshot["sign_offs"][0] | {"by": {"name": name, "username": f"u{number}", "email": f"u{number}@example.org"}}
        for number, name in enumerate(names)
    ]
    snapshot["approval"] = snapshot["sign_offs"][-1]
    found = forging.verdict(make_report(snapshot, forging.ours()).pdf)
    assert found.problems == ()
    assert len(found.signatures) == 4


def test_in_a_process_of_its_own_the_verdict_is_the_same():
    authorities = forging.ours().authorities
    found = contained.verify_contained(forging.genuine(), authorities, limits=contained.ON_THE_WEB)
    assert found == forging.verdict(forging.genuine(), compare_pages=True)


@pytest.mark.parametrize("pdf", [b"", b"Hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"\0" * 1000])
def test_what_is_no_pdf_is_unreadable(pdf):
    assert forging.verdict(pdf).exit_status == 2
