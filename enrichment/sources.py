"""What a source of attributes must say about itself, be asked, and answer."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Protocol

from domain.customer import AttributeValue
from domain.ids import SOURCE, typed
from domain.personal import Contact, Demographic, NotPersonal
from enrichment.keys import AcceptedKey, KeyKind, MatchKey, labelled
from enrichment.values import EnrichedField

PURPOSE: Final = "enrichment"
"""What a source is asked for, unless its configuration says otherwise."""


class Trust(StrEnum):
    """How a source knows what it says, most trusted first. First-party values are the customer's.

    DECLARED: the person said so elsewhere. PARTNER: another company observed or bought it.
    INFERRED: computed from what is known, such as the country of a number.
    """

    DECLARED = "DECLARED"
    PARTNER = "PARTNER"
    INFERRED = "INFERRED"


@dataclass(frozen=True, slots=True)
class SourceCapability:
    """What a source offers, to whom it may be asked and on what terms.

    ``region`` is where keys travel to (ISO 3166-1 alpha-2); None: they never leave the process.
    ``calibration`` turns the source's own score into a confidence from 0 to 1; a score it does
    not name counts as ``default_confidence``. ``ttl`` is how long a value stays good, None for
    ever. ``plain_keys`` permits whole addresses and numbers. ``timeout`` bounds one call.
    """

    key: str
    name: str
    licence: str
    version: str
    accepts: tuple[AcceptedKey, ...]
    fields: tuple[EnrichedField, ...]
    trust: Trust
    purpose: str = PURPOSE
    region: str | None = None
    plain_keys: bool = False
    calibration: Mapping[str, float] = field(default_factory=dict[str, float])
    default_confidence: float = 0.5
    ttl: timedelta | None = None
    max_batch: int = 1_000
    timeout: timedelta = timedelta(seconds=60)

    @property
    def id(self) -> str:
        """A TypeID that follows from the key, the same in every process."""
        return source_id(self.key)

    def offered(self) -> Mapping[str, EnrichedField]:
        return {offered.key: offered for offered in self.fields}

    def confidence(self, score: str) -> float:
        return self.calibration.get(score, self.default_confidence)


def source_id(key: str) -> str:
    """The id of the source of this key, configured or not."""
    return typed(SOURCE, int.from_bytes(hashlib.sha256(key.encode()).digest()[:16]))


class Outcome(StrEnum):
    """What a source answered about one person."""

    MATCH = "MATCH"
    MISS = "MISS"
    AMBIGUOUS = "AMBIGUOUS"
    REJECTED = "REJECTED"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class MatchRequest:
    """One person, known to the source by these keys only, and the attributes wanted."""

    keys: tuple[MatchKey, ...]
    attributes: frozenset[str]


@dataclass(frozen=True, slots=True)
class MatchedOn:
    kind: Annotated[KeyKind, NotPersonal]
    recipe: Annotated[str | None, NotPersonal] = None

    @property
    def label(self) -> str:
        """As people read it: ``EMAIL_HASH (lower_trim.v1)``."""
        return labelled(self.kind, self.recipe)


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The answer to one request. ``record`` names the source's own record, never a contact.

    ``score`` is the source's own word for its certainty. ``explanation`` is safe to log: it
    names columns and kinds, never a value.
    """

    outcome: Annotated[Outcome, NotPersonal]
    values: Annotated[Mapping[str, AttributeValue], Demographic] = field(
        default_factory=dict[str, AttributeValue], repr=False
    )
    record: Annotated[str, Contact] = field(default="", repr=False)
    matched_on: tuple[MatchedOn, ...] = ()
    score: Annotated[str, NotPersonal] = ""
    observed_at: Annotated[datetime | None, NotPersonal] = None
    explanation: Annotated[tuple[str, ...], NotPersonal] = ()


class Misconfigured(Exception):
    """A source cannot work as it is configured; the text says what to change and where."""


class Source(Protocol):
    """An outside source, batch first. It is asked only after consent has been decided."""

    @property
    def capability(self) -> SourceCapability: ...

    async def check(self) -> None:
        """Whether it could be asked now; raises Misconfigured. Called when the server starts."""

    async def match(self, requests: Sequence[MatchRequest]) -> Sequence[MatchResult]:
        """One result per request, in their order."""
        ...

    async def aclose(self) -> None:
        """Frees what it holds; it may be called more than once."""
