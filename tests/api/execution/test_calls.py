"""Fields that wait are called directly: as Strawberry calls them, whatever they take and raise."""

import dataclasses
import json
from typing import Annotated, Any

import pytest
import strawberry
from strawberry import relay
from strawberry.schema import ExceptionHandler
from strawberry.types.field import StrawberryField

from api.execution.limits import Limits
from api.execution.schema import Schema


@strawberry.input
class Point:
    x: int
    y: int = 7
    near: list["Point"] | None = None


@strawberry.input
class Corner:
    """An input that builds its own value, and is told where it stands."""

    side: str


def _built(kind, given, context):
    return kind(side=f"{given['side']} at {context.path} for {context.info.context.caller.name}")


Corner.__strawberry_definition__.from_input = _built


@strawberry.type
class Shown:
    text: str


@strawberry.type
class Refusal:
    message: str


Outcome = Annotated[Shown | Refusal, strawberry.union("Outcome")]


class Declines(Exception):
    pass


class Refuses(ExceptionHandler[ValueError, Refusal]):
    def handle(self, exception, *, field, info):
        return Refusal(message=f"{field.python_name}: {exception} for {info.context.caller.name}")


class Silent(ExceptionHandler[Declines, Refusal]):
    async def handle(self, exception, *, field, info):
        return None


class Scoped(StrawberryField):
    """Says no before the resolver is called, as a field with a scope does."""

    def get_result(self, source, info, args, kwargs):
        if info.context.caller.name == "nobody":
            raise PermissionError("closed")
        return super().get_result(source, info, args, kwargs)


def scoped(resolver):
    return Scoped(base_resolver=strawberry.field(resolver).base_resolver)


@strawberry.type
class Fields:
    name: strawberry.Private[str]
    seen: strawberry.Private[list[int]] = dataclasses.field(default_factory=list)

    @strawberry.field
    async def takes(
        self,
        info: strawberry.Info,
        of: strawberry.Parent[Any],
        a: int,
        b: list[int] | None = None,
        c: Point | None = None,
        d: str = "d",
        e: Annotated[str | None, strawberry.argument(name="eh")] = strawberry.UNSET,
    ) -> str:
        (b or []).append(9)
        return repr((self.name, of.name, info.field_name, info.path.key, a, b, c, d, e))

    @strawberry.field
    async def chosen(self, info: strawberry.Info) -> Annotated["Fields", strawberry.lazy(__name__)]:
        self.seen.append(len(info._raw_info.field_nodes))
        return self

    @strawberry.field
    async def known(self, one: relay.GlobalID, more: list[relay.GlobalID] | None = None) -> str:
        return repr((one, more))

    @strawberry.field
    async def maybe(self, name: strawberry.Maybe[str], more: strawberry.Maybe[int | None]) -> str:
        return repr((name, more))

    @strawberry.field
    async def corner(self, corner: Corner) -> str:
        return corner.side

    @strawberry.field
    async def outcome(self, kind: str) -> Outcome:
        raised = {"refused": ValueError("v"), "declined": Declines("d"), "else": KeyError("k")}
        if kind in raised:
            raise raised[kind]
        return Shown(text=kind)

    @scoped
    async def closed(self) -> str:
        return "open"

    @strawberry.field
    async def needed(self) -> str:
        return None

    @strawberry.field
    def at_once(self) -> str:
        return "now"


@strawberry.type
class Query(Fields):
    @strawberry.field
    async def below(self) -> list[Fields]:
        return [Fields(name="one"), Fields(name="two")]


@strawberry.type
class Mutation(Fields):
    pass


class Caller:
    scopes = frozenset()

    def __init__(self, name):
        self.name = name


class Context:
    operation = None

    def __init__(self, name="somebody"):
        self.caller = Caller(name)


SCHEMA = Schema(
    Query, Mutation, limits=Limits(aliases=99), exception_handlers=[Refuses(), Silent()]
)

