"""The key store: made once, kept private, and clear about what is wrong with it."""

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader

from reviews.report import make_report
from reviews.report.keys import KeyStoreError
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.providers.pkcs12 import FileKeys
from tests.reviews.report import sample
from tests.reviews.report.conftest import trusting


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


@pytest.fixture(scope="module")
def made_once(tmp_path_factory) -> Path:
    """A folder with keys, to be copied: to make keys takes a second."""
    folder = tmp_path_factory.mktemp("made-once") / "keys"
    load_or_create(folder, "Example")
    return folder


@pytest.fixture
def made_before(made_once, tmp_path) -> Path:
    """A folder with keys for this test alone, at `keys` below its own."""
    return shutil.copytree(made_once, tmp_path / "keys")


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
        "keys = GeneratedKeys(pathlib.Path(sys.argv[1]), 'Example', ('x',))\n"
        "sys.stdout.write(keys.load().authority_pem().decode())"
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
def test_a_damaged_file_is_named_with_what_to_do(made_before, name):
    (made_before / name).write_text("-----BEGIN")
    with pytest.raises(KeyStoreError, match="Restore the folder from a backup"):
        load_or_create(made_before, "Example")


def test_a_missing_file_is_not_quietly_made_anew(made_before):
    (made_before / "signer.key").unlink()
    with pytest.raises(KeyStoreError, match="cannot be read"):
        load_or_create(made_before, "Example")
    assert not (made_before / "signer.key").exists()


def test_the_key_of_another_certificate_is_refused(made_before, tmp_path):
    load_or_create(tmp_path / "two", "Example")
    (made_before / "signer.key").write_bytes((tmp_path / "two" / "signer.key").read_bytes())
    with pytest.raises(KeyStoreError, match="do not belong together"):
        load_or_create(made_before, "Example")


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


def _private_key_files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*.key"))]


def test_keys_are_encrypted_where_they_lie(identity, keys_folder):
    assert all(b"BEGIN ENCRYPTED PRIVATE KEY" in each for each in _private_key_files(keys_folder))


def _unencrypted(path: Path, keys: GeneratedKeys) -> None:
    key = keys._private_key(path)
    pkcs8 = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, serialization.NoEncryption()))


def test_a_folder_from_before_is_read_and_encrypted_in_place(tmp_path):
    keys = GeneratedKeys(tmp_path / "keys", "Example", ("first",))
    before = keys.load()
    for name in ("ca.key", "signer.key"):
        _unencrypted(tmp_path / "keys" / name, keys)
    again = keys.load()
    assert again.certificate == before.certificate
    assert all(b"ENCRYPTED" in each for each in _private_key_files(tmp_path))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert len(list((tmp_path / "keys").iterdir())) == 4


def test_after_a_change_of_password_the_keys_are_encrypted_with_the_new_one(tmp_path):
    before = GeneratedKeys(tmp_path / "keys", "Example", ("first",)).load()
    with pytest.raises(KeyStoreError, match="KEYS_PASSWORD_OLD") as raised:
        GeneratedKeys(tmp_path / "keys", "Example", ("second",)).load()
    assert "second" not in str(raised.value)
    assert GeneratedKeys(tmp_path / "keys", "Example", ("second", "first")).load().certificate == before.certificate
    assert GeneratedKeys(tmp_path / "keys", "Example", ("second",)).load().certificate == before.certificate


def test_passwords_are_not_in_what_a_provider_prints(tmp_path):
    assert "first" not in repr(GeneratedKeys(tmp_path, "Example", ("first",)))
    assert "secret" not in repr(FileKeys(tmp_path, "secret", GeneratedKeys(tmp_path, "Example", ("first",))))


def test_a_report_from_before_a_rotation_verifies_after_it(made_before, tmp_path, saved):
    keys = GeneratedKeys(made_before, "Example")
    old = keys.load()
    before = make_report(sample.tiny(), old).pdf
    version = keys.version()
    new = keys.rotate()
    assert keys.version() != version
    assert new.certificate != old.certificate
    assert new.authority == old.authority
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "ca.key",
        "ca.pem",
        "signer.key",
        "signer.pem",
    ]
    newest = keys.rotate(authority=True)
    assert newest.authority != new.authority
    assert newest.authorities == (newest.authority, old.authority)
    assert [each.sha256 for each in newest.issuers] == [newest.issuer.sha256, old.issuer.sha256]
    (tmp_path / "nss").mkdir()
    verifier = trusting(tmp_path / "nss", newest)
    for pdf in (before, make_report(sample.tiny(), newest).pdf):
        said = verifier.verify(saved(pdf))
        assert said.count("Certificate is Trusted") == said.count("Signature is Valid") == 3
    assert len(x509.load_pem_x509_certificates(newest.authority_pem())) == 2
    assert all(b"ENCRYPTED" in each for each in _private_key_files(tmp_path))


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_rotation_that_was_broken_off_is_finished_by_whoever_comes_next(made_before, tmp_path, moved):
    keys = GeneratedKeys(made_before, "Example")
    old = keys.load()
    GeneratedKeys(tmp_path / "other", "Example").load()
    expected = x509.load_pem_x509_certificate((tmp_path / "other" / "signer.pem").read_bytes())
    (tmp_path / "other").rename(tmp_path / "keys" / "next")
    for path in sorted((tmp_path / "keys" / "next").iterdir())[:moved]:
        path.rename(tmp_path / "keys" / path.name)
    assert keys.load().certificate == expected != old.certificate
    assert not (tmp_path / "keys" / "next").exists()


def test_when_the_folder_is_lost_the_old_authority_can_be_taken_out_of_any_report(made_before, tmp_path, saved):
    keys = GeneratedKeys(made_before, "Example")
    pdf = make_report(sample.tiny(), keys.load()).pdf
    shutil.rmtree(tmp_path / "keys")
    fresh = keys.load()
    inside = PdfFileReader(BytesIO(pdf)).embedded_signatures[0].other_embedded_certs
    (tmp_path / "keys" / "old").mkdir()
    for number, each in enumerate(inside):
        certificate = x509.load_der_x509_certificate(each.dump())
        path = tmp_path / "keys" / "old" / f"before-{number}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    again = keys.load()
    assert again.authority == fresh.authority
    assert again.issuers == (again.issuer,)
    (tmp_path / "nss").mkdir()
    said = trusting(tmp_path / "nss", again).verify(saved(pdf))
    assert said.count("Certificate is Trusted") == 3


def test_people_sign_under_our_own_authority_where_the_seal_comes_from_a_file(tmp_path, identity, saved, from_pkcs12):
    key = ec.generate_private_key(ec.SECP256R1())
    loaded = from_pkcs12(_pkcs12(tmp_path / "signer.p12", key, _certificate(key)), "secret")
    made = make_report(sample.tiny(), loaded)
    assert [each.username for each in made.issued] == [
        None,
        *(each["by"]["username"] for each in sample.tiny()["sign_offs"]),
    ][1:]
    (tmp_path / "nss").mkdir()
    said = trusting(tmp_path / "nss", loaded).verify(saved(made.pdf))
    assert said.count("Signature is Valid") == 3
    assert said.count("Certificate is Trusted") >= 2
    assert loaded.authorities == (loaded.authority, identity.issuer.certificate)
