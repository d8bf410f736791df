"""A mutation begins only for a caller who may have everything that it selects."""

from time import perf_counter

import pytest

from domain.access import Caller
from domain.ids import KeyId
from tests.api.execution.corner import BOOKINGS, SCHEMA, ask

PERSON = "... on Booked { person { id } }"
B = "fragment B on Booked { person { id } }"


@pytest.fixture(autouse=True)
def bookings():
    BOOKINGS.clear()
    return BOOKINGS


async def sent(query: str, *scopes: str, **variables):
    caller = Caller(KeyId("key_1"), "desk", frozenset({"loyalty:write", *scopes}))
    return await ask(query, variables, caller=caller)


async def lacking(query: str, *scopes: str, **variables) -> tuple[list[str], list[str]]:
    """The scopes and the path of the refusal, after a look that it is one and nothing happened."""
    answer = await sent(query, *scopes, **variables)
    assert (answer.data, BOOKINGS) == (None, [])
    (error,) = answer.errors
    assert error.extensions["code"] == "FORBIDDEN"
    assert ".".join(error.path) in error.message
    assert all(scope in error.message for scope in error.extensions["scopes"])
    return error.extensions["scopes"], error.path


async def test_a_write_whose_answer_may_not_be_read_is_not_made():
    found = await lacking(f"mutation {{ book {{ {PERSON} }} }}")
    assert found == (["customers:read"], ["book", "person"])


async def test_the_write_itself_needs_its_scope_before_anything_else_is_written():
    found = await lacking("mutation { book { __typename } shut }")
    assert found == (["customers:write"], ["shut"])


async def test_what_is_lacking_is_named_all_at_once_at_the_first_place():
    query = "mutation { book { ... on Booked { n: number e: entry person { id } } } }"
    found = await lacking(query, "loyalty:read")
    assert found == (["audit:read", "customers:read"], ["book", "e"])


@pytest.mark.parametrize(
    ("query", "path"),
    [
        (f"mutation {{ book {{ ...B }} }} {B}", ["book", "person"]),
        (f"mutation {{ book {{ ...A }} }} {B} fragment A on Booked {{ ...B }}", ["book", "person"]),
        ("mutation { book { ... on Booked { who: person { id } } } }", ["book", "who"]),
        (f"mutation {{ a: book {{ __typename }} b: book {{ {PERSON} }} }}", ["b", "person"]),
        (f"mutation {{ ... {{ book {{ {PERSON} }} }} }}", ["book", "person"]),
        ("mutation { book { ... on Taken { holder { id } } } }", ["book", "holder"]),
        (
            "mutation { book { ... on Problem { ... on Taken { holder { id } } } } }",
            ["book", "holder"],
        ),
    ],
)
async def test_fragments_aliases_and_every_root_field_are_looked_at(query, path):
    assert await lacking(query) == (["customers:read"], path)


async def test_a_field_of_an_interface_needs_what_it_needs_in_any_type():
    query = "mutation { book { ... on Problem { message } } }"
    assert await lacking(query) == (["audit:read"], ["book", "message"])


SWITCHED = """mutation ($on: Boolean!%s) {
  book { __typename ... on Booked { person @%s(if: $on) { id } } }
}"""


@pytest.mark.parametrize(
    ("directive", "default", "variables"),
    [
        ("include", "", {"on": True}),
        ("include", " = true", {}),
        ("include", " = false", {"on": True}),
        ("skip", "", {"on": False}),
        ("skip", " = false", {}),
    ],
)
async def test_what_the_variables_include_counts(directive, default, variables):
    query = SWITCHED % (default, directive)
    assert await lacking(query, **variables) == (["customers:read"], ["book", "person"])


@pytest.mark.parametrize(
    ("directive", "default", "variables"),
    [
        ("include", "", {"on": False}),
        ("include", " = false", {}),
        ("include", " = true", {"on": False}),
        ("skip", "", {"on": True}),
        ("skip", " = true", {}),
    ],
)
async def test_what_the_variables_leave_out_does_not_count(directive, default, variables):
    answer = await sent(SWITCHED % (default, directive), **variables)
    assert (answer.errors, answer.data) == (None, {"book": {"__typename": "Booked"}})


@pytest.mark.parametrize(
    "selection",
    [
        "... on Booked @skip(if: true) { person { id } }",
        "...B @include(if: false)",
        "... on Booked { person @include(if: true) @skip(if: true) { id } }",
    ],
)
async def test_what_is_left_out_for_good_does_not_count(selection):
    fragment = B if "...B" in selection else ""
    answer = await sent(f"mutation {{ book {{ __typename {selection} }} }} {fragment}")
    assert (answer.errors, BOOKINGS) == (None, ["a table"])


async def test_a_constant_is_no_variable_of_the_request():
    query = "mutation { book { ... on Booked @include(if: true) { person { id } } } }"
    assert await lacking(query, **{"": False}) == (["customers:read"], ["book", "person"])


async def test_a_fragment_left_out_in_one_place_counts_in_the_other():
    query = f"mutation {{ book {{ ...B @include(if: false) ... on Booked {{ ...B }} }} }} {B}"
    assert await lacking(query) == (["customers:read"], ["book", "person"])


async def test_a_variable_that_is_no_boolean_writes_nothing():
    answer = await sent(SWITCHED % ("", "skip"), on="true")
    assert (answer.data, BOOKINGS) == (None, [])


async def test_who_holds_everything_that_is_selected_writes():
    query = f"mutation {{ book {{ {PERSON} ... on Booked {{ number }} }} }}"
    answer = await sent(query, "customers:read")
    assert answer.data == {"book": {"person": {"id": "cus_9"}, "number": 1}}


async def test_masked_fields_stand_in_no_ones_way():
    answer = await sent("mutation { act { name } }")
    assert answer.errors is None


async def test_a_query_is_still_refused_field_by_field():
    answer = await sent("{ audit person { id } }", "customers:read")
    assert answer.data == {"audit": None, "person": {"id": "cus_0"}}
    assert [error.path for error in answer.errors] == [["audit"]]


def test_what_a_text_needs_is_worked_out_once():
    text = f"mutation {{ book {{ {PERSON} }} }}"
    assert SCHEMA.operations.get(text, None).needs is SCHEMA.operations.get(text, None).needs


def test_fragments_within_fragments_do_not_make_it_slow():
    levels = 20
    parts = [f"fragment F{n} on Booked {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)]
    parts.append(f"fragment F{levels} on Booked {{ person {{ id }} }}")
    text = f"mutation {{ book {{ ...F0 }} }} {' '.join(parts)}"
    prepared = SCHEMA.operations.get(text, None)
    assert prepared.errors == ()
    started = perf_counter()
    lack = prepared.needs.lack(frozenset(), {})
    assert lack.path == ("book",)
    assert lack.scopes == {"customers:read", "loyalty:write"}
    assert perf_counter() - started < 1
