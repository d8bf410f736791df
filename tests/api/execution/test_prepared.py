"""An operation is parsed, validated and measured once, and kept within bounds."""

import pytest
from strawberry.exceptions import MissingQueryError

from api.execution.limits import Limits
from api.execution.prepared import PreparedOperations
from tests.api.execution.corner import SCHEMA, Context, ask, codes


class Validator:
    """Finds nothing wrong, and counts."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, schema, document):
        self.calls += 1
        return []


def operations(validator=None, **bounds):
    return PreparedOperations(SCHEMA.compiler, validator or Validator(), Limits(), **bounds)


def test_a_repeated_query_is_prepared_once():
    validator = Validator()
    kept = operations(validator)
    first = kept.get("{ person { id } }", None)
    assert kept.get("{ person { id } }", None) is first
    assert validator.calls == 1


def test_the_same_text_with_another_operation_name_is_another_operation():
    kept = operations()
    text = "query A { person { id } } query B { people { nodes { id } } }"
    assert kept.get(text, "A").cost.value({}) == 1
    assert kept.get(text, "B").cost.value({}) == 26


def test_what_was_refused_is_not_examined_again_either():
    kept = operations()
    assert kept.get("{ person { ", None) is kept.get("{ person { ", None)


def test_the_least_used_goes_first():
    kept = operations(entries=2)
    first = kept.get("{ a: person { id } }", None)
    kept.get("{ b: person { id } }", None)
    kept.get("{ a: person { id } }", None)
    kept.get("{ c: person { id } }", None)
    assert len(kept) == 2
    assert kept.get("{ a: person { id } }", None) is first


def test_bytes_are_bounded_too():
    kept = operations(size=70_000)
    for number in range(20):
        kept.get(f"{{ a{number}: person {{ id }} }}", None)
    assert len(kept) == 2
    # what their plans may take, whatever is planned of them, is counted from the start
    assert kept._room == 70_000 - 2 * (16_596 + 450 * len("{ a19: person { id } }"))


def test_what_would_fill_it_alone_is_not_kept():
    kept = operations(size=1_000)
    kept.get("{ person { id } }", None)
    assert len(kept) == 0


def test_a_refusal_that_is_kept_keeps_no_frames():
    for text in ("{ person { ", "{ person { id } " + "x " * 3_000 + "}", "{ nothing }"):
        (error, *_) = SCHEMA.operations.get(text, None).errors
        assert error.__traceback__ is None
        assert error.__context__ is None


def test_what_is_too_deep_for_the_stack_is_refused_not_crashed():
    def sinking(schema, document):
        raise RecursionError

    (error,) = operations(sinking).get("{ person { id } }", None).errors
    assert error.extensions["code"] == "QUERY_TOO_DEEP"


async def test_no_query_at_all_is_strawberrys_to_refuse():
    with pytest.raises(MissingQueryError):
        await ask(None)


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("{ person { ", None, "Syntax Error"),
        ("{ nothing }", None, "Cannot query field 'nothing'"),
        ("{ person { id } }", "Other", "no operation of that name"),
        ("fragment F on Person { id }", None, "no operation"),
        ("query A { person { id } } query B { person { id } }", None, "several operations"),
    ],
)
async def test_what_cannot_run_is_refused_with_a_sentence(text, name, sentence):
    answer = await ask(text, name=name)
    assert answer.data is None
    assert set(codes(answer)) == {"QUERY_INVALID"}
    assert sentence in answer.errors[0].message


async def test_a_refused_query_is_refused_the_same_way_again():
    answers = [await ask("{ nothing }") for _ in range(3)]
    assert len({str(answer.errors) for answer in answers}) == 1


async def test_a_wrong_variable_is_the_callers_and_said_so():
    query = "query ($n: Int!) { people(first: $n) { nodes { id } } }"
    assert codes(await ask(query, {"n": "many"})) == ["QUERY_INVALID"]
    answer = await ask("query ($d: DateTime!) { on(day: $d) }", {"d": "tomorrow"})
    assert codes(answer) == ["QUERY_INVALID"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("query Card { person { id } }", "query Card: person"),
        ("mutation { act { id } }", "mutation: act"),
        ("{ x: person { id } audit }", "query: person, audit"),
        ("{ somebody }", "invalid"),
    ],
)
async def test_the_context_learns_what_is_asked(text, label):
    context = Context()
    await SCHEMA.execute(text, None, context)
    assert context.operation == label
