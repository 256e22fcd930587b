"""What answering takes while the worker makes reports: the whole application in processes of its own, over HTTP."""

import http.client
import re
import statistics
import time
import uuid
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Figure
from tests.support.site import PASSWORD, Site, running_site

REPORTS = 10
_ASK = f"from tests.support.approving import approve_copies; approve_copies({REPORTS})"
_READY = "SELECT count(*) FROM reviews_report WHERE state = 'ready'"
_DRAFT = """
    SELECT reviews_review.id, reviews_answer.version FROM reviews_answer
    JOIN reviews_review ON reviews_review.id = review_id JOIN reviews_workload ON reviews_workload.id = workload_id
    WHERE reviews_workload.key = 'credit-risk-lab' AND question_id = 'GEN-01'
"""


def saves_meanwhile() -> Figure:
    """Saving an answer while ten reports are made, against the same with an idle worker."""
    with running_site() as site:
        site.wait(lambda: site.query(_READY) == [(1,)], "the demo's report")
        architect = _Architect(site, "ada")
        for _ in range(10):
            architect.save()
        idle = [architect.save() for _ in range(100)]
        site.manage("shell", "-v0", "-c", _ASK)
        busy: list[float] = []
        made = site.query(_READY)[0][0]
        while made <= REPORTS:
            busy += [architect.save() for _ in range(10)]
            made = site.query(_READY)[0][0]
    value, floor = statistics.median(busy), statistics.median(idle)
    name = f"save: while {REPORTS} reports are made"
    return Figure(name, round(value, 3), round(floor, 3), round(value / floor, 2), 2.0, "ms")


class _Architect:
    """Somebody who is signed in on a site, and answers one question again and again."""

    def __init__(self, site: Site, username: str) -> None:
        address = urlsplit(site.url)
        self.connection = http.client.HTTPConnection(str(address.hostname), address.port)
        self.cookies: dict[str, str] = {}
        page = self._send("GET", "/sign-in/")
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found, "the page to sign in has no token"
        token = found.group(1)
        self.person = ""
        self._send("POST", "/sign-in/", {"csrfmiddlewaretoken": token, "username": username, "password": PASSWORD})
        found = re.search(r'data-person="(\d+)"', self._send("GET", "/"))
        assert found, "nobody is signed in"
        self.person = found.group(1)
        ((review, version),) = site.query(_DRAFT)
        self.address = f"/reviews/{uuid.UUID(str(review))}/answers/GEN-01/"
        self.version = int(version)

    def save(self) -> float:
        """Save another answer; returns how many milliseconds it took."""
        choice = "justified" if self.version % 2 else "informal"
        begun = time.perf_counter()
        self._send("POST", self.address, {"version": str(self.version), "choice": choice})
        self.version += 1
        return (time.perf_counter() - begun) * 1000

    def _send(self, method: str, address: str, data: dict[str, str] | None = None) -> str:
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true" if "/answers/" in address else "",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "X-Person": self.person,
        }
        self.connection.request(method, address, urlencode(data) if data else None, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        # The server drops connections that wait, which would look like a failure of the next request.
        self.connection.close()
        assert answer.status < 400, f"{method} {address}: {answer.status}\n{text[:500]}"
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return text
