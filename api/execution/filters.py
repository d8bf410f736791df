"""How deep and how wide one filter may be, counted on the filter itself, variables applied."""

from collections.abc import Sized

from api.execution.limits import Limits
from api.refusals import Refusal, RefusalCode
from domain.query import All, AnyOf, HasAttribute, HasTag, In, Not, Where


def require_modest(where: Where, limits: Limits) -> None:
    """Raises a Refusal where the filter is deeper, wider or longer than the limits allow.

    ``and`` in ``and``, and groups of one, are one level with what is around them, since they ask
    nothing more.
    """
    deepest, leaves = 1, 0
    open_: list[tuple[Where, int, type]] = [(where, 1, All)]
    while open_:
        part, depth, around = open_.pop()
        groups = _groups(part)
        if groups is None:
            leaves += 1
            _require_short(part, limits)
        else:
            kind = around if _is_transparent(part) else type(part)
            depth += kind is Not or kind is not around
            deepest = max(deepest, depth)
            open_.extend((each, depth, kind) for each in groups)
    if deepest > limits.filter_depth:
        raise _refusal(RefusalCode.FILTER_TOO_DEEP, "levels", deepest, limits.filter_depth)
    if leaves > limits.filter_leaves:
        raise _refusal(RefusalCode.FILTER_TOO_WIDE, "conditions", leaves, limits.filter_leaves)


def _is_transparent(part: Where) -> bool:
    return isinstance(part, All | AnyOf) and len(part.of) <= 1


def _groups(part: Where) -> tuple[Where, ...] | None:
    if isinstance(part, All | AnyOf):
        return part.of
    return (part.of,) if isinstance(part, Not) else None


def _require_short(part: Where, limits: Limits) -> None:
    values = len(_values(part))
    if values > limits.filter_values:
        what = "values in one list"
        raise _refusal(RefusalCode.FILTER_TOO_WIDE, what, values, limits.filter_values)


def _values(part: Where) -> Sized:
    if isinstance(part, In | HasAttribute):
        return part.values or ()
    return part.tag_ids if isinstance(part, HasTag) else ()


def _refusal(code: RefusalCode, what: str, requested: int, limit: int) -> Refusal:
    return Refusal(
        code,
        f"The filter has {requested} {what}; the limit is {limit}: ask in several queries.",
        limit=limit,
        requested=requested,
    )
