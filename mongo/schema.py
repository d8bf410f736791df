"""Every collection and every index, in one table assembled from the subjects."""

from typing import Final

from mongo.indexes import Index

COLLECTIONS: Final[tuple[str, ...]] = ()
INDEXES: Final[tuple[Index, ...]] = ()
