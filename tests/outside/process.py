"""The server as a process of its own, and the commands beside it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Rapport:
    """A running server: its URL without a path, and how to reach it from a shell."""

    url: str
    process: subprocess.Popen[str]
    environment: Mapping[str, str]

    def key(self, *scopes: str, role: str | None = None) -> str:
        """A new API key, made as an operator makes one."""
        which = ["--role", role] if role else ["--scopes", ",".join(scopes)]
        made = command(self.environment, "keys", "create", "--label", "a partner", *which)
        return made.stdout.strip()


def environment(**settings: str) -> dict[str, str]:
    """The shell's own without settings of ours, and these."""
    outer = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return {**outer, **{f"RAPPORT_{name.upper()}": value for name, value in settings.items()}}


def command(env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`rapport` with these words, run to its end."""
    line = [sys.executable, "-m", "api", *words]
    return subprocess.run(line, env=env, cwd=ROOT, text=True, capture_output=True, check=True)  # noqa: S603 - ours


@contextmanager
def serving(env: Mapping[str, str], log: Path, *words: str) -> Iterator[Rapport]:
    """`rapport serve` on a free port, from its ready line until the end of the block."""
    line = [sys.executable, "-m", "api", "serve", "--port", "0", *words]
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - ours
            line, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=errors
        )
    try:
        yield Rapport(_ready(process, log), process, env)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def _ready(process: subprocess.Popen[str], log: Path) -> str:
    for line in process.stdout or ():
        if line.startswith("ready: "):
            return line.removeprefix("ready: ").strip().removesuffix("/graphql")
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
