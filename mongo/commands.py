"""A commit as few commands: one for all of it, and of many new documents one for each collection.

A server takes the writes of a bulkWrite one by one, and the documents of an insert as one write:
for a batch of an import that halves the work of the database.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final

from pymongo import InsertOne

from mongo.batch import Batch
from mongo.operations import Part

_MANY: Final = 64
"""New documents in a row for which more round trips are worth it."""


@dataclass(frozen=True, slots=True)
class Command:
    """Writes to be sent at once: new documents of one collection, or anything where it is None."""

    batch: Batch
    collection: str | None = None


def commands(batch: Batch) -> Iterator[Command]:
    """The commands of the batch, to be sent in this order within one transaction.

    New documents change places only with their neighbours: nothing behind them comes before them.
    """
    for many, several in groupby(_stretches(batch), key=_is_many):
        parts = chain.from_iterable(several)
        if not many:
            yield Command(Batch(tuple(parts)))
            continue
        theirs: defaultdict[str, list[Part]] = defaultdict(list)
        for part in parts:
            theirs[part[1].collection].append(part)
        for collection, some in theirs.items():
            yield Command(Batch(tuple(some)), collection)


def _stretches(batch: Batch) -> Iterator[tuple[Part, ...]]:
    for _, parts in groupby(batch.parts, key=_is_new):
        yield tuple(parts)


def _is_new(part: Part) -> bool:
    return part[1].model is InsertOne


def _is_many(parts: tuple[Part, ...]) -> bool:
    return len(parts) >= _MANY and _is_new(parts[0])
