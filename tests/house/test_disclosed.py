"""Whatever the API tells of a person says so at its field, for the access log and its readers."""

from dataclasses import dataclass
from typing import Annotated

import strawberry

from api.fields import attribute, field
from api.schema import SCHEMA
from domain.personal import Contact, Location, NotPersonal, PiiClass
from tests.house.disclosed import ABOUT_NOBODY, SHOWS, unsaid


def test_every_field_that_may_tell_something_of_a_person_says_what_or_why_not():
    assert list(unsaid(SCHEMA._schema, SHOWS, ABOUT_NOBODY)) == []


@dataclass
class Model:
    version: Annotated[int, NotPersonal]
    phone: Annotated[str, Contact]
    street: Annotated[str, Location]
    town: Annotated[str, Location]


@strawberry.type
class Word:
    text: str


@strawberry.type
class Person:
    version: int
    phone: str
    street: str = attribute("Where.", pii=PiiClass.LOCATION)
    town: str = attribute("Which.", pii=PiiClass.CONTACT)
    word: Word
    friend: "Person"

    @field("Made of what is stored.")
    def greeting(self) -> str:
        return "Hello"

    @field("The same, masked.", unmarked="masked")
    def initials(self) -> str:
        return "A. B."


@strawberry.type
class Answer:
    person: Person
    word: Word
    replayed: bool


@strawberry.type
class Query:
    answer: Answer


PLANTED = strawberry.Schema(Query)._schema


def found(shows, nobody):
    return [each.partition(": ")[0] for each in unsaid(PLANTED, shows, nobody)]


def test_a_field_that_says_neither_is_found_and_one_that_says_another_kind_than_its_model():
    assert found({"Person": (Model,)}, {"Word": "a word"}) == [
        "Answer.replayed",
        "Person.phone",
        "Person.town",
        "Person.word",
        "Person.greeting",
    ]


def test_a_type_in_no_table_is_held_to_every_word():
    assert "Word.text" in found({"Person": (Model,)}, {})
    assert "Person.version" in found({}, {"Word": "a word"})


def test_a_type_that_is_gone_is_found():
    (gone, *_) = unsaid(PLANTED, {"Nobody": ()}, {})
    assert gone == "Nobody: there is no such type"
