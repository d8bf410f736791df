"""May this source be asked about this customer: the consent that stands before every key.

The same question is asked twice: before a key reaches a source, even one inside the process, and
when the answer is written, in the same commit, so that a withdrawal in between wins.
"""

from datetime import datetime

from consent import policy
from consent.purposes import PurposeTree
from consent.records import ConsentDecision, ConsentStanding
from domain.customer import Customer
from enrichment.records import Permission
from enrichment.sources import SourceCapability


def decide(
    capability: SourceCapability,
    customer: Customer,
    standing: ConsentStanding,
    tree: PurposeTree,
    at: datetime,
) -> Permission:
    """Whether consent to the source's purpose stands at this moment, and why."""
    decision = policy.decide(standing, tree, capability.purpose, None, at, status=customer.status)
    return permission(decision)


def permission(decision: ConsentDecision) -> Permission:
    """A decision as it is kept beside what was done under it."""
    return Permission(
        allowed=decision.allowed,
        purpose=decision.purpose,
        reason=str(decision.reason),
        basis=decision.basis,
        record_id=decision.record_id,
        valid_until=decision.valid_until,
    )


def decision(kept: Permission) -> ConsentDecision:
    """The decision again, as a caller is shown it."""
    return ConsentDecision(
        allowed=kept.allowed,
        purpose=kept.purpose,
        channel=None,
        reason=kept.reason,
        basis=kept.basis,
        record_id=kept.record_id,
        valid_until=kept.valid_until,
    )
