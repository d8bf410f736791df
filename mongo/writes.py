"""How every kind of change is written, in one table assembled from the subjects."""

from mongo import (
    attributes,
    consent,
    customers,
    enrichment,
    idempotency,
    intake,
    loyalty,
    notes,
    outbox,
    tags,
)
from mongo.customers import IdentityHash
from mongo.operations import Writes


def table(key: IdentityHash) -> Writes:
    """For each kind of change its writes; ``key`` hashes the identities that customers claim."""
    return {
        **attributes.WRITES,
        **consent.WRITES,
        **customers.writes(key),
        **enrichment.WRITES,
        **idempotency.WRITES,
        **intake.WRITES,
        **loyalty.WRITES,
        **notes.WRITES,
        **outbox.WRITES,
        **tags.WRITES,
    }
