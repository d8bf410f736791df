"""Asking sources about customers, where their consent allows it, and judging what came back."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from consent.records import ConsentStanding
from domain.actor import Actor
from domain.customer import Customer
from domain.errors import ConsentRequired, Invalid, Issue, NotFound
from domain.ids import RUN, CustomerId, RunId
from domain.personal import PiiClass
from domain.query import Where
from domain.work import Decision
from enrichment import gate
from enrichment.asking import Answers
from enrichment.concluding import Conclusion
from enrichment.deciding import Deciding
from enrichment.holding import Held
from enrichment.records import (
    Counts,
    CustomerOutcome,
    EnrichmentRun,
    JobStatus,
    Terms,
    Verdict,
)
from enrichment.registry import Sources
from enrichment.resolving import resolved
from enrichment.stores import AddRun, Runs


@dataclass(frozen=True, slots=True)
class Report:
    """A run, and what it did for its customer where it is about one."""

    run: EnrichmentRun
    outcomes: tuple[CustomerOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Runs about one customer are decided at once; runs about many are queued for the worker."""

    deciding: Deciding
    runs: Runs

    @property
    def sources(self) -> Sources:
        """Every source there is to ask."""
        return self.deciding.sources

    async def standing(self, customers: Sequence[Customer]) -> dict[CustomerId, Held]:
        """Every value of each customer with the status it has now, and what may be shown of it.

        Time, consent and the customer's own values move on between writes: what has expired since,
        or is superseded by now, is said to be so, and what was withdrawn is shown to nobody.
        """
        ids = [customer.id for customer in customers]
        found = await self.deciding.values.of(ids)
        consents: Mapping[CustomerId, ConsentStanding] = {}
        if ids:
            consents = await self.deciding.permissions.standings(ids)
        tree, at = await self.deciding.permissions.tree(), self.deciding.clock()
        return {
            customer.id: Held(
                resolved(found[customer.id].values, {own.key for own in customer.attributes}, at),
                consents[customer.id],
                tree,
                customer.status,
                at,
            )
            for customer in customers
        }

    def start(
        self,
        target: CustomerId | Where,
        terms: Terms,
        by: Actor,
        *,
        tells: Collection[PiiClass] = (),
    ) -> Callable[[], Awaitable[Decision[Report]]]:
        """The decision to be settled; made again, it does not ask any source again.

        ``tells``: what it tells of customers that they are among those a filter finds.

        For one customer it raises NotFound, and ConsentRequired with every refusal where no
        source may be asked. Raises Invalid at once for unknown sources and attributes.
        """
        self._check(terms)
        run = EnrichmentRun(
            id=RunId(self.deciding.ids(RUN)),
            terms=terms,
            status=JobStatus.QUEUED,
            requested_by=by,
            created_at=self.deciding.clock(),
            tells=tuple(sorted(tells)),
        )
        if not isinstance(target, str):
            return self._queued(replace(run, where=target))
        return self._at_once(replace(run, customer_id=target), target)

    async def report(self, run_id: RunId) -> Report:
        """The run as it stands, with its outcome where it is about one customer; else NotFound."""
        run = (await self.runs.get_many([run_id])).get(run_id)
        if run is None:
            raise NotFound("enrichment run")
        if run.customer_id is None:
            return Report(run)
        found = await self.runs.outcomes_of(run_id, [run.customer_id])
        return Report(run, tuple(found.values()))

    def _queued(self, run: EnrichmentRun) -> Callable[[], Awaitable[Decision[Report]]]:
        async def decide() -> Decision[Report]:
            return Decision(Report(run), (AddRun(run),))

        return decide

    def _at_once(
        self, run: EnrichmentRun, customer_id: CustomerId
    ) -> Callable[[], Awaitable[Decision[Report]]]:
        answers = Answers(self.deciding.sources)

        async def decide() -> Decision[Report]:
            found = await self.deciding.conclude([customer_id], run, answers)
            if not found:
                raise NotFound("customer", ("input", "target", "customer"))
            return _finished(run, found[0])

        return decide

    def _check(self, terms: Terms) -> None:
        sources = self.deciding.sources
        chosen = sources.chosen(terms.sources, "input", "sources")
        offered = {key for source in chosen for key in source.capability.offered()}
        if not offered.issuperset(terms.attributes or ()):
            known = ", ".join(sorted(offered)) or "none"
            message = f"No chosen source has one of these attributes. They offer: {known}."
            raise Invalid(Issue(("input", "attributes"), "ATTRIBUTE_UNKNOWN", message))
        if not 0 <= terms.min_confidence <= 1:
            message = "A confidence lies between 0 and 1."
            raise Invalid(Issue(("input", "minConfidence"), "OUT_OF_RANGE", message))


def _finished(run: EnrichmentRun, found: Conclusion) -> Decision[Report]:
    outcome = found.outcome
    if outcome.verdict is Verdict.REFUSED:
        raise ConsentRequired(outcome.customer_id, refusals([outcome]))
    counts = Counts().plus([outcome])
    done = replace(
        run,
        status=counts.status(),
        counts=counts,
        expected=1,
        started_at=run.created_at,
        finished_at=outcome.at,
    )
    return Decision(Report(done, (outcome,)), (AddRun(done), *found.changes))


def refusals(outcomes: Sequence[CustomerOutcome]) -> list[object]:
    """The refusing decisions, each purpose and reason once."""
    refused = dict.fromkeys(
        answer.permission
        for outcome in outcomes
        for answer in outcome.answers
        if not answer.permission.allowed
    )
    return [gate.decision(permission) for permission in refused]
