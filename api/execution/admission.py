"""Whether a prepared operation may run for this caller with these variables."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from api.execution.inputs import heavier_than, nested_beyond
from api.execution.limits import Limits, input_too_deep, input_too_large, too_costly
from api.execution.prepared import Prepared
from api.refusals import nothing_written


@dataclass(frozen=True, slots=True)
class Admission:
    """``errors`` where it may not; what it costs, where that was counted, for the answer."""

    errors: tuple[GraphQLError, ...] = ()
    extensions: Mapping[str, Any] | None = None


def admit(
    prepared: Prepared, variables: dict[str, Any], scopes: AbstractSet[str], limits: Limits
) -> Admission:
    """Refuses what is invalid, beyond the limits, or a mutation whose scopes the caller lacks."""
    if prepared.errors:
        return Admission(prepared.errors)
    if nested_beyond(variables, limits.input_depth):
        return Admission((input_too_deep(limits),))
    if heavier_than(variables, limits.input_size):
        return Admission((input_too_large(limits),))
    cost = prepared.cost.value(variables)
    told = {"cost": {"requested": cost, "limit": limits.cost}}
    if cost > limits.cost:
        return Admission((too_costly(limits, cost),), told)
    lack = prepared.needs.lack(scopes, variables)
    return Admission((nothing_written(lack.scopes, lack.path),) if lack else (), told)
