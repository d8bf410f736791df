"""Deleting a tag: taken off (or moved on) every customer in batches, then forgotten.

A crash in the middle leaves a tag that says ``deleting``; asking again finishes the work. A tagging
decided before the mark but committed after the last batch would point to no tag: such an id reads
as no tag at all, and the sweep after the deletion takes it away.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from customers.tags import DeleteTag, SaveTag, Tag, Tags
from domain import ids
from domain.actor import Actor
from domain.customer import Customer, Customers, SaveCustomer, Tagging
from domain.errors import InvalidState, NotFound, invalid
from domain.events import Fact, Topic
from domain.ids import FactId, TagId
from domain.ports import Clock, Ids
from domain.query import CustomerQuery, HasTag
from domain.work import Change, Decision, UnitOfWork, settle

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # expired taggings are moved as well


def moved(taggings: Sequence[Tagging], tag_id: TagId, move_to: TagId | None) -> tuple[Tagging, ...]:
    """The taggings without ``tag_id``; with ``move_to`` in its place.

    Who has both keeps one: the earlier beginning and the later end of the two.
    """
    going = next((t for t in taggings if t.tag_id == tag_id), None)
    stay = [t for t in taggings if t.tag_id != tag_id]
    if going is None or move_to is None:
        return tuple(stay)
    if not any(t.tag_id == move_to for t in stay):
        return tuple(replace(t, tag_id=move_to) if t is going else t for t in taggings)
    return tuple(_joined(t, going) if t.tag_id == move_to else t for t in stay)


def _joined(one: Tagging, other: Tagging) -> Tagging:
    first = min(one, other, key=lambda tagging: tagging.added_at)
    ends = [end for end in (one.expires_at, other.expires_at) if end is not None]
    end = max(ends) if len(ends) == len((one, other)) else None
    return Tagging(one.tag_id, first.added_at, first.added_by, end)


@dataclass(frozen=True, slots=True)
class TagRemoval:
    """Long work in many commits, each of them whole; it may be asked for any number of times."""

    tags: Tags
    customers: Customers
    work: UnitOfWork
    clock: Clock
    ids: Ids
    batch: int = 100

    async def delete(
        self, tag_id: TagId, move_to: TagId | None, by: Actor, *, sees_sensitive: bool = True
    ) -> None:
        """Deletes the tag, having put ``move_to`` on all its customers, if one is given.

        Raises NotFound, Invalid where a tag is to be moved to itself, InvalidState where
        ``move_to`` is itself being deleted. Who does not see sensitive tags does not find them
        here either.
        """
        if move_to == tag_id:
            message = "A tag cannot be moved to itself: name another one, or none."
            raise invalid(("moveTo",), "MOVE_TO_SELF", message)
        if not sees_sensitive:
            await self._require_plain(tag_id, move_to)
        await settle(self.work, lambda: self._marked(tag_id, move_to))
        await self._drain(tag_id, move_to, by)
        await settle(self.work, lambda: self._deleted(tag_id))
        await self._drain(tag_id, move_to, by)

    async def _require_plain(self, tag_id: TagId, move_to: TagId | None) -> None:
        for wanted, field in ((tag_id, "id"), (move_to, "moveTo")):
            if wanted is not None and (await self._present(wanted, field)).sensitive:
                raise NotFound("tag", (field,))

    async def _marked(self, tag_id: TagId, move_to: TagId | None) -> Decision[None]:
        tag = await self._present(tag_id, "id")
        await self._require_target(move_to)
        if tag.deleting:
            return Decision(None)
        marked = replace(tag, version=tag.version + 1, updated_at=self.clock(), deleting=True)
        return Decision(None, (SaveTag(tag, marked),))

    async def _drain(self, tag_id: TagId, move_to: TagId | None, by: Actor) -> None:
        while await settle(self.work, lambda: self._taken_off(tag_id, move_to, by)):
            pass

    async def _taken_off(self, tag_id: TagId, move_to: TagId | None, by: Actor) -> Decision[int]:
        query = CustomerQuery(where=HasTag((tag_id,), _EVER), limit=self.batch)
        page = await self.customers.page(query)
        if page.rows:
            await self._require_target(move_to)
        changes = [self._retagged(row.item, tag_id, move_to, by) for row in page.rows]
        return Decision(len(changes), tuple(change for pair in changes for change in pair))

    def _retagged(
        self, before: Customer, tag_id: TagId, move_to: TagId | None, by: Actor
    ) -> tuple[Change, Change]:
        now = self.clock()
        after = replace(before, tags=moved(before.tags, tag_id, move_to)).saved(at=now)
        fact_id = FactId(self.ids(ids.FACT))
        fact = Fact(fact_id, Topic.TAGS_CHANGED, after.id, now, by, ("tags",), after.version)
        return SaveCustomer(before, after), fact

    async def _deleted(self, tag_id: TagId) -> Decision[None]:
        found = (await self.tags.get_many([tag_id])).get(tag_id)
        # somebody else who was asked for the same may have been faster
        return Decision(None, (DeleteTag(found),) if found else ())

    async def _require_target(self, move_to: TagId | None) -> None:
        if move_to is not None and (await self._present(move_to, "moveTo")).deleting:
            message = "The tag to move to is being deleted itself: name another one."
            raise InvalidState(message, state="DELETING", allowed=["ACTIVE"])

    async def _present(self, tag_id: TagId, field: str) -> Tag:
        found = (await self.tags.get_many([tag_id])).get(tag_id)
        if found is None:
            raise NotFound("tag", (field,))
        return found
