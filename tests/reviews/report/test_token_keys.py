"""Keys in a token, of which SoftHSM is one that needs no hardware."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key

from reviews.report import certificates, make_report
from reviews.report.keys import KeyStoreError
from reviews.report.providers.generated import GeneratedKeys
from reviews.report.providers.pkcs11 import TokenKeys
from tests.reviews.report import sample
from tests.reviews.report.conftest import trusting

MODULE = next(
    str(path)
    for folder in ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")
    for path in Path(folder).rglob("libsofthsm2.so")
)
PIN = "271828"


def put(session, label: str, key, certificate) -> None:
    """Put a key and its certificate into the token under a label, as pkcs11-tool does."""
    form = serialization.PrivateFormat.TraditionalOpenSSL
    der = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    decode = decode_rsa_private_key if isinstance(key, rsa.RSAPrivateKey) else decode_ec_private_key
    attributes = decode(der) | {pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True}
    session.create_object(attributes)
    session.create_object(
        {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
            pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.LABEL: label,
            pkcs11.Attribute.SUBJECT: certificate.subject.public_bytes(),
            pkcs11.Attribute.VALUE: certificate.public_bytes(serialization.Encoding.DER),
        }
    )


@pytest.fixture(scope="module")
def token(tmp_path_factory) -> str:
    """A token with an authority, a seal of each kind, and a key without a certificate."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    make = ["softhsm2-util", "--init-token", "--free", "--label", "reviews", "--so-pin", "31415926", "--pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    now = datetime.now(UTC)
    authority = certificates.new_authority(rsa.generate_private_key(65537, 2048), "Example", now)
    with pkcs11.lib(MODULE).get_token(token_label="reviews").open(user_pin=PIN, rw=True) as session:
        put(session, "authority", authority.key, authority.certificate)
        for label, key in (
            ("seal", rsa.generate_private_key(65537, 2048)),
            ("seal-ec", ec.generate_private_key(ec.SECP256R1())),
        ):
            put(session, label, key, certificates.seal_certificate(authority, key.public_key(), "Example", now))
    return "reviews"


@pytest.fixture
def keys(token, keys_folder):
    def choose(**changed):
        generated = GeneratedKeys(keys_folder, "Example Insurance")
        given = {
            "module": MODULE,
            "token": token,
            "pin": PIN,
            "seal": "seal",
            "authority": "",
            "generated": generated,
        }
        return TokenKeys(**given | changed)

    return choose


@pytest.mark.parametrize("seal", ["seal", "seal-ec"])
def test_a_seal_in_a_token_signs_and_people_sign_under_the_generated_authority(keys, identity, seal, tmp_path, saved):
    loaded = keys(seal=seal).load()
    said = trusting(tmp_path, loaded).verify(saved(make_report(sample.tiny(), loaded).pdf))
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 3
    assert loaded.issuer.certificate == identity.issuer.certificate


def test_an_authority_in_a_token_gives_people_their_certificates_and_signs_the_list(keys, tmp_path, saved):
    loaded = keys(authority="authority").load()
    made = make_report(sample.tiny(), loaded)
    said = trusting(tmp_path, loaded).verify(saved(made.pdf))
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 3
    assert {each.issuer_sha256 for each in made.issued} == {loaded.issuer.sha256}
    assert certificates.revocation_list(loaded.issuer, [], datetime.now(UTC))


def test_the_key_stays_in_the_token(keys):
    key = keys().load().key
    with pytest.raises(KeyStoreError, match="stays where it is"):
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pin": "000000"}, "PinIncorrect. Check PKCS11_MODULE"),
        ({"token": "other"}, "knows no token “other”"),
        ({"seal": "other"}, "no certificate with the label “other”"),
        ({"module": "/nowhere/lib.so"}, "cannot be used"),
    ],
)
def test_what_is_wrong_with_a_token_is_said_without_the_pin(keys, changed, said):
    with pytest.raises(KeyStoreError, match=said) as raised:
        keys(**changed).load()
    assert "000000" not in str(raised.value)


def test_the_pin_is_not_in_what_a_provider_prints(keys):
    assert PIN not in repr(keys())
