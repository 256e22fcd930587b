"""The example of a key service in docs/signing.md, with a server that speaks as Vault does."""

import base64
import json
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from reviews.report import certificates, make_report
from reviews.report.keys import KeyStoreError
from tests.reviews.report import sample
from tests.reviews.report.conftest import trusting

DOCS = Path(__file__).parents[3] / "docs" / "signing.md"


@pytest.fixture
def vault(tmp_path, identity, keys_folder, settings, monkeypatch):
    """A server with the seal's key; ends with the test."""
    key = rsa.generate_private_key(65537, 2048)
    seal = certificates.seal_certificate(identity.issuer, key.public_key(), "Example", datetime.now(UTC))
    chain = (seal, identity.issuer.certificate)
    pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
    (tmp_path / "seal.pem").write_bytes(pem)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.headers["X-Vault-Token"] != "let me in" or self.path != "/v1/transit/sign/reports/sha2-256":
                self.send_error(403)
                return
            signature = key.sign(base64.b64decode(asked["input"]), padding.PKCS1v15(), hashes.SHA256())
            answer = {"data": {"signature": f"vault:v1:{base64.b64encode(signature).decode()}"}}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    settings.KEYS_DIR, settings.ORGANISATION = keys_folder, "Example Insurance"
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("VAULT_SEAL_KEY", "reports")
        monkeypatch.setenv("VAULT_SEAL_PEM", str(tmp_path / "seal.pem"))
        monkeypatch.setenv("VAULT_TOKEN", "let me in")
        yield server
        server.shutdown()


def example():
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    names = {}
    exec(compile(code, str(DOCS), "exec"), names)
    return names["VaultKeys"]()


def test_the_documented_key_service_signs(vault, tmp_path, saved):
    loaded = example().load()
    (tmp_path / "nss").mkdir()
    said = trusting(tmp_path / "nss", loaded).verify(saved(make_report(sample.tiny(), loaded).pdf))
    assert said.count("Signature is Valid") == said.count("Certificate is Trusted") == 3


def test_a_service_that_refuses_is_said(vault, monkeypatch):
    loaded = example().load()
    monkeypatch.setenv("VAULT_TOKEN", "wrong")
    with pytest.raises(KeyStoreError, match="Vault does not sign: HTTP Error 403"):
        make_report(sample.tiny(), loaded)
