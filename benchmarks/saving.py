"""Saving an answer over HTTP, against a bare view on the same server: real processes, real connections."""

import asyncio
import gzip
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Figure
from tests.support.site import Site, running_site

CONNECTIONS = (1, 8, 64)
ROUNDS = 32
SECONDS = 0.25
"""How long one of the two is measured before the other has its turn."""

BAR = 2.0
_SET_UP = f"from benchmarks.answering import set_up; set_up({max(CONNECTIONS)})"
_TOKEN = "t" * 32


def saves() -> Iterator[Figure]:
    """The median and the 95th percentile of a save for each database and number of connections."""
    servers = {"SQLite": ""} | ({"PostgreSQL": url} if (url := os.environ.get("DATABASE_URL")) else {})
    for database, url in servers.items():
        with running_site(DJANGO_SETTINGS_MODULE="benchmarks.settings", DATABASE_URL=url) as site:
            people = _people(site)
            for count in CONNECTIONS:
                ours, floor = asyncio.run(_in_turn(people[:count]))
                for name, share in (("median", 50), ("95th percentile", 95)):
                    value, least = (_percentile(times, share) for times in (ours, floor))
                    yield Figure(
                        f"save: {database}, {count} connection{'s' if count > 1 else ''}, {name}",
                        round(value, 3),
                        round(least, 3),
                        round(value / least, 2),
                        BAR,
                        "ms",
                    )


@dataclass
class _Person:
    """Somebody who answers one question of a review of their own, over one connection that is kept open."""

    site: str
    cookies: str
    address: str
    version: int
    person: int
    row: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    turns: int = field(default=0)

    async def save(self) -> float:
        """Save another answer; milliseconds from sending it to the last byte of what comes back."""
        choice = "justified" if self.turns % 2 else "informal"
        self.turns += 1
        data = {"version": str(self.version), "choice": choice, "note": "As agreed."}
        took, body = await self._post(self.address, data)
        self.version = json.loads(body)["version"]
        return took

    async def save_barely(self) -> float:
        """The same by the floor."""
        took, _ = await self._post(f"/bare-save/{self.row}/", {"note": "As agreed."})
        return took

    async def _post(self, address: str, data: dict[str, str]) -> tuple[float, bytes]:
        if self.writer is None:
            split = urlsplit(self.site)
            self.reader, self.writer = await asyncio.open_connection(split.hostname, split.port)
        assert self.reader is not None
        body = urlencode(data)
        begun = time.perf_counter()
        self.writer.write(
            f"POST {address} HTTP/1.1\r\nHost: {urlsplit(self.site).netloc}\r\nAccept: application/json\r\n"
            "Accept-Encoding: gzip, deflate, br, zstd\r\n"
            f"Cookie: {self.cookies}; csrftoken={_TOKEN}\r\nX-CSRFToken: {_TOKEN}\r\n"
            f"X-Person: {self.person}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        answer = await self.reader.readexactly(int(headers["content-length"]))
        took = (time.perf_counter() - begun) * 1000
        assert head.startswith("HTTP/1.1 200"), f"{address}: {head}\n{answer[:500].decode()}"
        if headers.get("connection") == "close":
            self.close()
        return took, gzip.decompress(answer) if headers.get("content-encoding") == "gzip" else answer

    def close(self) -> None:
        """Give the connection up; the next save opens another."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None


def _people(site: Site) -> list[_Person]:
    printed = site.manage("shell", "-v0", "-c", _SET_UP)
    return [
        _Person(site.url, each["cookies"], each["address"], each["version"], each["person"], row)
        for row, each in enumerate(json.loads(printed.splitlines()[-1]))
    ]


async def _in_turn(people: list[_Person]) -> tuple[list[float], list[float]]:
    """Milliseconds of each save and of each bare one, all people at once, round after round."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(1 + ROUNDS):
        for kept, action in zip(times, (_Person.save, _Person.save_barely), strict=True):
            found = await asyncio.gather(*(_again(person, action) for person in people))
            if turn:
                kept.extend(took for each in found for took in each)
    for person in people:
        person.close()
    return times


async def _again(person: _Person, action: Callable[[_Person], Awaitable[float]]) -> list[float]:
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        times.append(await action(person))
    return times


def _percentile(times: list[float], share: int) -> float:
    return statistics.quantiles(times, n=100)[share - 1]
