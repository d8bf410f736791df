"""Typed, prefixed ids: TypeID 0.3 (prefix, underscore, base32 of a UUIDv7), sortable by time."""

import re
from functools import lru_cache
from typing import Final, NewType

CustomerId = NewType("CustomerId", str)
TagId = NewType("TagId", str)
NoteId = NewType("NoteId", str)
ConsentRecordId = NewType("ConsentRecordId", str)
PointsEntryId = NewType("PointsEntryId", str)
TierId = NewType("TierId", str)
AttributeDefinitionId = NewType("AttributeDefinitionId", str)
EnrichedId = NewType("EnrichedId", str)
RunId = NewType("RunId", str)
KeyId = NewType("KeyId", str)
FactId = NewType("FactId", str)

CUSTOMER: Final = "cus"
TAG: Final = "tag"
NOTE: Final = "note"
ADDRESS: Final = "adr"
CONSENT_RECORD: Final = "con"
PURPOSE: Final = "pur"
POINTS_ENTRY: Final = "pts"
LOYALTY_ACCOUNT: Final = "loy"
TIER: Final = "tier"
ATTRIBUTE_DEFINITION: Final = "att"
ENRICHED: Final = "enr"
RUN: Final = "run"
SOURCE: Final = "src"
KEY: Final = "key"
FACT: Final = "evt"
ACCESS: Final = "acc"

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS: Final = tuple(high + low for high in _ALPHABET for low in _ALPHABET)
_SUFFIX_LENGTH: Final = 26
_DIGITS: Final = bytes(ord(_ALPHABET[byte & 31]) for byte in range(256))
_VERSION: Final = bytes(0b01110 | byte & 0b00001 for byte in range(256))
_VARIANT: Final = bytes(0b01000 | byte & 0b10011 for byte in range(256))
_SHAPE: Final = re.compile(r"(?P<prefix>[a-z]{2,8})_(?P<suffix>[0-7][0-9a-hjkmnp-tv-z]{25})")


def typed(prefix: str, value: int) -> str:
    """The TypeID of a 128-bit UUID value."""
    # two digits at a time and no loop: every write makes several ids
    two, v = _PAIRS, value
    return (
        f"{prefix}_{two[v >> 120]}{two[v >> 110 & 1023]}{two[v >> 100 & 1023]}"
        f"{two[v >> 90 & 1023]}{two[v >> 80 & 1023]}{two[v >> 70 & 1023]}"
        f"{two[v >> 60 & 1023]}{two[v >> 50 & 1023]}{two[v >> 40 & 1023]}"
        f"{two[v >> 30 & 1023]}{two[v >> 20 & 1023]}{two[v >> 10 & 1023]}{two[v & 1023]}"
    )


def uuid7(*, milliseconds: int, randomness: int) -> int:
    """A UUIDv7 (RFC 9562, 5.7) as an integer: 48 bits of Unix time in ms, then 74 random bits."""
    high = (randomness >> 62) & 0xFFF
    low = randomness & ((1 << 62) - 1)
    return (milliseconds & ((1 << 48) - 1)) << 80 | 7 << 76 | high << 64 | 2 << 62 | low


UUID7_TAIL: Final = 16
"""So many digits of a UUIDv7, and bytes of chance for them, stand behind the ten of its time."""


# most ids are of the same millisecond as the one before
@lru_cache(maxsize=1)
def uuid7_head(milliseconds: int) -> str:
    """The digits of the time, which end where a digit ends."""
    two, v = _PAIRS, milliseconds
    return (
        f"{two[v >> 40]}{two[v >> 30 & 1023]}{two[v >> 20 & 1023]}"
        f"{two[v >> 10 & 1023]}{two[v & 1023]}"
    )


def uuid7_tails(randomness: bytes) -> list[str]:
    """The digits behind the time of as many UUIDv7 as there is chance for, five bits of a byte."""
    drawn = bytearray(randomness)
    drawn[0::UUID7_TAIL] = drawn[0::UUID7_TAIL].translate(_VERSION)
    drawn[3::UUID7_TAIL] = drawn[3::UUID7_TAIL].translate(_VARIANT)
    digits = drawn.translate(_DIGITS).decode()
    return [digits[at : at + UUID7_TAIL] for at in range(0, len(digits), UUID7_TAIL)]


def prefix_of(value: str) -> str | None:
    """The prefix of a well-formed id, None for anything else."""
    found = _SHAPE.fullmatch(value)
    return found["prefix"] if found else None


def suffix_of(value: str) -> str:
    """The 26 characters behind the prefix."""
    return value[-_SUFFIX_LENGTH:]


def sibling(value: str, prefix: str) -> str:
    """The id of another kind with the same suffix: a customer and their loyalty account."""
    return f"{prefix}_{suffix_of(value)}"
