"""What a reader makes of an input value is what Strawberry itself would make."""

from datetime import date
from enum import Enum
from typing import Annotated

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.types.arguments import convert_argument
from strawberry.types.base import get_object_definition

from api.execution import readers


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.input
class Inner:
    name: str
    day: date | None = None
    at_once: list[int] = strawberry.field(default_factory=lambda: [7])


@strawberry.input
class Outer:
    inner: Inner
    several: list[Inner] | None
    rows: list[list[Inner | None]] | None
    colour: Colour | None = Colour.RED
    nick_name: strawberry.Maybe[str | None]
    maybe_inner: strawberry.Maybe[Inner | None]
    called: str | None = strawberry.field(default="x", name="otherName")
    more: Annotated["Outer", strawberry.lazy("tests.api.execution.test_readers")] | None = None


def _maybe_left_out(**fields):
    return st.fixed_dictionaries({}, optional=fields)


INNER = st.builds(
    lambda needed, more: {**needed, **more},
    st.fixed_dictionaries({"name": st.text(max_size=3)}),
    _maybe_left_out(day=st.none() | st.dates(), atOnce=st.lists(st.integers(), max_size=2)),
)


def outer(more):
    return st.builds(
        lambda needed, rest: {**needed, **rest},
        st.fixed_dictionaries({"inner": INNER}),
        _maybe_left_out(
            several=st.none() | st.lists(INNER, max_size=2),
            rows=st.none() | st.lists(st.lists(st.none() | INNER, max_size=2), max_size=2),
            colour=st.none() | st.sampled_from(Colour),
            nickName=st.none() | st.text(max_size=3),
            maybeInner=st.none() | INNER,
            otherName=st.none() | st.text(max_size=3),
            more=st.none() | more,
        ),
    )


DEFINITIONS = [get_object_definition(kind, strict=True) for kind in (Inner, Outer)]


def made(schema, value):
    converter = schema.schema_converter
    return convert_argument(value, Outer, converter.scalar_registry, converter.config)


def made_by_strawberry(schema, value):
    kept = [definition.from_input for definition in DEFINITIONS]
    try:
        for definition in DEFINITIONS:
            definition.from_input = None
        return made(schema, value)
    finally:
        for definition, reader in zip(DEFINITIONS, kept, strict=True):
            definition.from_input = reader


@pytest.fixture(scope="module")
def schema():
    @strawberry.type
    class Query:
        @strawberry.field
        def told(self, outer: Outer) -> str:
            return repr(outer)

    built = strawberry.Schema(Query)
    readers.make_readers(DEFINITIONS, built.config)
    return built


@given(value=st.recursive(outer(st.nothing()), outer, max_leaves=3))
def test_it_makes_what_strawberry_makes(schema, value):
    assert made(schema, value) == made_by_strawberry(schema, value)


def test_a_list_is_a_copy_so_that_no_request_changes_a_default(schema):
    given_list = [1, 2]
    read = made(schema, {"inner": {"name": "a", "atOnce": given_list}})
    assert read.inner.at_once == given_list
    assert read.inner.at_once is not given_list


def test_whoever_builds_its_own_value_keeps_doing_so(schema):
    definition = DEFINITIONS[0]
    before = definition.from_input
    readers.make_readers([definition, object()], schema.config)
    assert definition.from_input is before


@strawberry.input
class Picky:
    name: strawberry.Maybe[str]


@strawberry.input
class Around:
    picky: Picky
    number: int


def test_a_null_where_none_may_be_is_found_as_strawberry_finds_it():
    @strawberry.type
    class Query:
        @strawberry.field
        def told(self, around: Around) -> str:
            return repr(around)

    schema = strawberry.Schema(Query)
    kinds = [get_object_definition(kind, strict=True) for kind in (Picky, Around)]
    readers.make_readers(kinds, schema.config)
    asked = "{ told(around: {number: 1, picky: {name: %s}}) }"
    assert schema.execute_sync(asked % '"a"').data == {
        "told": "Around(picky=Picky(name=Some('a')), number=1)"
    }
    [refused] = schema.execute_sync(asked % "null").errors
    assert "found null" in refused.message
