"""The load: keep-alive HTTP/1.1 connections, each sending the next request once it is answered.

A process of its own, as lean as possible: on a small machine it takes CPU from what it measures.
``python -m bench.load`` reads a plan from standard input, prints "go" when it starts to measure and
the outcome as one line of JSON at the end.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

LENGTH = b"content-length:"
SLOWEST = 30.0


class Run:
    """What all connections share: the requests still to be sent, and what became of them."""

    def __init__(self, requests: Iterator[bytes], expects: bytes) -> None:
        self.requests = requests
        self.expects = expects
        self.latencies: list[float] = []
        self.failures: list[str] = []
        self.until = 0.0

    def answered(self, seconds: float, head: bytes, body: bytes) -> None:
        self.latencies.append(seconds)
        if not head.startswith(b"HTTP/1.1 200") or self.expects not in body:
            self.failures.append((head[:60] + b" ... " + body[:500]).decode(errors="replace"))


class Connection(asyncio.Protocol):
    """One client: a request, its whole answer, the next request."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = bytearray()
        self._sent_at = 0.0
        self._transport: Any = None
        self.finished = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self) -> None:
        request = next(self._run.requests, None)
        now = time.perf_counter()
        if request is None or now >= self._run.until:
            self._end()
            return
        self._sent_at = now
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n") + 4
        if end < 4:
            return
        length = _length(bytes(self._received[:end]).lower())
        if len(self._received) < end + length:
            return
        head, body = bytes(self._received[:end]), bytes(self._received[end:])
        self._received.clear()
        self._run.answered(time.perf_counter() - self._sent_at, head, body)
        self.send()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.finished.done():
            self._run.failures.append(f"the connection was closed: {problem}")
            self._end()

    def _end(self) -> None:
        if not self.finished.done():
            self.finished.set_result(None)
            self._transport.close()


def _length(head: bytes) -> int:
    at = head.index(LENGTH) + len(LENGTH)
    return int(head[at : head.index(b"\r\n", at)])


def prepared(url: str, headers: dict[str, str], body: str) -> bytes:
    """A whole request, ready to be written to a socket."""
    where, content = urlsplit(url), body.encode()
    lines = [
        f"POST {where.path} HTTP/1.1",
        f"host: {where.netloc}",
        "content-type: application/json",
        "accept: application/json",
        f"content-length: {len(content)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Runs the plan: ``url``, ``headers``, ``bodies``, ``once``, ``expects``, ``connections`` and
    ``seconds``. With ``once`` no body is sent twice, and the run ends when none is left.
    """
    where = urlsplit(plan["url"])
    requests = [prepared(plan["url"], plan["headers"], body) for body in plan["bodies"]]
    run = Run(iter(requests) if plan["once"] else cycle(requests), plan["expects"].encode())
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(lambda: Connection(run), where.hostname, where.port))[1]
        for _ in range(plan["connections"])
    ]
    print("go", flush=True)
    started = time.perf_counter()
    run.until = started + plan["seconds"]
    for connection in connections:
        connection.send()
    await asyncio.wait([each.finished for each in connections], timeout=plan["seconds"] + SLOWEST)
    took = time.perf_counter() - started
    return {"seconds": took, "latencies": run.latencies, "failures": run.failures}


if __name__ == "__main__":
    print(orjson.dumps(uvloop.run(measure(orjson.loads(sys.stdin.buffer.read())))).decode())
