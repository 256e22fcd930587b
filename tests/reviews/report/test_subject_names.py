"""Whatever people and organisations are called, their signatures lead to the authority."""

from pathlib import Path

import pytest

from reviews.report import sign
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.render import render
from reviews.report.snapshot import SnapshotData
from reviews.report.verify import verify
from tests.reviews.report import forging, sample
from tests.support.pdf import pdfsig


def signed_off_by(name: str, username: str) -> SnapshotData:
    snapshot = sample.tiny()
    for each in snapshot["sign_offs"]:
        each["by"] = {**each["by"], "name": name, "username": username}
    return snapshot


def signed_by(name: str, username: str) -> tuple[bytes, list[str]]:
    pdf = forging.signed(forging.base(), signed_off_by(name, username))
    found = forging.verdict(pdf)
    assert all(each.intact and each.trusted for each in found.signatures), found.problems
    return pdf, [each.signer for each in found.signatures[1:]]


@pytest.mark.parametrize(
    ("name", "signer"),
    [
        ("سمير خان", "سمير خان"),
        ("דנה לוי", "דנה לוי"),
        ("李小龍", "李小龍"),
        ("Zoë  Šimůnková", "Zoë Šimůnková"),
        ("Ada 🚀 Brandt", "Ada [U+1F680] Brandt"),
        ("Ada\u200bBrandt", "Ada[U+FFFD]Brandt"),
        ("سمير Khan", "samir"),
        ("دانا (IT)", "samir"),
        ("", "samir"),
    ],
)
def test_a_name_of_any_script_stands_in_a_certificate_that_is_trusted(name: str, signer: str):
    _, signers = signed_by(name, "samir")
    assert set(signers) == {signer}


@pytest.mark.parametrize(
    ("name", "signer"), [("سمير خان", "سمير خان"), ("سمير Khan", "samir"), ("Ada 🚀", "Ada [U+1F680]")]
)
def test_pdfsig_trusts_it_as_well(name: str, signer: str, tmp_path: Path):
    pdf, _ = signed_by(name, "samir")
    (tmp_path / "report.pdf").write_bytes(pdf)
    (tmp_path / "ca.pem").write_bytes(forging.ours().authority_pem())
    said = pdfsig(tmp_path / "report.pdf", tmp_path / "ca.pem")
    assert f"Signer Certificate Common Name: {signer}\n" in said
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 3


@pytest.mark.parametrize("username", ["سمير1", "ᲀada", "李"])
def test_a_report_signed_by_an_account_of_any_script_is_valid(username: str):
    snapshot = signed_off_by("سمير Khan", username)
    found = forging.verdict(forging.signed(render(snapshot).pdf, snapshot))
    assert found.problems == ()


def test_accounts_that_a_certificate_cannot_write_stay_two_accounts():
    accounts = [forging.verdict(signed_by("Sam Khan", name)[0]).signatures[1].username for name in ("سمير1", "سمين1")]
    assert len(set(accounts)) == 2


@pytest.mark.parametrize("organisation", ["شركة التأمين", "Rockets 🚀 GmbH", "保險公司", "Ꞌ" * 80, "א" * 80, "  "])
def test_an_organisation_of_any_name_can_seal_and_sign(organisation: str, tmp_path: Path):
    identity = GeneratedKeys(tmp_path, organisation).load()
    signed = sign.sign(forging.base(), identity, sample.tiny()["sign_offs"]).pdf
    found = verify(signed, forging.trusted(identity), compare_pages=False)
    assert all(each.intact and each.trusted for each in found.signatures), found.problems
    seal, issuer = found.signatures[0].signer, found.signatures[0].issuer
    assert seal.endswith("report signing")
    assert issuer.endswith("review authority")
