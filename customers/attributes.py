"""Custom attributes: what a shop may add to a profile, each by a definition that types it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol

from customers import values
from customers.drafts import AttributeDraft
from customers.values import AttributeType
from domain.customer import Attribute, AttributeValue
from domain.errors import invalid
from domain.ids import AttributeDefinitionId
from domain.issues import Issues
from domain.personal import NotPersonal, PiiClass
from domain.work import Change

MOST_DEFINITIONS: Final = 500
MOST_A_CUSTOMER: Final = 100


@dataclass(frozen=True, slots=True)
class AttributeDefinition:
    """The type of an attribute and who may read it.

    Values with a ``pii_class`` are personal: masked without ``pii:read``. ``required_scope`` is a
    scope that a reader needs besides. ``options`` are the values of an ENUM, in their order. A
    ``unique`` value belongs to one customer at a time; as with key and type, that never changes.
    """

    id: Annotated[AttributeDefinitionId, NotPersonal]
    version: Annotated[int, NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    key: Annotated[str, NotPersonal]
    type: Annotated[AttributeType, NotPersonal]
    label: Annotated[str, NotPersonal]
    filterable: Annotated[bool, NotPersonal] = False
    unique: Annotated[bool, NotPersonal] = False
    pii_class: Annotated[PiiClass | None, NotPersonal] = None
    required_scope: Annotated[str | None, NotPersonal] = None
    options: Annotated[tuple[str, ...], NotPersonal] = ()


@dataclass(frozen=True, slots=True)
class CreateDefinition(Change):
    """Adds the definition; Stale where its key has just been taken."""

    definition: AttributeDefinition


@dataclass(frozen=True, slots=True)
class SaveDefinition(Change):
    """Replaces ``before`` by ``after``; Stale where the stored version is not ``before``'s."""

    before: AttributeDefinition
    after: AttributeDefinition


class AttributeDefinitions(Protocol):
    """Every definition; never more than MOST_DEFINITIONS."""

    async def all(self) -> Sequence[AttributeDefinition]:
        """All of them, by key; one query."""
        ...

    async def get_many(
        self, wanted: Sequence[AttributeDefinitionId]
    ) -> dict[AttributeDefinitionId, AttributeDefinition]:
        """Those that exist, by id; one query."""
        ...

    async def by_keys(self, keys: Sequence[str]) -> dict[str, AttributeDefinition]:
        """Those that exist, by key; one query."""
        ...


def scopes_to_read(definition: AttributeDefinition) -> tuple[str, ...]:
    """What a caller needs to read the values."""
    personal = ("pii:read",) if definition.pii_class is not None else ()
    return (*personal, *([definition.required_scope] if definition.required_scope else ()))


def typed(definition: AttributeDefinition, value: object, *path: str) -> AttributeValue:
    """What is stored for a JSON value; raises Invalid at ``path`` where the type is another."""
    return values.read(definition.type, definition.options, value, *path)


def held(definition: AttributeDefinition, value: object, *path: str) -> Attribute:
    """What a customer has with this JSON value; raises as ``typed`` does."""
    return Attribute(definition.key, typed(definition, value, *path), definition.unique)


def json_value(definition: AttributeDefinition, stored: AttributeValue) -> object:
    """The JSON value that was given to ``typed``, in its canonical form."""
    return values.shown(definition.type, stored)


def display(
    definition: AttributeDefinition, stored: AttributeValue, locale: str | None = None
) -> str:
    """The value as a person reads it, in the language of ``locale`` where that matters."""
    return values.spoken(definition.type, stored, locale)


async def typed_attributes(
    definitions: AttributeDefinitions,
    current: Sequence[Attribute],
    drafts: Sequence[AttributeDraft],
) -> tuple[Attribute, ...]:
    """The attributes after a patch, see ``patched``; one query, none where nothing is patched."""
    if not drafts:
        return tuple(current)
    known = await definitions.by_keys([draft.key for draft in drafts])
    return patched(current, drafts, known)


def patched(
    current: Sequence[Attribute],
    drafts: Sequence[AttributeDraft],
    definitions: Mapping[str, AttributeDefinition],
) -> tuple[Attribute, ...]:
    """The attributes after a patch, by key; None clears, what is not named stays.

    Raises Invalid with every problem, each at ("attributes", place in the patch, field).
    """
    issues, after, seen = Issues(), {a.key: a for a in current}, set[str]()
    for place, draft in enumerate(drafts):
        with issues.collect("attributes", str(place)):
            _require_new(draft.key, seen)
            definition = _defined(draft.key, definitions)
            after.pop(draft.key, None)
            if draft.value is not None:
                after[draft.key] = held(definition, draft.value, "value")
    if len(after) > MOST_A_CUSTOMER:
        message = f"A customer has at most {MOST_A_CUSTOMER} attributes: clear some first."
        issues.add(("attributes",), "TOO_MANY", message)
    issues.raise_any()
    return tuple(after[key] for key in sorted(after))


def _require_new(key: str, seen: set[str]) -> None:
    if key in seen:
        raise invalid(("key",), "DUPLICATE", "This key is named twice: say once what it becomes.")
    seen.add(key)


def _defined(key: str, definitions: Mapping[str, AttributeDefinition]) -> AttributeDefinition:
    if key not in definitions:
        message = "There is no attribute of this key: define it with attributeDefinitionSave."
        raise invalid(("key",), "ATTRIBUTE_UNKNOWN", message)
    return definitions[key]
