"""Every collection and every index, in one table assembled from the subjects."""

from typing import Final

from mongo import (
    access_log,
    attributes,
    consent,
    customers,
    enrichment,
    idempotency,
    intake,
    keys,
    loyalty,
    meta,
    migrations,
    notes,
    outbox,
    tags,
)
from mongo.indexes import Index

_SUBJECTS: Final = (
    access_log,
    attributes,
    consent,
    customers,
    enrichment,
    idempotency,
    intake,
    migrations,
    keys,
    loyalty,
    meta,
    notes,
    outbox,
    tags,
)

COLLECTIONS: Final[tuple[str, ...]] = tuple(
    name for subject in _SUBJECTS for name in subject.COLLECTIONS
)
INDEXES: Final[tuple[Index, ...]] = tuple(
    index for subject in _SUBJECTS for index in subject.INDEXES
)
