"""One decision about one customer or a batch: read, plan, ask, gate again, conclude."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from consent import policy
from consent.purposes import PurposeTree
from domain.customer import Customers
from domain.ids import CustomerId
from domain.ports import Clock, Ids
from enrichment import gate
from enrichment.asking import Answers
from enrichment.concluding import Conclusion, Evidence, conclude
from enrichment.planning import Step, plan
from enrichment.records import EnrichmentMode, EnrichmentRun, SourceAnswer
from enrichment.registry import Sources
from enrichment.sources import PURPOSE, Outcome, SourceCapability
from enrichment.stores import EnrichedValues, Permissions

_NOT_HERE: Final = ("the source is not configured in the process that carries the run",)


@dataclass(frozen=True, slots=True)
class Deciding:
    """Decides about customers on what is true now; commits nothing itself."""

    sources: Sources
    customers: Customers
    permissions: Permissions
    values: EnrichedValues
    clock: Clock
    ids: Ids

    def capabilities(self, run: EnrichmentRun) -> tuple[SourceCapability, ...]:
        """Of the run's sources, those that are still configured."""
        names = run.terms.sources
        return tuple(
            source.capability
            for source in self.sources
            if names is None or source.capability.key in names
        )

    async def conclude(
        self, ids: Sequence[CustomerId], run: EnrichmentRun, answers: Answers
    ) -> list[Conclusion]:
        """A conclusion for each customer that exists, in the order of ``ids``.

        The consent that guards the write is read before the sources are asked and judged again,
        at the time of then, afterwards: whatever was recorded in between makes the commit Stale.
        """
        evidence = await self.evidence(ids, run)
        if run.terms.mode is not EnrichmentMode.PLAN:
            await answers.collect((e.customer.id, step) for e in evidence for step in e.steps)
            tree = await self.permissions.tree()
            evidence = [
                _answered(replace(e, steps=self._steps(e, tree, run)), answers) for e in evidence
            ]
        at = self.clock()
        return [conclude(found, run, at, self.ids) for found in evidence]

    async def evidence(self, ids: Sequence[CustomerId], run: EnrichmentRun) -> list[Evidence]:
        """What is known about each customer that exists, and what may be asked; nothing is sent."""
        # guards are read before what they guard: a write in between is then never overlooked
        consents = await self.permissions.standings(ids)
        enriched = await self.values.of(ids)
        customers = await self.customers.get_many(ids)
        tree = await self.permissions.tree()
        read = [
            Evidence(customers[id_], consents[id_], enriched[id_])
            for id_ in ids
            if id_ in customers
        ]
        return [
            replace(e, steps=self._steps(e, tree, run), gone=self._gone(e, tree, run)) for e in read
        ]

    def _gone(
        self, known: Evidence, tree: PurposeTree, run: EnrichmentRun
    ) -> tuple[SourceAnswer, ...]:
        """A run may be carried by a process that does not have all the sources it was started for.

        The purpose of such a source is not known here: the decision is about the usual one.
        """
        named = run.terms.sources or ()
        missing = [key for key in dict.fromkeys(named) if self.sources.find(key) is None]
        if not missing:
            return ()
        decision = policy.decide(
            known.consent, tree, PURPOSE, None, self.clock(), status=known.customer.status
        )
        permission = gate.permission(decision)
        return tuple(
            SourceAnswer(key, permission, Outcome.UNAVAILABLE, explanation=_NOT_HERE)
            for key in missing
        )

    def _steps(self, known: Evidence, tree: PurposeTree, run: EnrichmentRun) -> tuple[Step, ...]:
        return plan(
            known.customer,
            known.consent,
            tree,
            self.capabilities(run),
            run.terms.attributes,
            self.clock(),
        )


def _answered(evidence: Evidence, answers: Answers) -> Evidence:
    about = {
        step.capability.key: answers.about(evidence.customer.id, step)
        for step in evidence.steps
        if step.request is not None
    }
    results = {key: result for key, result in about.items() if result is not None}
    return replace(evidence, results=results)
