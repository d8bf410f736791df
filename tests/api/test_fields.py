"""Fields say in the schema, and check, who may ask for them."""

import asyncio
from dataclasses import dataclass

import pytest
import strawberry

from api.fields import attribute, field, mutation
from domain.access import Caller
from domain.errors import Invalid
from domain.ids import KeyId
from domain.personal import PiiClass

ASKED: list[str] = []


@dataclass
class Context:
    caller: Caller


@strawberry.type(description="A shop.")
class Shop:
    name: str = attribute("What it is called.")
    till: int | None = attribute("What is in the till.", scope="audit:read")
    owner: str | None = attribute(
        "Who owns it.", scope=("customers:read", "pii:read"), pii=PiiClass.IDENTITY
    )

    @field("Shops like this one.", cost=5, list_size="count")
    def similar(self, count: int = 2) -> list["Shop"]:
        return [Shop(name="other", till=0, owner=None)] * count


@strawberry.type(description="Reads.")
class Query:
    @field("The shop.", scope="customers:read")
    async def shop(self) -> Shop | None:
        ASKED.append("shop")
        return Shop(name="corner", till=7, owner="nobody")

    @field("Shops, at once.", scope=("customers:read",))
    def shops(self, info: strawberry.Info) -> list[Shop] | None:
        return [Shop(name=info.context.caller.label, till=7, owner="nobody")]


@strawberry.type(description="Writes.")
class Mutation:
    @mutation("Closes the shop.", scope="customers:write")
    async def close(self, at: str) -> bool | None:
        ASKED.append("close")
        return at == "now"


SCHEMA = strawberry.Schema(Query, Mutation)


def ask(query: str, *scopes: str):
    context = Context(Caller(KeyId("key_1"), "desk", frozenset(scopes)))
    ASKED.clear()
    return asyncio.run(SCHEMA.execute(query, context_value=context))


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level("CRITICAL", logger="strawberry.execution")


def test_whoever_holds_the_scope_gets_the_answer():
    answer = ask("{ shop { name till } }", "customers:read", "audit:read")
    assert answer.data == {"shop": {"name": "corner", "till": 7}}


@pytest.mark.parametrize("name", ["shop", "shops"])
def test_without_the_scope_there_is_an_error_that_names_it(name):
    answer = ask(f"{{ {name} {{ name }} }}")
    assert answer.data == {name: None}
    (error,) = answer.errors
    assert error.extensions == {"code": "FORBIDDEN", "scopes": ["customers:read"]}
    assert "the scope customers:read" in error.message


def test_a_refused_resolver_is_never_called():
    ask("{ shop { name } } ")
    assert ASKED == []
    ask('mutation { close(at: "now") }', "customers:read")
    assert ASKED == []


def test_a_plain_attribute_can_need_a_scope_of_its_own():
    answer = ask("{ shop { name till } }", "customers:read")
    assert answer.data == {"shop": {"name": "corner", "till": None}}
    assert [error.path for error in answer.errors] == [["shop", "till"]]


def test_every_scope_of_several_is_needed_and_the_missing_ones_named():
    answer = ask("{ shop { owner } }", "customers:read")
    assert answer.errors[0].extensions["scopes"] == ["pii:read"]


def test_arguments_and_info_reach_the_resolver():
    assert ask('mutation { close(at: "now") }', "customers:write").data == {"close": True}
    assert ask("{ shops { name } }", "customers:read").data == {"shops": [{"name": "desk"}]}


def test_the_schema_shows_scope_personal_data_and_cost():
    printed = str(SCHEMA)
    assert (
        'owner: String @scope(all: ["customers:read", "pii:read"]) @pii(class: IDENTITY)' in printed
    )
    assert 'similar(count: Int! = 2): [Shop!]! @cost(weight: 5, listSize: "count")' in printed
    assert "name: String!\n" in printed


def test_a_scope_that_does_not_exist_is_found_when_the_module_is_imported():
    with pytest.raises(Invalid, match="no scope 'customers:raed'"):
        field("A field.", scope="customers:raed")


def test_a_plain_attribute_without_a_scope_stays_on_the_cheap_path():
    fields = {each.python_name: each for each in Shop.__strawberry_definition__.fields}
    assert fields["name"].is_basic_field
    assert not fields["till"].is_basic_field


def test_a_copy_of_a_field_keeps_its_scopes():
    @strawberry.type(description="A shop in another town.")
    class Branch(Shop):
        town: str = attribute("Where it is.")

    fields = {each.python_name: each for each in Branch.__strawberry_definition__.fields}
    assert fields["till"].required == ("audit:read",)
    assert fields["till"].__copy__().required == ("audit:read",)
