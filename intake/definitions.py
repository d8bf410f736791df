"""Custom attributes that a kind of file brings along, defined before its first row is taken in."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.attributes import AttributeDefinition, AttributeDefinitions
from customers.defining import AttributeService, DefinitionDraft
from domain.ids import AttributeDefinitionId
from domain.ports import Clock, Ids
from domain.work import Change, Decision


@dataclass(frozen=True, slots=True)
class Planned:
    """The definitions there are and those to come, so that a dry run knows them too."""

    stored: AttributeDefinitions
    planned: tuple[AttributeDefinition, ...]

    async def all(self) -> Sequence[AttributeDefinition]:
        found = {definition.key: definition for definition in self.planned}
        found |= {definition.key: definition for definition in await self.stored.all()}
        return [found[key] for key in sorted(found)]

    async def get_many(
        self, wanted: Sequence[AttributeDefinitionId]
    ) -> dict[AttributeDefinitionId, AttributeDefinition]:
        return await self.stored.get_many(wanted)

    async def by_keys(self, keys: Sequence[str]) -> dict[str, AttributeDefinition]:
        return {d.key: d for d in await self.all() if d.key in keys}


async def planned(
    stored: AttributeDefinitions, drafts: Sequence[DefinitionDraft], clock: Clock, ids: Ids
) -> Decision[Planned]:
    """The changes that define what is not defined yet; a definition of the shop's own stays."""
    # one look for all of it: another import may define the same between two
    present = _Present(await stored.all() if drafts else ())
    known = await present.by_keys([draft.key for draft in drafts])
    service = AttributeService(present, clock, ids)
    missing = [draft for draft in drafts if draft.key not in known]
    decisions = [await service.save(None, draft) for draft in missing]
    changes: list[Change] = [change for decision in decisions for change in decision.changes]
    return Decision(Planned(stored, tuple(d.value for d in decisions)), tuple(changes))


@dataclass(frozen=True, slots=True)
class _Present:
    """The definitions there were at one moment."""

    definitions: Sequence[AttributeDefinition]

    async def all(self) -> Sequence[AttributeDefinition]:
        return self.definitions

    async def get_many(
        self, wanted: Sequence[AttributeDefinitionId]
    ) -> dict[AttributeDefinitionId, AttributeDefinition]:
        return {each.id: each for each in self.definitions if each.id in wanted}

    async def by_keys(self, keys: Sequence[str]) -> dict[str, AttributeDefinition]:
        return {each.key: each for each in self.definitions if each.key in keys}
