"""Whoever reads the schema finds a sentence on everything in it."""

from graphql import build_schema

from api.schema import SCHEMA
from tests.house.described import undescribed


def test_everything_in_the_published_schema_is_described():
    assert sorted(undescribed(SCHEMA._schema)) == []


PLANTED = """
directive @bare on FIELD
"d"
directive @told on FIELD
type Query { bare("d" told: Int, bare: Int): Kind! "d" told: Told! "" empty: Int }
enum Kind { "d" TOLD BARE }
"d"
interface Told { id(bare: Int): ID! }
"d"
input Asked { bare: Int "d" told: Int }
union Both = Query
scalar Odd
"""


def test_whatever_is_not_described_is_found():
    assert sorted(undescribed(build_schema(PLANTED))) == [
        "@bare",
        "Asked.bare",
        "Both",
        "Kind",
        "Kind.BARE",
        "Odd",
        "Query",
        "Query.bare",
        "Query.bare(bare:)",
        "Query.empty",
        "Told.id",
        "Told.id(bare:)",
    ]
