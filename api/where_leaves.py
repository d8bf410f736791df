"""The single conditions of a filter, each from its input to what the domain knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.customer_filters import (
    MOST_VALUES,
    ConsentFilter,
    DateTimeFilter,
    IntFilter,
    StringFilter,
)
from api.customer_refs import ExternalIdInput
from api.refusals import forbidden
from consent import finding
from consent.purposes import PurposeTree
from customers.attributes import AttributeDefinition
from domain import contact
from domain.customer import external_key
from domain.durations import duration
from domain.errors import Invalid, invalid
from domain.personal import PiiClass
from domain.query import (
    All,
    AnyOf,
    Between,
    Exists,
    Field,
    HasAttribute,
    HasConsent,
    In,
    Not,
    StartsWith,
    Where,
)
from domain.text import folded
from enrichment.registry import Sources

LONGEST_TEXT: Final = 320
NOBODY: Final = AnyOf(())

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a filter is read by: the moment, the caller's scopes, and what its names stand for."""

    now: datetime
    may: Callable[[str], bool]
    tag_ids: Mapping[str, str]
    tiers: Sequence[str]
    definitions: Mapping[str, AttributeDefinition]
    purposes: PurposeTree
    sources: Sources

    def category(self, has: HasAttribute) -> PiiClass | None:
        """Which kind of personal data the attribute holds."""
        if has.enriched:
            offered = self.sources.fields.get(has.key)
            return offered.pii if offered is not None else PiiClass.DEMOGRAPHIC
        return self.definitions[has.key].pii_class

    def require(self, *scopes: str) -> None:
        """Raises a Refusal with the code FORBIDDEN unless the caller holds all of them."""
        missing = [scope for scope in scopes if not self.may(scope)]
        if missing:
            raise forbidden(missing)


Leaf = Callable[[Known, Any, Path], Where]
"""Reads one condition; raises Invalid at its path."""
Normal = Callable[[str, Path], str]


@dataclass(frozen=True, slots=True)
class Text:
    """A leaf over text: how a whole value and how the beginning of one get their normal form."""

    field: Field
    whole: Normal
    beginning: Normal

    def __call__(self, known: Known, given: StringFilter, path: Path) -> Where:
        parts: list[Where] = []
        if given.eq is not None:
            parts.append(In(self.field, (self.whole(given.eq, (*path, "eq")),)))
        if given.in_ is not None:
            few(given.in_, (*path, "in"))
            at = [(value, (*path, "in", str(n))) for n, value in enumerate(given.in_)]
            parts.append(In(self.field, tuple(self.whole(*each) for each in at)))
        if given.starts_with is not None:
            # letter by letter, whoever may guess beginnings reads the masked value
            known.require("pii:read")
            parts.append(self._beginning(given.starts_with, (*path, "startsWith")))
        if given.exists is not None:
            there = Exists(self.field)
            parts.append(there if given.exists else Not(there))
        return All(tuple(parts))

    def _beginning(self, text: str, path: Path) -> Where:
        prefix = self.beginning(text, path)
        if not prefix or len(prefix) > LONGEST_TEXT:
            message = f"A beginning has 1 to {LONGEST_TEXT} characters."
            raise invalid(path, "FILTER_INVALID", message)
        return StartsWith(self.field, prefix)


EMAIL: Final = Text(
    Field.EMAIL,
    lambda text, path: contact.email(text, *path).norm,
    lambda text, _: contact.email_prefix(text),
)
PHONE: Final = Text(
    Field.PHONE,
    lambda text, path: contact.international_phone(text, *path).norm,
    lambda text, path: contact.phone_prefix(text, *path),
)
FAMILY_NAME: Final = Text(Field.FAMILY_NAME, lambda t, _: folded(t), lambda t, _: folded(t))


def personal(leaf: Leaf) -> Leaf:
    """The same for callers with pii:read alone: who sees a value masked must not guess it.

    Equality of a contact is no guess: who asks for it knows the whole of it already.
    """

    def read(known: Known, given: Any, path: Path) -> Where:
        known.require("pii:read")
        return leaf(known, given, path)

    return read


def points(known: Known, given: IntFilter, path: Path) -> Where:
    parts: list[Where] = []
    if given.eq is not None:
        parts.append(In(Field.POINTS, (given.eq,)))
    if given.gte is not None or given.lte is not None:
        high = given.lte + 1 if given.lte is not None else None
        parts.append(Between(Field.POINTS, given.gte, high))
    return All(tuple(parts))


def instants(field: Field) -> Leaf:
    def read(known: Known, given: DateTimeFilter, path: Path) -> Where:
        parts: list[Where] = []
        if given.gte is not None or given.lt is not None:
            parts.append(Between(field, given.gte, given.lt))
        if given.within_last is not None:
            length = duration(given.within_last, *path, "withinLast")
            parts.append(Between(field, known.now - length, None))
        return All(tuple(parts))

    return read


def among(field: Field) -> Leaf:
    """Equals one of the values, which may be members of an enum."""

    def read(known: Known, given: Sequence[Any], path: Path) -> Where:
        few(given, path)
        return In(field, tuple(str(getattr(value, "value", value)) for value in given))

    return read


def external(known: Known, given: ExternalIdInput, path: Path) -> Where:
    return In(Field.EXTERNAL_ID, (external_key(given.read()),))


def consent(known: Known, given: ConsentFilter, path: Path) -> Where:
    purpose = known.purposes.find(given.purpose)
    if purpose is None:
        raise Invalid(known.purposes.unknown(*path, "purpose"))
    if given.channel is not None and given.channel not in purpose.channels:
        message = "The purpose does not have this channel: `purposes` lists those it has."
        raise invalid((*path, "channel"), "CHANNEL_NOT_OF_PURPOSE", message)
    if given.allowed is None and given.status is None:
        message = "Say what to filter by: allowed, status, or both."
        raise invalid(path, "FILTER_INCOMPLETE", message)
    parts: list[Where] = []
    if given.allowed is not None:
        may = finding.allowed(known.purposes, given.purpose, given.channel, known.now)
        parts.append(may if given.allowed else Not(may))
    if given.status is not None:
        statuses = frozenset(status.value for status in given.status)
        channel = given.channel.value if given.channel else None
        parts.append(HasConsent(given.purpose, channel, statuses, known.now))
    return All(tuple(parts))


def few(values: Sequence[object], path: Path) -> None:
    if len(values) > MOST_VALUES:
        raise invalid(path, "TOO_MANY", f"Give at most {MOST_VALUES} values.")
