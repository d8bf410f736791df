"""Who would be asked what about a customer: the gate and the keys, before anything is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from consent.purposes import PurposeTree
from consent.records import ConsentStanding
from domain.customer import Customer
from enrichment import gate
from enrichment.keys import labelled, match_keys
from enrichment.records import Permission, SourceAnswer
from enrichment.sources import MatchRequest, SourceCapability


@dataclass(frozen=True, slots=True)
class Step:
    """One source: what it may be asked. No request where consent or a key is missing."""

    capability: SourceCapability
    permission: Permission
    request: MatchRequest | None = None
    withheld: tuple[str, ...] = ()

    def unasked(self) -> SourceAnswer:
        """What is known without asking."""
        why: tuple[str, ...]
        if not self.permission.allowed:
            outcome, why = "REFUSED", (f"consent: {self.permission.reason}",)
        elif self.request is None:
            outcome, why = "NO_KEY", self.withheld or ("the customer has no key it accepts",)
        else:
            outcome, why = "WOULD_ASK", (*_named(self.request), *self.withheld)
        return SourceAnswer(self.capability.key, self.permission, outcome, explanation=why)


def plan(
    customer: Customer,
    standing: ConsentStanding,
    tree: PurposeTree,
    capabilities: Iterable[SourceCapability],
    attributes: Iterable[str] | None,
    at: datetime,
) -> tuple[Step, ...]:
    """A step for each source that offers something wanted; pure, and free of keys where refused."""
    wanted = None if attributes is None else frozenset(attributes)
    steps: list[Step] = []
    for capability in capabilities:
        offered = frozenset(capability.offered())
        asked = offered if wanted is None else offered & wanted
        if asked:
            permission = gate.decide(capability, customer, standing, tree, at)
            steps.append(_step(capability, permission, customer, asked))
    return tuple(steps)


def _step(
    capability: SourceCapability, permission: Permission, customer: Customer, asked: frozenset[str]
) -> Step:
    if not permission.allowed:
        return Step(capability, permission)
    keys = match_keys(customer, capability.accepts, plain=capability.plain_keys)
    request = MatchRequest(keys.usable, asked) if keys.usable else None
    return Step(capability, permission, request, keys.withheld)


def _named(request: MatchRequest) -> tuple[str, ...]:
    forms = dict.fromkeys(labelled(key.kind, key.recipe) for key in request.keys)
    return (f"would be asked by {', '.join(forms)}",)
