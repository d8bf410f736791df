"""A person's word on an enriched value: accepted ones win, rejected ones never again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from consent import policy
from consent.records import ConsentDecision
from domain.actor import Actor
from domain.errors import ConsentRequired, InvalidState, NotFound
from domain.ids import EnrichedId
from domain.work import Change, Decision
from enrichment.concluding import Evidence, write_of
from enrichment.deciding import Deciding
from enrichment.records import (
    AttributeStatus,
    CustomerOutcome,
    EnrichedAttribute,
    Judgement,
)
from enrichment.resolving import canonical, judged, merged, resolved
from enrichment.stores import Runs, SettleProposal, WriteEnrichment

_WORDS = (AttributeStatus.ACCEPTED, AttributeStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class Judging:
    """Takes decisions on values of the profile and on values that a run only proposed."""

    deciding: Deciding
    runs: Runs

    async def decide(
        self, enriched_id: EnrichedId, word: AttributeStatus, by: Actor
    ) -> Decision[EnrichedAttribute]:
        """The value as it stands afterwards.

        Accepting asks for consent again (ConsentRequired): it puts the value to use. Raises
        NotFound, and InvalidState where the word is neither of the two, the value has expired, the
        customer gave one of their own, or a proposal was fetched under another consent than stands.
        """
        value, proposal = await self._find(enriched_id)
        if word not in _WORDS:
            message = "A value can be accepted or rejected."
            raise _invalid(message, value, _WORDS)
        if proposal is not None and value.status is not AttributeStatus.PROPOSED:
            message = "This proposal was decided before."
            raise _invalid(message, value, [AttributeStatus.PROPOSED])
        evidence = await self._evidence(value)
        permission = await self._permission(evidence, value)
        if word is AttributeStatus.ACCEPTED and not permission.allowed:
            raise ConsentRequired(value.customer_id, [permission])
        if word is AttributeStatus.ACCEPTED and proposal is not None:
            _require_same_consent(value, permission)
        spoken = judged(value, Judgement(value.value, word, by, self.deciding.clock()))
        settling: tuple[Change, ...] = ()
        if proposal is not None:
            settling = (SettleProposal(proposal, value.id, word),)
        if proposal is not None and not permission.allowed:
            # without consent not even a rejected value is put on the profile
            return Decision(replace(spoken, status=word), settling)
        settled, write = self._written(evidence, spoken)
        if settled.status is not word or canonical(settled.value) != canonical(value.value):
            message = "The value expired, was replaced, or the customer gave one of their own."
            raise _invalid(message, settled, [AttributeStatus.PROPOSED])
        return Decision(settled, (write, *settling))

    def _written(
        self, evidence: Evidence, spoken: EnrichedAttribute
    ) -> tuple[EnrichedAttribute, WriteEnrichment]:
        own = frozenset(attribute.key for attribute in evidence.customer.attributes)
        all_values = merged(evidence.enriched.values, [spoken])
        values = resolved(all_values, own, self.deciding.clock())
        settled = next(
            value
            for value in values
            if (value.key, value.provenance.source) == (spoken.key, spoken.provenance.source)
        )
        return settled, write_of(evidence, values)

    async def _find(self, id_: EnrichedId) -> tuple[EnrichedAttribute, CustomerOutcome | None]:
        kept = (await self.deciding.values.get_many([id_])).get(id_)
        if kept is not None:
            return kept, None
        outcome = await self.runs.proposal(id_)
        if outcome is None:
            raise NotFound("enriched attribute", ("id",))
        return next(value for value in outcome.proposed if value.id == id_), outcome

    async def _evidence(self, value: EnrichedAttribute) -> Evidence:
        ids = [value.customer_id]
        consents = await self.deciding.permissions.standings(ids)
        enriched = await self.deciding.values.of(ids)
        customer = (await self.deciding.customers.get_many(ids)).get(value.customer_id)
        if customer is None:
            raise NotFound("enriched attribute", ("id",))
        return Evidence(customer, consents[customer.id], enriched[customer.id])

    async def _permission(self, evidence: Evidence, value: EnrichedAttribute) -> ConsentDecision:
        return policy.decide(
            evidence.consent,
            await self.deciding.permissions.tree(),
            value.provenance.permission.purpose,
            None,
            self.deciding.clock(),
            status=evidence.customer.status,
        )


def _require_same_consent(value: EnrichedAttribute, now: ConsentDecision) -> None:
    # a consent given after a withdrawal does not cover what was fetched before it
    if value.provenance.permission.record_id != now.record_id:
        message = "This was fetched under a consent that ended since: ask the source again."
        raise _invalid(message, value, [AttributeStatus.REJECTED])


def _invalid(
    message: str, value: EnrichedAttribute, allowed: Sequence[AttributeStatus]
) -> InvalidState:
    return InvalidState(message, state=value.status, allowed=allowed, customer_id=value.customer_id)
