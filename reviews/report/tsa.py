"""Asking a time-stamp server (RFC 3161)."""

import asyncio
import urllib.request
from urllib.parse import urlsplit

from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext

from reviews.report.errors import TimeStampError, TimeStampServer

_MOST_BYTES = 1_000_000
"""No answer of a time-stamp server is nearly as long."""


class HttpTimeStamper(TimeStamper):
    """Asks a server once to learn its certificates and the size of its answers, then for the time stamp."""

    def __init__(self, server: TimeStampServer) -> None:
        super().__init__()
        self.server = server

    def room(self) -> int:
        """So many bytes does a time stamp of this server take at most."""
        return len(asyncio.run(self.async_dummy_response("sha256")).dump()) + 1000

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send a request; raises OSError where there is no answer, or none that can be read."""
        address = self.server.address
        if urlsplit(address).scheme not in {"http", "https"}:
            raise TimeStampError(f"TSA_URL={address} must begin with http:// or https://.")
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        request = urllib.request.Request(address, req.dump(), headers)  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(request, timeout=self.server.timeout) as answer:  # noqa: S310 - see above
                return tsp.TimeStampResp.load(answer.read(_MOST_BYTES), strict=True)
        except ValueError as problem:
            raise OSError(f"the answer is not one to a request for a time stamp ({problem})") from problem

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A time stamp of this digest; raises OSError where the server stamped another."""
        token: cms.ContentInfo = await super().async_timestamp(message_digest, md_algorithm)
        stamped = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
        if stamped != message_digest:
            raise OSError("the time stamp is of something else")
        return token

    def context(self, *, fetch: bool) -> ValidationContext:
        """Trusts the topmost of the certificates that the server sends: which authority it is, verifiers judge."""
        sent = list(self.cert_registry)
        names = {each.subject.dump() for each in sent}
        leaves = list(self._certs.values())
        tops = [each for each in sent if each.self_issued or each.issuer.dump() not in names]
        return ValidationContext(trust_roots=tops or leaves, other_certs=sent, allow_fetching=fetch)
