"""A tag in the schema, and how many customers carry it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry

from api.context import Context
from api.fields import attribute, field
from api.level import Node
from api.pages import MOST_COUNTED, Count
from api.scalars import Instant, LocaleTag
from api.versions import Versioned
from customers import tags
from domain.ids import TagId

Locale = Annotated[
    LocaleTag | None,
    strawberry.argument(description="The reader's language; the shop's own text if left out."),
]


class TagCounts:
    """Counts customers for all tags of one list in one command, when the first of them is asked."""

    def __init__(self, context: Context, tag_ids: Sequence[TagId]) -> None:
        self._services = context.services
        self._tag_ids = tag_ids
        self._lock = asyncio.Lock()
        self._counted: Mapping[TagId, int] | None = None

    async def of(self, tag_id: TagId) -> Count:
        """How many carry the tag, as far as MOST_COUNTED."""
        async with self._lock:
            if self._counted is None:
                now = self._services.clock()
                self._counted = await self._services.tag_definitions.customer_counts(
                    self._tag_ids, now, MOST_COUNTED
                )
        return Count.of(self._counted[tag_id], MOST_COUNTED)


@strawberry.type(description="A word the shop sorts its customers by.")
class Tag(Node, Versioned):
    record: strawberry.Private[tags.Tag]
    counts: strawberry.Private[TagCounts]
    key: str = attribute("What programs call it: lower-case letters, digits and - _ . :")
    color: str | None = attribute("The colour to show it in, #rrggbb.")
    description: str | None = attribute("What it is for.")
    group: str | None = attribute("Tags of one group belong together.")
    sensitive: bool = attribute("Whether only callers with pii:read see it.")
    deleting: bool = attribute(
        "Whether it is being taken off its customers; calling tagDelete again finishes that."
    )

    @field("What people call it.")
    def label(self, locale: Locale = None) -> str:
        return self.record.label.read_in(locale)

    @field("How many customers carry it, counted up to 10,000.", cost=5)
    async def customer_count(self) -> Count:
        return await self.counts.of(self.record.id)


def shown(context: Context, records: Sequence[tags.Tag]) -> list[Tag]:
    """Tags of one list."""
    counts = TagCounts(context, [record.id for record in records])
    return [
        Tag(
            id=strawberry.ID(record.id),
            version=record.version,
            created_at=Instant(record.created_at),
            updated_at=Instant(record.updated_at),
            key=record.key,
            color=record.color,
            description=record.description,
            group=record.group,
            sensitive=record.sensitive,
            deleting=record.deleting,
            record=record,
            counts=counts,
        )
        for record in records
    ]


def visible(context: Context, record: tags.Tag) -> bool:
    """Whether the caller may see that the tag exists."""
    return not record.sensitive or sees_sensitive(context)


def sees_sensitive(context: Context) -> bool:
    """Whether the caller may see sensitive tags."""
    return context.caller.may("pii:read")
