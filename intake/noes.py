"""Every no of a file, heard before its first row is taken in: a no counts wherever it stands.

Kept in a private file of SQLite, since a file may hold more people than memory does. Nothing of it
outlives the run: it is heard again from the file itself, which an interrupted import needs anyway.
"""

import errno
import hashlib
import sqlite3
import tempfile
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from consent.records import Channel
from consent.reducing import REFUSALS
from customers.drafts import CustomerDraft
from intake.matching import Identity, strongest

Lane = tuple[str, Channel | None]
"""A purpose and a channel of it; None stands for every channel."""

_MEMORY_KIB: Final = 32_768
_SETTINGS: Final = (
    f"PRAGMA cache_size = -{_MEMORY_KIB}",
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "BEGIN",
    "CREATE TABLE noes (person BLOB, lane INTEGER)",
)
_SORTED: Final = "CREATE INDEX IF NOT EXISTS by_person ON noes (person, lane)"
_ABOUT: Final = "SELECT person, lane FROM noes WHERE person IN ({})"
_AT_ONCE: Final = 500
"""Variables of a query, of which some builds of SQLite allow 999."""


def _private() -> sqlite3.Connection:
    # "" is a file that has no name, begins once memory is used up, and is gone with its process
    said = sqlite3.connect("", isolation_level=None)
    for setting in _SETTINGS:
        said.execute(setting)
    return said


@dataclass(frozen=True, slots=True)
class Noes:
    """Who said no to what. Whom a row is about says its strongest identity, as for the row itself.

    A no counts even where its row is refused: it was said. To be closed.
    """

    _said: sqlite3.Connection = field(default_factory=_private)
    _lanes: dict[Lane, int] = field(default_factory=dict[Lane, int])

    def hear(self, drafts: Iterable[CustomerDraft]) -> None:
        """Remembers every no of these rows; raises OSError where there is no room for it."""
        rows = [row for draft in drafts for row in self._rows(draft)]
        with _room():
            self._said.executemany("INSERT INTO noes VALUES (?, ?)", rows)

    def about(self, identities: Collection[Identity]) -> dict[Identity, frozenset[Lane]]:
        """What was refused in the rows of each of these, where anything was; OSError as above."""
        # sorted once, when all are in: sorting them in one by one takes hours for a million
        with _room():
            self._said.execute(_SORTED)
        people = {_person(identity): identity for identity in identities}
        found: dict[Identity, frozenset[Lane]] = {}
        lanes = list(self._lanes)
        for some in _few(list(people)):
            query = _ABOUT.format(", ".join("?" * len(some)))
            for person, number in self._said.execute(query, some).fetchall():
                identity = people[person]
                found[identity] = found.get(identity, frozenset()) | {lanes[number]}
        return found

    def close(self) -> None:
        """Forgets everything."""
        self._said.close()

    def _rows(self, draft: CustomerDraft) -> Iterator[tuple[bytes, int]]:
        noes = [act for act in draft.consents if act.status in REFUSALS]
        # normalising a contact costs more than all the rest: only where there is a no
        who = strongest(draft) if noes else None
        if who is not None:
            person = _person(who)
            for no in noes:
                lane = no.purpose, no.channel
                yield person, self._lanes.setdefault(lane, len(self._lanes))


@contextmanager
def _room() -> Generator[None]:
    try:
        yield
    except sqlite3.OperationalError as problem:
        reason = "no room for what the file says about consent"
        raise OSError(errno.ENOSPC, reason, tempfile.gettempdir()) from problem


def _person(identity: Identity) -> bytes:
    """As long for everybody; no secret, since the file that it is from says it in clear."""
    kind, norm = identity
    return hashlib.blake2b(f"{kind.value}\0{norm}".encode(), digest_size=16).digest()


def _few(people: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (people[start : start + _AT_ONCE] for start in range(0, len(people), _AT_ONCE))
