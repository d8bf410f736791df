"""What plans take over, what they leave to graphql-core, and when they are tried in vain."""

import asyncio
import enum
import gc
from dataclasses import dataclass, field
from typing import Annotated, Any, NewType

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from api.execution.limits import Limits
from api.execution.schema import Schema

Anything = NewType("Anything", object)
Size = enum.Enum("Size", {"SMALL": "s", "LARGE": "l"})
strawberry.enum(Size)


@strawberry.type
class Box:
    name: str
    size: Size = Size.SMALL
    holds: Annotated[Any, "anything"] = strawberry.field(graphql_type=Anything | None, default=None)

    @strawberry.field
    def words(self, given: list[str]) -> str:
        given.append(self.name)
        return " ".join(given)

    @strawberry.field
    def twice(self, times: int = 2) -> str:
        CALLS.append(self.name)
        return self.name * times

    @strawberry.field
    def hidden(self) -> Anything | None:
        return _later()


@strawberry.type
class Crate(Box):
    weight: int = 1


@strawberry.type
class Bag:
    name: str


@strawberry.type
class Query:
    boxes: list[Box]
    crates: list[Crate]

    @strawberry.field
    def either(self) -> list[Annotated[Box | Bag, strawberry.union("Either")]]:
        return [Bag(name="b"), Box(name="a")]

    @strawberry.field
    async def slow(self) -> Box:
        return self.boxes[0]


CALLS: list[str] = []
LEVELS = 22  # Python compiles no more than twenty loops in one another


def _nested(kind, levels):
    return list[_nested(kind, levels - 1)] if levels else kind


def _wrapped(value, levels):
    return [_wrapped(value, levels - 1)] if levels else value


@strawberry.type
class Deeper:
    nested: _nested(str, LEVELS) = strawberry.field(default_factory=lambda: _wrapped("x", LEVELS))


@strawberry.type
class Deep:
    @strawberry.field
    def deep(self) -> Deeper:
        return Deeper()


async def _later():
    await asyncio.sleep(0)
    return {"late": True}


class Caller:
    scopes = frozenset()


@dataclass
class Context:
    caller: Caller = field(default_factory=Caller)
    operation: str | None = None


@pytest.fixture
def schema():
    CALLS.clear()
    scalar = strawberry.scalar(name="Anything", serialize=lambda value: value)
    return Schema(
        Query,
        limits=Limits(aliases=99),
        config=StrawberryConfig(scalar_map={Anything: scalar}),
    )


async def ask(schema, query, root, **variables):
    operation = schema.operations.get(query, None).operation
    for _ in range(2):
        done = operation.execute(variables, Context(), root, None)
        answer = await done if hasattr(done, "__await__") else done
    return answer, operation


def two(**more):
    boxes = [Box(name="a", **more), Box(name="b", **more)]
    return Query(boxes=boxes, crates=[Crate(name="c")])


async def test_a_list_is_completed_by_one_plan(schema):
    answer, operation = await ask(schema, "{ boxes { name size twice(times: 3) } }", two())
    assert answer.data["boxes"][1] == {"name": "b", "size": "SMALL", "twice": "bbb"}
    assert operation.plans_written == 1
    assert schema.compiler.deoptimised == 0


async def test_what_is_asked_once_gets_no_plan(schema):
    query = "{ boxes { name } }"
    operation = schema.operations.get(query, None).operation
    operation.execute({}, Context(), two(), None)
    assert operation.plans_written == 0


async def test_below_what_waits_plans_go_on(schema):
    answer, operation = await ask(schema, "{ slow { name twice } }", two())
    assert answer.data == {"slow": {"name": "a", "twice": "aa"}}
    assert operation.plans_written == 1


async def test_members_of_a_union_have_their_own_fields(schema):
    query = "{ either { __typename ... on Bag { bag: name } ... on Box { name size } } }"
    answer, operation = await ask(schema, query, two())
    bag, box = answer.data["either"]
    assert bag == {"__typename": "Bag", "bag": "b"}
    assert box == {"__typename": "Box", "name": "a", "size": "SMALL"}
    assert operation.plans_written == 1
    assert schema.compiler.deoptimised == 0


async def test_what_directives_leave_out_has_plans_of_its_own(schema):
    query = "query ($on: Boolean!) { boxes { name size @include(if: $on) } }"
    operation = schema.operations.get(query, None).operation
    for on in (True, False, True, False):
        answer = operation.execute({"on": on}, Context(), two(), None)
        assert ("size" in answer.data["boxes"][0]) is on
    assert operation.plans_written == 2


