"""What data may be used for: purposes as data, in a tree by their dotted keys."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from consent.records import Channel, LawfulBasis, Purpose
from domain.errors import Issue
from domain.ids import PURPOSE, typed
from domain.wording import Localised, Translation
from domain.work import Change, Decision

_ASKED: Final = frozenset({LawfulBasis.CONSENT, LawfulBasis.EXPLICIT_CONSENT})
_NEWSLETTER: Final = frozenset({Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.MESSENGER})


def ancestors(key: str) -> tuple[str, ...]:
    """The keys above, nearest first: ``a.b.c`` lies below ``a.b``, which lies below ``a``."""
    parts = key.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def _title(text: str, german: str, ukrainian: str) -> Localised:
    return Localised(text, (Translation("de", german), Translation("uk", ukrainian)))


_TITLES: Final = {
    "service": _title("Orders and service", "Bestellungen und Service", "Замовлення й підтримка"),
    "marketing": _title("Marketing", "Werbung", "Маркетинг"),
    "marketing.newsletter": _title("Newsletter", "Newsletter", "Розсилка новин"),
    "profiling": _title(
        "Personal recommendations", "Persönliche Empfehlungen", "Персональні рекомендації"
    ),
    "enrichment": _title("Data from partners", "Daten von Partnern", "Дані від партнерів"),
}


def _start(key: str, bases: frozenset[LawfulBasis], channels: Iterable[Channel] = ()) -> Purpose:
    parent = next(iter(ancestors(key)), None)
    return Purpose(key, _TITLES[key], bases, frozenset(channels), parent)


# Soft opt-in and legitimate interest are absent on purpose: they hold only with evidence (an
# order, a balancing test) that records do not carry yet.
START: Final = (
    _start("service", frozenset({LawfulBasis.CONTRACT}), Channel),
    _start("marketing", _ASKED, Channel),
    _start("marketing.newsletter", _ASKED, _NEWSLETTER),
    _start("profiling", _ASKED),
    _start("enrichment", _ASKED),
)
"""The purposes a new database starts with."""


@dataclass(frozen=True, slots=True)
class SeedPurposes(Change):
    """Adds those that are not there yet; one with the same key is left as it is."""

    purposes: tuple[Purpose, ...]


def seeding() -> Decision[tuple[Purpose, ...]]:
    """Makes sure of the purposes of the start; deciding so again changes nothing."""
    return Decision(START, (SeedPurposes(START),))


class Purposes(Protocol):
    """Every purpose there is, the inactive ones too."""

    async def all(self) -> Sequence[Purpose]: ...


@dataclass(frozen=True, slots=True)
class PurposeTree:
    """The purposes at one moment; iterates in order of their keys, parents before children."""

    purposes: tuple[Purpose, ...]
    _by_key: dict[str, Purpose] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.purposes, key=lambda purpose: purpose.key))
        object.__setattr__(self, "purposes", ordered)
        object.__setattr__(self, "_by_key", {purpose.key: purpose for purpose in ordered})

    def __iter__(self) -> Iterator[Purpose]:
        return iter(self.purposes)

    def find(self, key: str) -> Purpose | None:
        """The purpose with this key, None where there is none."""
        return self._by_key.get(key)

    def with_id(self, wanted: str) -> Purpose | None:
        """The purpose with this id (see ``purpose_id``), None where there is none."""
        return next((each for each in self.purposes if purpose_id(each.key) == wanted), None)

    def children(self, key: str) -> tuple[Purpose, ...]:
        """The purposes directly below."""
        return tuple(purpose for purpose in self.purposes if purpose.parent == key)

    def unknown(self, *path: str) -> Issue:
        """What to tell somebody who named a purpose that is not there."""
        known = ", ".join(purpose.key for purpose in self.purposes if purpose.active)
        message = f"There is no such purpose in use: name one of {known}."
        return Issue(path, "PURPOSE_UNKNOWN", message)


def purpose_id(key: str) -> str:
    """The id of the purpose with this key: a TypeID over a UUIDv8 (RFC 9562, 5.8) of its hash."""
    digest = int.from_bytes(hashlib.sha256(f"purpose:{key}".encode()).digest()[:16])
    return typed(PURPOSE, digest & ~(0xF << 76) & ~(3 << 62) | 8 << 76 | 2 << 62)
