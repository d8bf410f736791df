"""Every collection and every index, in one table assembled from the subjects."""

from collections.abc import Mapping
from typing import Final

from consent.records import ConsentRecord, ConsentStanding, Purpose
from customers.attributes import AttributeDefinition
from customers.notes import Note
from customers.tags import Tag
from domain.access_log import AccessEntry
from domain.contact import Email, Phone
from domain.customer import Attribute, Customer, ExternalId
from domain.events import Fact
from domain.idempotency import Remembered
from domain.keys import ApiKey
from enrichment.records import CustomerOutcome, EnrichedAttribute, EnrichmentRun
from intake.progress import ImportProgress
from loyalty.ledger import PointsEntry, Standing
from loyalty.tiers import Tier
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

MODELS: Final[Mapping[str, tuple[type, ...]]] = {
    access_log.ACCESS_LOG: (AccessEntry,),
    attributes.DEFINITIONS: (AttributeDefinition,),
    consent.PURPOSES: (Purpose,),
    consent.RECORDS: (ConsentRecord,),
    customers.CUSTOMERS: (Customer, ConsentStanding, Standing, EnrichedAttribute),
    # as keyed hashes, with the customer's id
    customers.IDENTITIES: (Email, Phone, ExternalId, Attribute),
    enrichment.OUTCOMES: (CustomerOutcome,),
    enrichment.RUNS: (EnrichmentRun,),
    enrichment.VALUES: (EnrichedAttribute,),
    idempotency.ANSWERS: (Remembered,),
    intake.IMPORTS: (ImportProgress,),
    keys.KEYS: (ApiKey,),
    loyalty.ENTRIES: (PointsEntry,),
    loyalty.TIERS: (Tier,),
    notes.NOTES: (Note,),
    outbox.OUTBOX: (Fact,),
    tags.TAGS: (Tag,),
}
"""What each collection keeps. Where personal data is kept follows from the marks of the fields."""

PERSON_FREE: Final[frozenset[str]] = frozenset(
    {
        attributes.DEFINITIONS,
        consent.PURPOSES,
        intake.IMPORTS,
        keys.KEYS,
        loyalty.TIERS,
        meta.META,
        migrations.COLLECTION,
        tags.TAGS,
    }
)
"""Collections without personal data, which an erasure may therefore pass over."""