async def test_all_plans_of_an_operation_together_are_not_longer_than_its_text(schema):
    every = "a: name b: name c: name d: name e: name f: name g: name h: name"
    query = f"query ($a: Boolean!, $b: Boolean!) {{ {{}} }} fragment F on Box {{ {every} }}"
    lists = "w: boxes { ...F } x: boxes { ...F } y: boxes { ...F } z: boxes { ...F }"
    query = query.replace("{}", f"p: __typename @skip(if: $a) q: __typename @skip(if: $b) {lists}")
    operation = schema.operations.get(query, None).operation
    for choice in ((True, True), (True, False), (False, True), (False, False)) * 2:
        answer = operation.execute(dict(zip("ab", choice, strict=True)), Context(), two(), None)
        assert [each["h"] for each in answer.data["z"]] == ["a", "b"]
    # not of every list for every choice
    assert 1 <= operation.plans_written < 4 * 4
    assert schema.compiler.deoptimised == 0


async def test_lists_nested_deeper_than_python_compiles_are_completed(schema):
    answer, operation = await ask(Schema(Deep), "{ deep { nested } }", Deep())
    assert answer.data == {"deep": {"nested": Deeper().nested}}
    # that of the inner lists
    assert operation.plans_written == 1


async def test_each_call_has_a_list_of_its_own(schema):
    query = "query ($of: [String!]!) { boxes { words(given: $of) } }"
    answer, operation = await ask(schema, query, two(), of=["x"])
    assert [each["words"] for each in answer.data["boxes"]] == ["x a", "x b"]
    assert operation.plans_written == 1


@pytest.mark.parametrize("faulty", [ValueError("returned"), 2**40, ["a"], object()])
async def test_a_wrong_value_is_reported_by_graphql_core(schema, faulty):
    root = two()
    root.boxes[1].name = faulty
    query = "{ boxes { name } crates { name weight } }"
    schema.engine = False
    reference = await strawberry.Schema.execute(schema, query, None, Context(), root_value=root)
    answer, _ = await ask(schema, query, root)
    assert (answer.data, [e.formatted for e in answer.errors or ()]) == (
        reference.data,
        [e.formatted for e in reference.errors or ()],
    )


async def test_one_faulty_row_costs_the_others_no_plan(schema):
    query = "{ boxes { twice holds } }"
    root = two()
    root.boxes[1].holds = KeyError("gone")
    answer, _ = await ask(schema, query, root)
    assert [each["twice"] for each in answer.data["boxes"]] == ["aa", "bb"]
    assert [error.path for error in answer.errors] == [["boxes", 1, "holds"]]
    # the list once, and the faulty row once
    assert schema.compiler.deoptimised == 2


async def test_what_turns_out_to_wait_is_awaited(schema):
    answer, _ = await ask(schema, "{ boxes { hidden } }", two())
    assert answer.data == {"boxes": [{"hidden": {"late": True}}] * 2}


async def test_the_subclass_of_a_type_is_left_to_graphql_core(schema):
    root = two()
    root.boxes.append(root.crates[0])
    answer, _ = await ask(schema, "{ boxes { name } }", root)
    assert [each["name"] for each in answer.data["boxes"]] == ["a", "b", "c"]
    assert schema.compiler.deoptimised == 2


@strawberry.type
class Slowly:
    @strawberry.field
    async def words(self) -> list[str]:
        return ["a", _word("b")]

    @strawberry.field
    def bags(self) -> list[Bag]:
        return [Bag(name="a"), _bag("b")]


async def _word(word):
    return word


async def _bag(name):
    return Bag(name=name)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ words }", {"words": ["a", "b"]}),
        ("{ bags { name } }", {"bags": [{"name": "a"}, {"name": "b"}]}),
    ],
)
async def test_what_waits_in_a_list_is_still_there_to_be_awaited(query, expected):
    answer, _ = await ask(Schema(Slowly), query, Slowly())
    assert (answer.data, answer.errors) == (expected, None)


class Mark(enum.Flag):
    BOLD = 1
    ITALIC = 2


strawberry.enum(Mark)


@strawberry.type
class Text:
    marks: list[Mark | None]


@strawberry.type
class Page:
    text: Text


async def test_a_combination_of_flags_is_no_value_of_the_enum():
    root = Page(text=Text(marks=[Mark.BOLD, Mark.BOLD | Mark.ITALIC]))
    answer, _ = await ask(Schema(Page), "{ text { marks } }", root)
    assert answer.data == {"text": {"marks": ["BOLD", None]}}
    assert [error.path for error in answer.errors] == [["text", "marks", 1]]


async def test_a_request_leaves_nothing_for_the_garbage_collector(schema):
    query = "{ slow { name twice } boxes { name } }"
    await ask(schema, query, two())
    gc.collect()
    gc.disable()
    try:
        await ask(schema, query, two())
        assert gc.collect() == 0
    finally:
        gc.enable()
