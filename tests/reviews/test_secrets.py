"""Private keys and passwords are where they belong, and nowhere else."""

import base64
import logging
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.apps import apps

from reviews.actions import report as reports
from reviews.models import Report
from reviews.report import certificates, signing_identity
from reviews.report.keys import KeyStoreError

PASSWORD = "tamarisk-and-thyme"


def written(number: int) -> set[bytes]:
    """A secret number in the ways in which it could be written down."""
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    # Base64 of three offsets, without what depends on the neighbours.
    encoded = {base64.b64encode(bytes(shift) + raw)[4:-4] for shift in range(3)}
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), str(number).encode(), *encoded}


def secrets_of(key) -> set[bytes]:
    numbers = key.private_numbers()
    parts = [numbers.d, numbers.p, numbers.q] if isinstance(key, rsa.RSAPrivateKey) else [numbers.private_value]
    return {way for part in parts for way in written(part)}


def everything_stored() -> bytes:
    """All values of all tables."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.values_list():
            found += [bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in row]
    return b"\n".join(found)


@pytest.fixture
def made_for_people(monkeypatch) -> list[ec.EllipticCurvePrivateKey]:
    """The keys that people's signatures are made with, which nobody else ever sees."""
    made, generate = [], ec.generate_private_key

    def remembering(curve):
        made.append(generate(curve))
        return made[-1]

    monkeypatch.setattr(certificates.ec, "generate_private_key", remembering)
    return made


def test_no_private_key_and_no_password_is_in_the_database_the_log_or_in_clear_in_a_file(
    report: Report,
    settings,
    tmp_path,
    caplog,
    made_for_people,
):
    caplog.set_level(logging.DEBUG)
    settings.KEYS_DIR, settings.KEYS_PASSWORD = tmp_path / "keys", PASSWORD
    identity = signing_identity()
    reports.produce_report(report.pk, worker="w")
    keys = [identity.key, identity.issuer.key, *made_for_people]
    assert len(keys) == 2 + len(report.snapshot.data["sign_offs"])
    secret = {PASSWORD.encode(), *(way for key in keys for way in secrets_of(key))}
    files = b"".join(path.read_bytes() for path in Path(tmp_path).rglob("*") if path.is_file())
    assert "a new signing authority was made" in caplog.text
    for place in (everything_stored(), caplog.text.encode(), files):
        assert len(place) > 100
        assert [each for each in secret if each in place] == []


def test_a_key_in_clear_would_be_found(tmp_path, settings, db):
    settings.KEYS_DIR, settings.KEYS_PASSWORD = tmp_path / "keys", PASSWORD
    key = signing_identity().key
    pkcs8 = serialization.PrivateFormat.PKCS8
    clear = key.private_bytes(serialization.Encoding.DER, pkcs8, serialization.NoEncryption())
    for leak in (clear, base64.b64encode(clear), clear.hex().encode(), str(key.private_numbers().p).encode()):
        assert any(each in leak for each in secrets_of(key))


def test_keys_that_cannot_be_read_are_said_in_the_log_and_on_the_report_without_the_password(
    report: Report,
    settings,
    tmp_path,
    caplog,
):
    caplog.set_level(logging.DEBUG)
    settings.KEYS_DIR, settings.KEYS_PASSWORD = tmp_path / "keys", PASSWORD
    signing_identity()
    settings.KEYS_PASSWORD = "another-and-wrong"
    for path in (tmp_path / "keys").iterdir():
        path.touch()
    with pytest.raises(KeyStoreError):
        reports.produce_report(report.pk, worker="w")
    assert "could not be made" in caplog.text
    for place in (everything_stored().decode(errors="replace"), caplog.text):
        assert PASSWORD not in place
        assert "another-and-wrong" not in place
