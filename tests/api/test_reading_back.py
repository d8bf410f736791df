"""A key that may only write reads nothing back: payloads are behind the scopes of queries."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.directives import Scope
from api.schema import SCHEMA

Scopes = frozenset[str]
Step = tuple[str, str, Scopes]

TYPES = SCHEMA._schema.type_map
FINDS_ANYTHING = {("Query", "node"), ("Query", "nodes")}
"""What they find is guarded kind by kind in api/nodes.py."""
SAID_BACK = {
    ("ConsentPayload", "records"): "the decisions that the caller sent",
    ("LoyaltyPayload", "transaction"): "the booking that the caller made",
    ("EnrichmentPayload", "run"): "figures; whom it came to is behind matches and attributes",
    ("EnrichmentRun", "sources"): "names of files and services, nobody's data",
}


def scopes_of(field) -> Scopes:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    found = (d for d in getattr(definition, "directives", ()) if isinstance(d, Scope))
    return frozenset(scope for each in found for scope in each.all)


def steps(name: str, held: Scopes) -> Iterator[tuple[str, str, Scopes]]:
    """Each field of the type with the type it leads to and the scopes it takes to get there."""
    kind = TYPES[name]
    if isinstance(kind, GraphQLUnionType):
        yield from (("", each.name, held) for each in kind.types)
    if isinstance(kind, GraphQLObjectType):
        for field_name, field in kind.fields.items():
            if (name, field_name) not in FINDS_ANYTHING:
                own = frozenset() if name == "Mutation" else scopes_of(field)
                yield field_name, get_named_type(field.type).name, held | own


def reached(root: str) -> Iterator[tuple[str, Step]]:
    """Every way to every type, by the field that leads there."""
    waiting, seen = [(root, frozenset[str]())], set[tuple[str, Scopes]]()
    while waiting:
        name, held = waiting.pop()
        if (name, held) in seen:
            continue
        seen.add((name, held))
        for field_name, target, needed in steps(name, held):
            if isinstance(TYPES[target], GraphQLObjectType | GraphQLUnionType):
                yield target, (name, field_name, needed)
                waiting.append((target, needed))


def to_read() -> dict[str, set[Scopes]]:
    found = defaultdict(set)
    for target, (_, _, needed) in reached("Query"):
        found[target].add(needed)
    return found


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("Customer", "customers:read"),
        ("PersonName", "customers:read"),
        ("ConsentRecord", "consent:read"),
        ("CustomerNote", "notes:read"),
        ("EnrichedAttribute", "enrichment:read"),
        ("LoyaltyTransaction", "loyalty:read"),
    ],
)
def test_no_query_reaches_persons_without_the_scope_to_read_them(kind, scope):
    assert to_read()[kind]
    assert all(scope in needed for needed in to_read()[kind])


def test_no_mutation_shows_what_its_caller_could_not_query():
    allowed = to_read()
    beyond = {
        f"{name}.{field}: {target} with {sorted(needed)}"
        for target, (name, field, needed) in reached("Mutation")
        if target in allowed
        and (name, field) not in SAID_BACK
        and not any(enough <= needed for enough in allowed[target])
    }
    assert beyond == set()


WRITER = frozenset({"customers:write"})
CREATE = """mutation { customerCreate(input: {name: {given: "Ada"}}) {
  ... on CustomerPayload { changedFields %s } } }"""


async def test_who_may_only_write_learns_that_it_was_written(ask):
    answer = await ask(CREATE % "", WRITER)
    assert answer == {"customerCreate": {"changedFields": ["name"]}}


async def test_who_may_only_write_is_refused_the_customer_and_writes_none(refused, ask):
    answer = await refused(CREATE % "customer { id }", WRITER)
    assert answer == {"code": "FORBIDDEN", "scopes": ["customers:read"]}
    assert await ask("{ customers { nodes { id } } }") == {"customers": {"nodes": []}}
