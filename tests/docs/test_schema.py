"""The published schema is what the code answers, and takes nothing back from its callers."""

import pytest

from api.schema import SCHEMA
from tests.docs.published import before, changes, published

_UNRELEASED = "names an enum of lists as everything else of customers, before the first release"
ALLOWED: dict[str, str] = dict.fromkeys(
    [
        (
            "Argument CustomerConnection.facets(by:) has changed type from [FacetField!]! to "
            "[CustomerFacet!]!."
        ),
        "FacetField was removed.",
        "Field CustomerOrder.field changed type from OrderField! to CustomerOrderField!.",
        "Field Facet.by changed type from FacetField! to CustomerFacet!.",
        "OrderField was removed.",
    ],
    _UNRELEASED,
)
"""Breaking changes that are meant, word for word as the test names them, each with its reason.

Whatever was released stays for twelve months beside what replaces it, marked deprecated; what was
not released yet may be put here. Older entries may go.
"""


def test_the_published_schema_is_the_codes():
    _, found = changes(published(), SCHEMA.as_str())
    sentence = "write it with `make schema` (or `python -m api schema > schema.graphql`)"
    assert published().strip() == SCHEMA.as_str().strip(), "\n".join([sentence, *found])


def test_nothing_is_taken_back_from_callers():
    earlier = before()
    if earlier is None:
        pytest.skip("there is no earlier schema here to compare with")
    breaking, every = changes(earlier, published())
    print("\n".join(every))  # noqa: T201 - shown with a failure
    assert [each for each in breaking if each not in ALLOWED] == []


OLD = "type Query { a: Int b(c: Int): Int }"


@pytest.mark.parametrize(
    "new",
    [
        "type Query { b(c: Int): Int }",
        "type Query { a: String b(c: Int): Int }",
        "type Query { a: Int b: Int }",
        "type Query { a: Int b(c: Int!): Int }",
        "type Query { a: Int b(c: Int, d: Int!): Int }",
    ],
)
def test_what_breaks_a_caller_is_found(new):
    breaking, _ = changes(OLD, new)
    assert len(breaking) == 1


def test_what_breaks_nobody_is_told_and_allowed():
    breaking, every = changes(OLD, "type Query { a: Int! b(c: Int, d: Int): Int e: Int }")
    assert breaking == []
    assert len(every) == 3
