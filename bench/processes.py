"""The processes that are measured: the database, the API, the floor; and what CPU each took."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 60.0

NO_DATABASE = (
    "The benchmark needs a database: build the embedded server once with `make server`, "
    "or name a MongoDB 8 replica set with --mongodb-url."
)


@dataclass(frozen=True, slots=True)
class Process:
    """Something that serves at ``url``; ``pid`` is None where it runs elsewhere."""

    url: str
    pid: int | None

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system; always 0 where it runs elsewhere."""
        return cpu_seconds(self.pid) if self.pid is not None else 0.0


def cpu_seconds(pid: int) -> float:
    """From /proc in clock ticks of 10 ms; elsewhere (macOS) from `ps`, as coarse."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        shown = subprocess.run(  # noqa: S603 - our own child's number
            ["/bin/ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
        return clock_seconds(shown.stdout)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def clock_seconds(text: str) -> float:
    """The seconds of what `ps` writes as [[days-]hours:]minutes:seconds."""
    days, _, clock = text.strip().rpartition("-")
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds + int(days or 0) * 86_400


@contextmanager
def database(directory: Path, url: str | None) -> Iterator[Process]:
    """The MongoDB at ``url``, else the embedded server, durable on every commit, in there."""
    if url is not None:
        yield Process(url, None)
        return
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cached = cache / "rapport/secantusd/bin/secantusd-rs"
    program = shutil.which("secantusd-rs") or (str(cached) if cached.exists() else None)
    if program is None:
        raise SystemExit(NO_DATABASE)
    port = _free_port()
    (directory / "empty.toml").touch()
    command = [
        *(program, "--host", "127.0.0.1", "--port", str(port), "--sync-on-commit"),
        *("--config", str(directory / "empty.toml"), "--log-level", "WARNING"),
        *("--storage-path", str(directory / "store"), "--cache-size", "512M"),
    ]
    with _running(command, {}, directory / "database.log") as process:
        _wait_until_open(port, process)
        yield Process(f"mongodb://127.0.0.1:{port}/?directConnection=true", process.pid)


@contextmanager
def server(module: Sequence[str], settings: Mapping[str, str], log: Path) -> Iterator[Process]:
    """A Python module of ours that prints "ready: URL" once it serves, with these variables set."""
    command = [sys.executable, "-m", *module]
    with _running(command, settings, log, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - we asked for the pipe
        for line in process.stdout:
            if line.startswith(b"ready: "):
                yield Process(line.decode().split()[1], process.pid)
                return
        raise SystemExit(f"{' '.join(module)} did not start:\n{log.read_text()[-2000:]}")


@contextmanager
def _running(
    command: Sequence[str], settings: Mapping[str, str], log: Path, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    # what is set for somebody's own Rapport must not reach the one that is measured
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    with log.open("ab") as errors:
        process = subprocess.Popen(  # noqa: S603 - composed above
            command, env={**kept, **settings}, cwd=_ROOT, stdout=stdout or errors, stderr=errors
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The database did not start: see its log in the benchmark's directory.")