ASKED = [
    "{ takes(a: 1) }",
    "{ takes(a: 1, b: [2], c: {x: 3, near: [{x: 4}]}, eh: null) }",
    """query ($a: Int!, $b: [Int!], $c: Point, $d: String!, $e: String) {
        takes(a: $a, b: $b, c: $c, d: $d, eh: $e)
    }""",
    "query ($a: Int!) { takes(a: 1, b: [$a, 2], c: {x: $a}) }",
    "query ($n: Int = 1) { takes(a: $n) atOnce }",
    "query ($d: String = null) { takes(a: 1, d: $d) }",
    '{ one: takes(a: 1) two: takes(a: 2, d: "e") atOnce __typename }',
    '{ corner(corner: {side: "left"}) }',
    '{ below { atOnce takes(a: 1) corner(corner: {side: "in"}) } }',
    '{ outcome(kind: "shown") { __typename ... on Shown { text } } }',
    '{ outcome(kind: "refused") { __typename ... on Refusal { message } } }',
    '{ outcome(kind: "declined") { __typename } }',
    '{ outcome(kind: "else") { __typename } }',
    "{ closed @skip(if: true) }",
    '{ known(one: "UTox", more: ["UToy"]) }',
    "query ($i: ID!) { known(one: $i, more: [$i]) }",
    '{ known(one: "no id of anything") }',
    '{ maybe(name: "n", more: null) }',
    "query ($e: String) { maybe(name: $e) }",
    "{ closed }",
    "{ below { closed } atOnce }",
    "{ needed }",
    "{ below { atOnce needed } }",
    'mutation { first: takes(a: 1) needed last: outcome(kind: "refused") { __typename } }',
    "mutation { closed }",
]
VARIABLES = [
    {"a": 1, "b": [2], "c": {"x": 3}, "d": "D", "e": "E", "n": 4, "i": "UTox"},
    {"a": 1, "b": None, "c": None, "d": "D", "e": None, "n": None, "i": "bad"},
    {"a": 1, "d": "D", "i": "UToy"},
]


def told(result):
    errors = [
        (each.message, each.path, [(at.line, at.column) for at in each.locations or ()])
        for each in result.errors or ()
    ]
    return json.dumps(result.data), errors


async def executed(operation, variables, context, root):
    done = operation.execute(variables, context, root, None)
    return told(await done if hasattr(done, "__await__") else done)


@pytest.mark.parametrize("who", ["somebody", "nobody"])
@pytest.mark.parametrize("given", range(len(VARIABLES)))
@pytest.mark.parametrize("number", range(len(ASKED)))
async def test_a_call_answers_as_strawberry_does(number, given, who):
    query, given = ASKED[number], VARIABLES[given]
    variables = {name: value for name, value in given.items() if f"${name}" in query}
    kind = Mutation if query.startswith("mutation") else Query
    root, context = kind(name="root"), Context(who)
    reference = await strawberry.Schema.execute(SCHEMA, query, variables, context, root_value=root)
    operation = SCHEMA.operations.get(query, None).operation
    for _ in range(3):
        assert await executed(operation, variables, context, root) == told(reference)


async def test_a_resolver_sees_all_that_is_asked_of_its_field_wherever_it_stands():
    query = """{ one: chosen { ...F } two: chosen { ...F chosen { closed } } }
      fragment F on Fields { chosen { atOnce } }"""
    reference = Query(name="root")
    await strawberry.Schema.execute(SCHEMA, query, {}, Context(), root_value=reference)
    assert sorted(reference.seen) == [1, 1, 1, 2]
    operation = SCHEMA.operations.get(query, None).operation
    for _ in range(4):
        root = Query(name="root")
        await executed(operation, {}, Context(), root)
        assert sorted(root.seen) == [1, 1, 1, 2]


async def test_what_is_called_does_not_go_through_strawberrys_resolver():
    field = SCHEMA._schema.query_type.fields["closed"]
    operation = SCHEMA.operations.get("{ closed below { closed } }", None).operation
    root = Query(name="root")
    await executed(operation, {}, Context(), root)
    was, field.resolve = field.resolve, None
    try:
        data, errors = await executed(operation, {}, Context(), root)
    finally:
        field.resolve = was
    assert (json.loads(data)["closed"], errors) == ("open", [])
