"""What one request may ask for, and the sentences that refuse more."""

from dataclasses import dataclass
from typing import Any

from api.refusals import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults are on from the start; every figure is the greatest that is allowed.

    ``aliases`` counts repeated fields too: they ask the same work of a server. ``input_depth`` and
    ``input_size`` are about variables; ``inputs.weight`` says how values count. What one filter may
    hold is said in ``api.customer_filters``.
    """

    depth: int = 10
    aliases: int = 15
    tokens: int = 2_000
    cost: int = 1_000
    input_depth: int = 40
    input_size: int = 10_000


def too_long(limits: Limits) -> Refusal:
    return Refusal(
        RefusalCode.QUERY_TOO_LONG,
        f"The query has more than {limits.tokens} tokens, the limit: split it, "
        "and put values into variables.",
        limit=limits.tokens,
    )


def too_deep(limits: Limits, depth: int | None = None) -> Refusal:
    """``depth`` None: so deep that nobody counted."""
    figure = f"is {depth} fields deep" if depth is not None else "is nested far too deeply"
    told: dict[str, Any] = {} if depth is None else {"requested": depth}
    return Refusal(
        RefusalCode.QUERY_TOO_DEEP,
        f"The query {figure}; the limit is {limits.depth}: ask for the inner things by their ids.",
        limit=limits.depth,
        **told,
    )


def too_many_aliases(limits: Limits, aliases: int) -> Refusal:
    return Refusal(
        RefusalCode.TOO_MANY_ALIASES,
        f"The query has {aliases} aliases and repeated fields; the limit is {limits.aliases}: "
        "ask for many things of a kind with a list field such as `nodes` or `customers`.",
        limit=limits.aliases,
        requested=aliases,
    )


def too_costly(limits: Limits, cost: int) -> Refusal:
    return Refusal(
        RefusalCode.QUERY_TOO_COSTLY,
        f"The query costs {cost}; the limit is {limits.cost}: "
        "ask for fewer rows (`first`) or for less of each.",
        limit=limits.cost,
        requested=cost,
    )


def input_too_deep(limits: Limits) -> Refusal:
    return Refusal(
        RefusalCode.INPUT_TOO_DEEP,
        f"The variables are nested more than {limits.input_depth} levels deep, the limit.",
        limit=limits.input_depth,
    )


def input_too_large(limits: Limits) -> Refusal:
    return Refusal(
        RefusalCode.INPUT_TOO_LARGE,
        f"The variables hold more than {limits.input_size} values, the limit (an object counts as "
        "ten): send less at once.",
        limit=limits.input_size,
    )
