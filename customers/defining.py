"""What a shop decides about its custom attributes: new definitions and changed ones."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from customers.attributes import (
    MOST_DEFINITIONS,
    AttributeDefinition,
    AttributeDefinitions,
    CreateDefinition,
    SaveDefinition,
    scopes_to_read,
)
from customers.values import NEVER_UNIQUE, AttributeType
from domain import ids
from domain.access import SCOPES
from domain.errors import InvalidState, LimitExceeded, NotFound, invalid
from domain.ids import AttributeDefinitionId
from domain.issues import Issues
from domain.personal import PiiClass
from domain.ports import Clock, Ids
from domain.wording import line
from domain.work import Decision

_MOST_OPTIONS: Final = 200
_LONGEST_LABEL: Final = 100
_KEY: Final = re.compile(r"[a-z][a-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """A definition as a caller describes it, not yet checked."""

    key: str
    type: AttributeType
    label: str
    filterable: bool = False
    unique: bool = False
    pii_class: PiiClass | None = None
    required_scope: str | None = None
    options: tuple[str, ...] = ()


class AttributeService:
    """What a shop decides about its attributes."""

    def __init__(self, definitions: AttributeDefinitions, clock: Clock, new_id: Ids) -> None:
        self._definitions = definitions
        self._clock = clock
        self._new_id = new_id

    async def save(
        self,
        definition_id: AttributeDefinitionId | None,
        draft: DefinitionDraft,
        allow: Callable[[Sequence[str]], None] = lambda _: None,
    ) -> Decision[AttributeDefinition]:
        """A new definition, or a changed one; key, type and uniqueness stay as they were made.

        ``allow`` raises for scopes that the caller lacks: who may read the values is changed by
        those alone who may read them.

        Raises Invalid, NotFound, InvalidState where the type (or the set of options) would no
        longer fit the values there are, LimitExceeded beyond MOST_DEFINITIONS.
        """
        _check(draft)
        if definition_id is None:
            return await self._create(draft)
        before = (await self._definitions.get_many([definition_id])).get(definition_id)
        if before is None:
            raise NotFound("attribute definition", ("id",))
        _require_compatible(before, draft)
        if (draft.pii_class, draft.required_scope) != (before.pii_class, before.required_scope):
            allow(scopes_to_change(before))
        after = self._drawn(before, draft)
        return Decision(after, (SaveDefinition(before, after),))

    async def _create(self, draft: DefinitionDraft) -> Decision[AttributeDefinition]:
        present = await self._definitions.all()
        if any(definition.key == draft.key for definition in present):
            message = "There is an attribute of this key already: change it by its id."
            raise invalid(("key",), "KEY_TAKEN", message)
        if len(present) >= MOST_DEFINITIONS:
            message = f"There are {MOST_DEFINITIONS} attributes already, which is the most."
            raise LimitExceeded(message, limit=MOST_DEFINITIONS)
        now = self._clock()
        new_id = AttributeDefinitionId(self._new_id(ids.ATTRIBUTE_DEFINITION))
        blank = AttributeDefinition(new_id, 0, now, now, draft.key, draft.type, draft.label)
        definition = self._drawn(blank, draft)
        return Decision(definition, (CreateDefinition(definition),))

    def _drawn(self, before: AttributeDefinition, draft: DefinitionDraft) -> AttributeDefinition:
        return replace(
            before,
            version=before.version + 1,
            updated_at=self._clock(),
            label=draft.label.strip(),
            filterable=draft.filterable,
            unique=draft.unique,
            pii_class=draft.pii_class,
            required_scope=draft.required_scope,
            options=draft.options,
        )


def _check(draft: DefinitionDraft) -> None:
    """Raises Invalid with every problem of the draft."""
    issues = Issues()
    if not _KEY.fullmatch(draft.key):
        message = "A key is 1 to 64 of a-z, 0-9, _ . - and starts with a letter."
        issues.add(("key",), "KEY_INVALID", message)
    with issues.collect():
        line(draft.label, _LONGEST_LABEL, "label")
    if draft.required_scope is not None and draft.required_scope not in SCOPES:
        message = f"There is no such scope: the scopes are {', '.join(SCOPES)}."
        issues.add(("requiredScope",), "SCOPE_UNKNOWN", message)
    if draft.unique and draft.type in NEVER_UNIQUE:
        message = f"Values of the types {' and '.join(sorted(NEVER_UNIQUE))} are never unique."
        issues.add(("unique",), "UNIQUE_INVALID", message)
    _check_options(draft, issues)
    issues.raise_any()


def _check_options(draft: DefinitionDraft, issues: Issues) -> None:
    if (draft.type is AttributeType.ENUM) is not bool(draft.options):
        message = "An ENUM has at least one option, every other type has none."
        issues.add(("options",), "OPTIONS_INVALID", message)
    if len(set(draft.options)) < len(draft.options) or len(draft.options) > _MOST_OPTIONS:
        message = f"Options are different from each other and at most {_MOST_OPTIONS}."
        issues.add(("options",), "OPTIONS_INVALID", message)
    for place, option in enumerate(draft.options):
        with issues.collect("options", str(place)):
            line(option, _LONGEST_LABEL)


def scopes_to_change(before: AttributeDefinition) -> tuple[str, ...]:
    """What it takes to change who may read the values: to read personal data, and them."""
    return tuple(dict.fromkeys(("pii:read", *scopes_to_read(before))))


def _require_compatible(before: AttributeDefinition, draft: DefinitionDraft) -> None:
    """Values that are stored must stay values of the definition."""
    if draft.key != before.key:
        message = "The key of an attribute cannot change: values are kept under it."
        raise invalid(("key",), "KEY_FIXED", message)
    if draft.type is not before.type:
        raise InvalidState(
            "The type of an attribute cannot change: define another attribute and move the values.",
            state=before.type.value,
            allowed=[before.type.value],
        )
    if draft.unique is not before.unique:
        # customers claim their values when they are written, nobody claims those that are there
        message = (
            f"This attribute was made with `unique: {str(before.unique).lower()}`, which stays: "
            "define another attribute and move the values."
        )
        raise invalid(("unique",), "UNIQUE_FIXED", message)
    if missing := [option for option in before.options if option not in draft.options]:
        message = f"Options can be added, not taken away: keep {', '.join(missing)}."
        raise invalid(("options",), "OPTION_IN_USE", message)
