"""Where personal data is kept is known for every field of every collection."""

from dataclasses import dataclass
from typing import Annotated

from domain.personal import Contact, NotPersonal
from mongo import schema
from tests.house.census import unclassified, uncounted


@dataclass
class Inner:
    phone: Annotated[str, Contact]
    shoe_size: int


@dataclass
class Kept:
    id: Annotated[str, NotPersonal]
    inner: tuple[Inner, ...]


@dataclass
class Plain:
    id: Annotated[str, NotPersonal]


def test_every_field_that_is_kept_says_whether_it_is_personal():
    assert list(unclassified(schema.MODELS)) == []


def test_every_collection_is_in_the_census_and_judged_rightly():
    found = list(uncounted(schema.COLLECTIONS, schema.MODELS, schema.PERSON_FREE))
    assert found == []


def test_a_field_that_says_neither_is_found_also_inside_another_model():
    assert list(unclassified({"c": (Plain, Kept)})) == ["c: Inner.shoe_size says neither"]


def test_a_collection_nobody_counted_is_found():
    (found,) = uncounted(["new"], {}, [])
    assert found.startswith("new: name its models")


def test_a_collection_that_is_gone_is_found():
    assert list(uncounted([], {}, ["old"])) == ["old: there is no such collection"]


def test_a_wrong_declaration_is_found_either_way():
    (found,) = uncounted(["c"], {"c": (Kept,)}, ["c"])
    assert "yet it keeps personal fields" in found
    (found,) = uncounted(["c"], {"c": (Plain,)}, [])
    assert "declare it person-free" in found
