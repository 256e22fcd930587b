"""The key store: made once, kept private, and clear about what is wrong with it."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from reviews.report import make_report
from reviews.report.keys import KeyStoreError
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.providers.pkcs12 import FileKeys
from tests.reviews.report import sample


def _certificate(key, *, days: int = 30, usage: x509.KeyUsage | None = None) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example signer")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
    )
    if usage:
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())


def load_or_create(folder: Path, organisation: str):
    return GeneratedKeys(folder, organisation).load()


@pytest.fixture(scope="session")
def from_pkcs12(keys_folder, identity):
    def load(path: Path, password: str):
        return FileKeys(path, password, GeneratedKeys(keys_folder, "Example Insurance")).load()

    return load


def _pkcs12(path: Path, key, certificate, others=None, password: bytes | None = b"secret") -> Path:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"signer", key, certificate, others, encryption))
    return path


def test_the_files_are_for_their_owner_only(identity, keys_folder):
    assert stat.S_IMODE(keys_folder.stat().st_mode) == 0o700
    files = sorted(keys_folder.iterdir())
    assert [file.name for file in files] == ["ca.key", "ca.pem", "signer.key", "signer.pem"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_files_are_for_their_owner_only_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        load_or_create(tmp_path / "keys", "Example")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}


def test_the_second_time_gives_the_same_identity(identity, keys_folder):
    again = load_or_create(keys_folder, "Some other name")
    assert again.certificate == identity.certificate
    assert again.authority_pem() == identity.authority_pem()


def test_the_authority_may_issue_and_the_signer_may_only_sign(identity):
    authority = identity.authority.extensions
    assert authority.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = authority.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.crl_sign, usage.digital_signature) == (True, True, False)
    signer = identity.certificate.extensions
    assert not signer.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = signer.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    identity.certificate.verify_directly_issued_by(identity.authority)


def test_the_certificates_are_valid_for_verifiers_whose_clock_is_behind(identity):
    assert identity.certificate.not_valid_before_utc <= datetime.now(UTC) - timedelta(minutes=30)


def test_the_key_is_not_in_what_an_identity_prints(identity):
    assert "PRIVATE" not in repr(identity)
    assert "key=" not in repr(identity)


def test_processes_that_make_keys_at_once_end_with_one_authority(tmp_path):
    code = (
        "import sys, pathlib; sys.stdin.readline()\n"
        "from reviews.report.providers.generated import GeneratedKeys\n"
        "sys.stdout.write(GeneratedKeys(pathlib.Path(sys.argv[1]), 'Example', ('x',)).load().authority_pem().decode())"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "keys"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "aiplatform.settings"},
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    authorities = {process.communicate()[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 4
    assert len(authorities) == 1
    assert "BEGIN CERTIFICATE" in authorities.pop()
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "keys").mkdir()
    load_or_create(tmp_path / "keys", "Example")
    assert (tmp_path / "keys" / "signer.key").exists()


@pytest.mark.parametrize("organisation", ["", "   ", "Ö" * 200, "A" * 64, "Line\nbreak", "Ünïcode 保険 GmbH, O=x"])
def test_any_name_of_an_organisation_makes_certificates_with_different_names(tmp_path, organisation):
    made = load_or_create(tmp_path / "keys", organisation)
    assert made.certificate.subject != made.authority.subject
    made.certificate.verify_directly_issued_by(made.authority)


@pytest.mark.parametrize("name", ["signer.key", "signer.pem", "ca.pem"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, name):
    load_or_create(tmp_path / "keys", "Example")
    (tmp_path / "keys" / name).write_text("-----BEGIN")
    with pytest.raises(KeyStoreError, match="Restore the folder from a backup"):
        load_or_create(tmp_path / "keys", "Example")


def test_a_missing_file_is_not_quietly_made_anew(tmp_path):
    load_or_create(tmp_path / "keys", "Example")
    (tmp_path / "keys" / "signer.key").unlink()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        load_or_create(tmp_path / "keys", "Example")
    assert not (tmp_path / "keys" / "signer.key").exists()


def test_the_key_of_another_certificate_is_refused(tmp_path):
    load_or_create(tmp_path / "one", "Example")
    load_or_create(tmp_path / "two", "Example")
    (tmp_path / "one" / "signer.key").write_bytes((tmp_path / "two" / "signer.key").read_bytes())
    with pytest.raises(KeyStoreError, match="do not belong together"):
        load_or_create(tmp_path / "one", "Example")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyStoreError, match="Let the application write to"):
        load_or_create(tmp_path / "file" / "keys", "Example")


def test_the_message_of_an_error_has_no_quotation_marks_around_it():
    assert str(KeyStoreError("The keys are “gone”.")) == "The keys are “gone”."


def test_a_pkcs12_file_with_a_chain_signs(tmp_path, identity, saved, verifier, from_pkcs12):
    path = _pkcs12(tmp_path / "signer.p12", identity.key, identity.certificate, [identity.authority])
    loaded = from_pkcs12(path, "secret")
    assert loaded.authority_pem() == identity.authority_pem()
    said = verifier.verify(saved(make_report(sample.tiny(), loaded).pdf))
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said


def test_a_pkcs12_file_with_an_elliptic_curve_key_and_no_password_signs(tmp_path, saved, verifier, from_pkcs12):
    key = ec.generate_private_key(ec.SECP256R1())
    path = _pkcs12(tmp_path / "signer.p12", key, _certificate(key), password=None)
    assert "Signature is Valid" in verifier.verify(saved(make_report(sample.tiny(), from_pkcs12(path, "")).pdf))


def test_a_wrong_password_is_said_without_the_password(tmp_path, identity, from_pkcs12):
    path = _pkcs12(tmp_path / "signer.p12", identity.key, identity.certificate)
    with pytest.raises(KeyStoreError, match="SIGNING_PKCS12_PASSWORD") as raised:
        from_pkcs12(path, "not-the-secret")
    assert "not-the-secret" not in str(raised.value)


def test_a_missing_pkcs12_file_is_named(tmp_path, from_pkcs12):
    with pytest.raises(KeyStoreError, match="No such file"):
        from_pkcs12(tmp_path / "absent.p12", "")


def test_an_expired_certificate_is_refused_with_what_to_do(tmp_path, from_pkcs12):
    key = ec.generate_private_key(ec.SECP256R1())
    path = _pkcs12(tmp_path / "signer.p12", key, _certificate(key, days=-1))
    with pytest.raises(KeyStoreError, match="Put a renewed one in its place"):
        from_pkcs12(path, "secret")


def test_a_certificate_that_is_not_for_signing_is_refused(tmp_path, from_pkcs12):
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=True,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    path = _pkcs12(tmp_path / "server.p12", key, _certificate(key, usage=usage))
    with pytest.raises(KeyStoreError, match="not for signing"):
        from_pkcs12(path, "secret")


def test_a_key_of_another_kind_is_refused(tmp_path, from_pkcs12):
    key = ed25519.Ed25519PrivateKey.generate()
    path = _pkcs12(tmp_path / "signer.p12", key, _certificate(key))
    with pytest.raises(KeyStoreError, match="neither RSA nor"):
        from_pkcs12(path, "secret")
