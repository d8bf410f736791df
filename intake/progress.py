"""How far the import of a file has come, kept with the rows themselves in every commit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from domain.actor import Actor
from domain.personal import NotPersonal
from domain.work import Change


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them."""

    created: Annotated[int, NotPersonal] = 0
    updated: Annotated[int, NotPersonal] = 0
    unchanged: Annotated[int, NotPersonal] = 0
    refused: Annotated[int, NotPersonal] = 0

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.refused

    def plus(self, outcomes: Mapping[Outcome, int]) -> "Counts":
        """With so many rows more of each outcome."""
        return Counts(
            self.created + outcomes.get(Outcome.CREATED, 0),
            self.updated + outcomes.get(Outcome.UPDATED, 0),
            self.unchanged + outcomes.get(Outcome.UNCHANGED, 0),
            self.refused + outcomes.get(Outcome.REFUSED, 0),
        )


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """One file read in one way. Rows up to ``line`` are in; ``version`` 0 is not stored yet.

    ``id`` is a digest of the file's bytes and of the way it is read, so that the same file is
    recognised wherever it lies.
    """

    id: Annotated[str, NotPersonal]
    version: Annotated[int, NotPersonal]
    started_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    by: Actor
    line: Annotated[int, NotPersonal] = 0
    counts: Counts = Counts()
    finished_at: Annotated[datetime | None, NotPersonal] = None

    def further(self, line: int, counts: Counts, at: datetime) -> "ImportProgress":
        """The same import after more rows."""
        return replace(self, version=self.version + 1, updated_at=at, line=line, counts=counts)

    def finished(self, at: datetime) -> "ImportProgress":
        """The same import, read to its end."""
        return replace(self, version=self.version + 1, updated_at=at, finished_at=at)

    def anew(self, at: datetime, by: Actor) -> "ImportProgress":
        """The same file once more from its first row; what was not finished is still one run."""
        started_at = at if self.finished_at else self.started_at
        return ImportProgress(self.id, self.version, started_at, at, by)


@dataclass(frozen=True, slots=True)
class SaveImport(Change):
    """Moves an import on; Stale (Taken where it is new) if another run has moved it meanwhile."""

    before: ImportProgress
    after: ImportProgress


class Imports(Protocol):
    """The imports there have been."""

    async def get(self, import_id: str) -> ImportProgress | None:
        """How far this one has come, None where it was never begun."""
        ...
