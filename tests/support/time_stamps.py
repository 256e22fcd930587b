"""A time-stamp server on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper


class Tsa:
    """An RFC 3161 server with an authority of its own; `answer` can be exchanged to make it misbehave."""

    def __init__(self, purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING) -> None:
        root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self.root = _certificate("Time authority", root_key, "Time authority", root_key)
        certificate = _certificate("Time stamps", key, "Time authority", root_key, purpose)
        self.stamper = stamper(key, certificate, self.root)
        self.answer = self.stamp
        self.asked = 0

    def stamp(self, body: bytes) -> bytes:
        return self.stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()

    @property
    def trusted(self) -> asn1_x509.Certificate:
        return _asn1(self.root)


def stamper(key, certificate: x509.Certificate, *above: x509.Certificate) -> DummyTimeStamper:
    """Stamps times with any key and certificate, whether or not that is meant for it."""
    return DummyTimeStamper(_asn1(certificate), _asn1_key(key), [_asn1(each) for each in above])


@contextmanager
def serving(tsa: Tsa, port: int = 0) -> Iterator[str]:
    """Serve it on the loopback interface for as long as the context lasts; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            tsa.asked += 1
            answer = tsa.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def _certificate(name, key, issuer, issuer_key, purpose=None) -> x509.Certificate:
    """A certificate for one purpose, or for an authority."""
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=purpose is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key) -> asn1_keys.PrivateKeyInfo:
    pkcs8 = serialization.PrivateFormat.PKCS8
    return asn1_keys.PrivateKeyInfo.load(
        key.private_bytes(serialization.Encoding.DER, pkcs8, serialization.NoEncryption())
    )
