"""Variables that do not fit are refused by place and expectation, and never quoted."""

import pytest
from graphql import build_schema, parse
from graphql.execution.values import get_variable_values
from hypothesis import given

from api.execution.misfits import misfits
from api.schema import SCHEMA as PUBLISHED
from tests.api.execution import test_coercing
from tests.api.execution.corner import SCHEMA as CORNER
from tests.api.execution.corner import Context, ask

SECRET = "ada@example.com"
SCHEMA = build_schema("""
  type Query { a(in: In!, one: One, at: At): Int }
  input In { id: ID!, n: Int, f: Float, many: [In!], size: Size, flag: Boolean, text: String }
  input One @oneOf { a: Int, b: String }
  enum Size { SMALL LARGE }
  scalar At
""")


def _at(value):
    raise ValueError("A time is expected, like 12:00.")


SCHEMA.type_map["At"].coerce_input_value = _at
DECLARED = (
    parse("query ($in: In!, $one: One, $at: At) { a(in: $in, one: $one, at: $at) }")
    .definitions[0]
    .variable_definitions
)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "The variable $in does not fit: it is required."),
        ({"in": None}, "The variable $in does not fit: it must not be null."),
        ({"in": SECRET}, "$in does not fit: an object of type In is expected."),
        ({"in": {}}, "$in does not fit at id: it is required."),
        ({"in": {"id": None}}, "$in does not fit at id: it must not be null."),
        ({"in": {"id": {}}}, "at id: an id, as a string or a whole number, is expected."),
        ({"in": {"id": 1, "n": SECRET}}, "at n: a whole number of at most 32 bits is expected."),
        ({"in": {"id": 1, "f": SECRET}}, "at f: a number is expected."),
        ({"in": {"id": 1, "flag": SECRET}}, "at flag: true or false is expected."),
        ({"in": {"id": 1, "text": [SECRET]}}, "at text: a string is expected."),
        ({"in": {"id": 1, "size": SECRET}}, "at size: one of SMALL, LARGE is expected."),
        ({"in": {"id": 1, "many": [{"id": 1}, {}]}}, "at many.1.id: it is required."),
        ({"in": {"id": 1, "many": {"id": 1, "n": ""}}}, "at many.n: a whole number"),
        ({"in": {"id": 1, "tex": SECRET}}, "In has no field tex; there is text."),
        ({"in": {"id": 1, SECRET: 1}}, "$in does not fit: In has no such field."),
        ({"in": {"id": 1}, "one": {}}, "$one does not fit: exactly one of a, b is expected."),
        ({"in": {"id": 1}, "one": {"a": 1, "b": ""}}, "exactly one of a, b is expected."),
        ({"in": {"id": 1}, "one": {"a": None}}, "$one does not fit: null is not allowed here."),
        ({"in": {"id": 1}, "at": SECRET}, "$at does not fit: A time is expected, like 12:00."),
    ],
)
def test_each_misfit_is_named_by_its_place(variables, sentence):
    [refusal] = misfits(SCHEMA, DECLARED, variables)
    assert sentence in refusal.message
    assert SECRET not in str(refusal)
    assert refusal.extensions["code"] == "QUERY_INVALID"
    assert refusal.locations


def test_the_place_can_be_read_by_a_program():
    [refusal] = misfits(SCHEMA, DECLARED, {"in": {"id": 1, "many": [{"id": 1}, {"id": []}]}})
    assert refusal.extensions["path"] == ["in", "many", 1, "id"]


def test_not_more_are_told_than_anybody_reads():
    many = {"in": {"id": 1, "many": [{}] * 80}}
    assert len(misfits(SCHEMA, DECLARED, many)) == 50


@given(test_coercing.variables)
def test_what_graphql_core_refuses_is_refused_and_nothing_else(variables):
    schema, declared = test_coercing.SCHEMA, test_coercing.DEFINITIONS
    refused = isinstance(get_variable_values(schema, declared, variables), list)
    assert bool(misfits(schema, declared, variables)) is refused


async def test_a_caller_never_gets_their_values_back():
    answer = await ask("query ($n: Int) { people(first: $n) { nodes { id } } }", {"n": SECRET})
    [error] = answer.errors
    assert error.message == (
        "The variable $n does not fit: a whole number of at most 32 bits is expected."
    )


@pytest.mark.parametrize("by", [{}, {"id": "cus_1", "email": SECRET}])
def test_whom_to_look_up_is_said_in_one_way(by):
    declared = parse("query ($by: CustomerRef!) { x(by: $by) }").definitions[0].variable_definitions
    [refusal] = misfits(PUBLISHED._schema, declared, {"by": by})
    assert refusal.message.startswith("The variable $by does not fit: exactly one of id, ")


async def test_nor_over_a_stream():
    query = "query ($n: Int) { people(first: $n) { nodes { id } } }"
    async for result in await CORNER.stream(query, {"n": SECRET}, Context()):
        assert SECRET not in str(result.errors)
        assert "does not fit" in result.errors[0].message
