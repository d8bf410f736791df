"""Purposes in the schema: what data may be used for."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import strawberry

from api.consent_inputs import PurposeKey
from api.context import Info
from api.fields import field
from api.level import Node
from api.scalars import LocaleTag
from consent import records
from consent.purposes import PurposeTree, purpose_id
from consent.records import Channel, LawfulBasis

Language = Annotated[
    LocaleTag | None,
    strawberry.argument(description="The language to read it in; English where it lacks it."),
]


@strawberry.type(description="Something that data may be used for; purposes form a tree.")
class Purpose(Node):
    record: strawberry.Private[records.Purpose]
    tree: strawberry.Private[PurposeTree]
    key: PurposeKey = strawberry.field(
        description="Its name in programs; a dot leads one step down the tree."
    )
    allowed_bases: list[LawfulBasis] = strawberry.field(
        description="The lawful bases it may rest on."
    )
    channels: list[Channel] = strawberry.field(
        description="Where it may be allowed one by one; empty where only as a whole."
    )
    double_opt_in: bool = strawberry.field(
        description="Whether a yes counts only once it was confirmed."
    )
    active: bool = strawberry.field(description="Whether it is in use; otherwise nothing is.")

    @field("What to call it on a screen.")
    def title(self, locale: Language = None) -> str:
        return self.record.title.read_in(locale)

    @field("The purpose above: a refusal of it covers this one, a yes does not.")
    def parent(self) -> "Purpose | None":
        above = self.tree.find(self.record.parent) if self.record.parent else None
        return Purpose.of(above, self.tree) if above else None

    @field("The purposes directly below.", list_size=5)
    def children(self) -> "list[Purpose]":
        return [Purpose.of(below, self.tree) for below in self.tree.children(self.record.key)]

    @classmethod
    def of(cls, record: records.Purpose, tree: PurposeTree) -> "Purpose":
        return cls(
            id=strawberry.ID(purpose_id(record.key)),
            record=record,
            tree=tree,
            key=PurposeKey(record.key),
            allowed_bases=sorted(record.allowed_bases),
            channels=sorted(record.channels),
            double_opt_in=record.double_opt_in,
            active=record.active,
        )


@strawberry.type
class PurposeQueries:
    @field("What data may be used for; parents before their children.", list_size=10)
    async def purposes(self, info: Info) -> list[Purpose]:
        tree = await info.context.services.consents.tree()
        return [Purpose.of(purpose, tree) for purpose in tree]


async def purposes_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, Any]:
    """Purposes as ``node`` finds them."""
    tree = await info.context.services.consents.tree()
    found = {id_: tree.with_id(id_) for id_ in ids}
    return {id_: Purpose.of(purpose, tree) for id_, purpose in found.items() if purpose}
