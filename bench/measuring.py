"""One run: a load on one server, and what it and the database took for it."""

import statistics
import subprocess
import sys
from dataclasses import dataclass

import orjson

from bench.cases import Asking
from bench.processes import Process


class Failed(Exception):
    """A server gave a wrong answer: what it says in a benchmark is worth nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second; milliseconds of latency, and of CPU for each request."""

    rate: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float


@dataclass(frozen=True, slots=True)
class Load:
    """How hard a server is asked: by so many connections, for so many seconds."""

    connections: int
    seconds: float


def measured(
    server: Process, database: Process, asking: Asking, load: Load, token: str, *, once: bool
) -> Measured:
    """The outcome of one run. Raises Failed at a wrong answer, and where there was none."""
    plan = {
        "url": _root(server.url) + asking.path,
        "headers": {"authorization": f"Bearer {token}"},
        "bodies": asking.bodies,
        "expects": asking.expects,
        "once": once,
        "connections": load.connections,
        "seconds": load.seconds,
    }
    command = [sys.executable, "-m", "bench.load"]
    with subprocess.Popen(  # noqa: S603 - ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as client:
        assert client.stdin is not None  # noqa: S101 - we asked for the pipes
        assert client.stdout is not None  # noqa: S101
        client.stdin.write(orjson.dumps(plan))
        client.stdin.close()
        client.stdout.readline()
        before = server.cpu(), database.cpu()
        outcome = orjson.loads(client.stdout.readline() or b"{}")
        after = server.cpu(), database.cpu()
    if not outcome.get("latencies") or outcome["failures"]:
        raise Failed(f"{asking.path}: {(outcome.get('failures') or ['no answer'])[0]}")
    number = len(outcome["latencies"])
    p50, p99 = _quantiles(outcome["latencies"])
    server_cpu, database_cpu = (b - a for a, b in zip(before, after, strict=True))
    return Measured(
        rate=number / outcome["seconds"],
        p50=p50 * 1000,
        p99=p99 * 1000,
        cpu=server_cpu / number * 1000,
        database_cpu=database_cpu / number * 1000,
    )


def _quantiles(latencies: list[float]) -> tuple[float, float]:
    """The median, and what 99 of 100 stay below."""
    if len(latencies) == 1:
        return latencies[0], latencies[0]
    cuts = statistics.quantiles(latencies, n=100, method="inclusive")
    return cuts[49], cuts[98]


def _root(url: str) -> str:
    return url.removesuffix("/graphql")
