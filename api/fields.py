"""GraphQL fields that say in the schema, and check, who may ask for them and what they cost."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, Self

from strawberry.annotation import StrawberryAnnotation
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info
from strawberry.types.unset import UNSET

from api.directives import Cost, Pii, Scope
from api.refusals import forbidden
from domain import access
from domain.personal import PiiClass

Scopes = str | Sequence[str]


class Holder(Protocol):
    """Whoever holds scopes, as ``domain.access.Caller`` does."""

    def may(self, scope: str) -> bool: ...


class Calling(Protocol):
    """What a field needs of the GraphQL context."""

    @property
    def caller(self) -> Holder: ...


class ScopedField(StrawberryField):
    """A field whose value is computed only for a caller who holds every scope in ``required``.

    The check runs before the resolver, sync or async, and once for each parent; batch what is
    nested. Without a scope the field costs what a plain one does.
    """

    required: tuple[str, ...] = ()
    pii: PiiClass | None = None
    unmarked: str | None = None

    def __copy__(self) -> Self:
        copied = super().__copy__()
        copied.required, copied.pii, copied.unmarked = self.required, self.pii, self.unmarked
        return copied

    @property
    def is_basic_field(self) -> bool:
        return not self.required and super().is_basic_field

    def get_result(
        self, source: Any, info: Info[Calling, Any] | None, args: list[Any], kwargs: dict[str, Any]
    ) -> Awaitable[Any] | Any:
        """The resolver's value. Raises a Refusal with the code FORBIDDEN."""
        if self.required:
            require(info, self.required)
        return super().get_result(source, info, args, kwargs)

    @property
    def guard(self) -> Callable[[Calling], bool] | None:
        """Whether this context may have the value, for plans, which do without ``get_result``."""
        return self._allows if self.required else None

    def _allows(self, context: Calling) -> bool:
        return all(context.caller.may(scope) for scope in self.required)


def require(info: Info[Calling, Any] | None, scopes: Sequence[str]) -> None:
    """Raises a Refusal with the code FORBIDDEN unless the caller holds all of ``scopes``."""
    if info is None:
        raise forbidden(scopes)
    caller = info.context.caller
    missing = [scope for scope in scopes if not caller.may(scope)]
    if missing:
        raise forbidden(missing)


def field(
    description: str,
    *,
    scope: Scopes = (),
    pii: PiiClass | None = None,
    unmarked: str | None = None,
    cost: int | None = None,
    list_size: str | int | None = None,
    name: str | None = None,
    graphql_type: Any = None,
    deprecation_reason: str | None = None,
) -> ScopedField:
    """Decorates a resolver: its access, its personal data and its cost stand in the schema.

    ``cost`` is the weight of one value (objects weigh 1, scalars nothing, where it is not given).
    A field with an argument ``first`` or ``last`` is a list of as many; ``list_size`` names another
    argument, or is a fixed number (1: what is nested costs no more than once). ``unmarked`` says
    why a field of something that is about a person bears no ``pii``.
    Raises Invalid, when the module is imported, for a scope that does not exist.
    """
    return _made(
        (scope, pii, unmarked),
        _directives(pii, cost, list_size),
        graphql_name=name,
        description=description,
        type_annotation=StrawberryAnnotation.from_annotation(graphql_type),
        deprecation_reason=deprecation_reason,
    )


mutation = field
"""The same for a mutation: the two names tell a reader a subject's reads and writes apart."""


def attribute(
    description: str,
    *,
    scope: Scopes = (),
    pii: PiiClass | None = None,
    unmarked: str | None = None,
    cost: int | None = None,
    name: str | None = None,
    graphql_type: Any = None,
    deprecation_reason: str | None = None,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
) -> Any:
    """Describes a plain attribute of a type, to be written where its default would stand.

    The rest is as in ``field``. Without a scope it is read without a call of ours.
    """
    return _made(
        (scope, pii, unmarked),
        _directives(pii, cost, None),
        graphql_name=name,
        description=description,
        type_annotation=StrawberryAnnotation.from_annotation(graphql_type),
        deprecation_reason=deprecation_reason,
        default=default,
        default_factory=default_factory,
    )


def _made(
    said: tuple[Scopes, PiiClass | None, str | None], directives: list[object], **given: Any
) -> ScopedField:
    scope, pii, unmarked = said
    required = (scope,) if isinstance(scope, str) else tuple(scope)
    access.scopes(required)
    if required:
        directives = [Scope(all=list(required)), *directives]
    made = ScopedField(directives=directives, **given)
    made.required, made.pii, made.unmarked = required, pii, unmarked
    return made


def _directives(pii: PiiClass | None, cost: int | None, size: str | int | None) -> list[object]:
    found: list[object] = []
    if pii is not None:
        found.append(Pii(category=pii))
    if cost is not None or size is not None:
        # what is unset is not printed; None would be printed as null
        weight = UNSET if cost is None else cost
        found.append(Cost(weight=weight, list_size=UNSET if size is None else str(size)))
    return found
