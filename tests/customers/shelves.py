"""Honest fakes of the small collections, kept in memory."""

from dataclasses import replace

from customers.attributes import CreateDefinition, SaveDefinition
from customers.tags import CreateTag, DeleteTag, SaveTag


class Shelf:
    """Things with an id and a key."""

    def __init__(self, *things):
        self.things = {thing.id: thing for thing in things}

    async def all(self):
        return sorted(self.things.values(), key=lambda thing: thing.key)

    async def get_many(self, wanted):
        return {each: self.things[each] for each in wanted if each in self.things}

    async def by_keys(self, keys):
        return {thing.key: thing for thing in self.things.values() if thing.key in keys}

    def commit(self, decision):
        """Makes the changes true; the value of the decision."""
        for change in decision.changes:
            self._apply(change)
        return decision.value

    def _apply(self, change):
        match change:
            case CreateTag(thing) | CreateDefinition(thing):
                self.things[thing.id] = thing
            case SaveTag(before, after) | SaveDefinition(before, after):
                assert self.things[before.id].version == before.version
                self.things[after.id] = replace(after)
            case DeleteTag(tag):
                del self.things[tag.id]
