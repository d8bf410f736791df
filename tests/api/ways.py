"""Every way through the schema to every field that tells something of a person, as queries."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLSchema, get_named_type, is_leaf_type, is_object_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.fields import ScopedField
from domain.personal import PiiClass

ARGUMENTS: Final = {
    "Customer.consent": '(purpose: "marketing", channel: EMAIL)',
    "Customer.attribute": '(key: "size")',
    "Customer.enrichedAttributes": "(status: null)",
}
"""What fields cannot do without, or show more with."""


@dataclass(frozen=True)
class Told:
    """A field with the kind of personal data it tells, and one selection that leads to it."""

    field: str
    pii: PiiClass
    selection: str


def told(schema: GraphQLSchema, root: str, stop: frozenset[str] = frozenset()) -> Iterator[Told]:
    """Each step between two types once, by the shortest way there; none beyond ``stop``."""
    waiting, met = deque([(root, "%s")]), {root}
    yield from _fields(schema, root, "%s")
    while waiting:
        name, way = waiting.popleft()
        for target, step in _steps(schema, name):
            yield from _fields(schema, target, way % step)
            if target not in met | stop:
                met.add(target)
                waiting.append((target, way % step))


def declared(schema: GraphQLSchema) -> Iterator[tuple[str, PiiClass]]:
    """Every field of an object type that says which kind of personal data it tells."""
    for name, kind in schema.type_map.items():
        if is_object_type(kind):
            for field_name, field in kind.fields.items():
                if (pii := _pii(field)) is not None:
                    yield f"{name}.{field_name}", pii


def _fields(schema: GraphQLSchema, name: str, way: str) -> Iterator[Told]:
    for field_name, field in schema.type_map[name].fields.items():
        if (pii := _pii(field)) is not None:
            below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
            yield Told(f"{name}.{field_name}", pii, way % (field_name + below))


def _steps(schema: GraphQLSchema, name: str) -> Iterator[tuple[str, str]]:
    for field_name, field in schema.type_map[name].fields.items():
        target = get_named_type(field.type)
        step = field_name + ARGUMENTS.get(f"{name}.{field_name}", "")
        if is_object_type(target):
            yield target.name, f"{step} {{ %s }}"
        elif not is_leaf_type(target):
            for each in schema.get_possible_types(target):
                yield each.name, f"{step} {{ ... on {each.name} {{ %s }} }}"


def _pii(field: Any) -> PiiClass | None:
    said = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return said.pii if isinstance(said, ScopedField) else None
