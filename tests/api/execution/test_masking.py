"""A bug shows its request id and nothing else; an expected failure shows its sentence."""

import structlog
from structlog.testing import capture_logs

from api.execution.masking import causes
from tests.api.execution.corner import SCHEMA, SECRET, Context, ask, codes


async def test_an_unexpected_error_is_masked_with_the_request_id():
    answer = await ask("{ person { id broken } }", request_id="req-7")
    assert answer.data == {"person": {"id": "cus_0", "broken": None}}
    (error,) = answer.errors
    assert error.message == "Internal error"
    assert error.extensions == {"code": "INTERNAL", "requestId": "req-7"}
    assert error.path == ["person", "broken"]


async def test_a_result_of_the_wrong_type_is_masked_too():
    answer = await ask("{ person { wrong } }")
    assert codes(answer) == ["INTERNAL"]
    assert SECRET not in str(answer)


async def test_the_log_holds_kind_and_frames_but_no_message():
    with capture_logs() as lines:
        await ask("{ person { broken wrong } }")
    assert [line["event"] for line in lines] == ["internal_error", "internal_error"]
    assert lines[0]["causes"][0]["kind"] == "builtins.RuntimeError"
    assert any("corner.py" in frame for frame in lines[0]["causes"][0]["frames"])
    assert lines[0]["path"] == ["person", "broken"]
    assert SECRET not in str(lines)


async def test_strawberrys_own_log_stays_silent(caplog):
    await ask("{ person { broken } }")
    assert caplog.records == []


async def test_an_expected_failure_keeps_its_sentence_and_code():
    answer = await ask("{ person { gone } }")
    assert codes(answer) == ["NOT_FOUND"]
    assert answer.errors[0].message.startswith("There is no such tag")


async def test_every_issue_of_an_invalid_argument_is_told_with_its_path():
    (error,) = (await ask("{ person { refused } }")).errors
    assert error.extensions == {
        "code": "VALIDATION_FAILED",
        "issues": [
            {
                "path": ("where", "or"),
                "code": "FILTER_TOO_DEEP",
                "message": "This filter is too deep.",
            }
        ],
    }


async def test_a_missing_scope_keeps_its_code():
    assert codes(await ask("{ audit }")) == ["FORBIDDEN"]


async def test_a_null_variable_for_a_required_argument_is_the_callers():
    query = "query ($n: Int = 3) { people(first: $n) { nodes { id } } }"
    assert codes(await ask(query, {"n": None})) == ["QUERY_INVALID"]


async def test_a_bug_outside_of_every_resolver_is_masked_as_well(monkeypatch):
    def burst(*_):
        raise KeyError(SECRET)

    monkeypatch.setattr(SCHEMA.operations, "get", burst)
    with capture_logs() as lines:
        answer = await ask("{ person { id } }")
    assert codes(answer) == ["INTERNAL"]
    assert SECRET not in str(answer) + str(lines)


async def test_streamed_answers_are_masked_and_logged_before_they_leave():
    results = await SCHEMA.stream("{ person { name broken } }", None, Context())
    frames = [frame async for frame in results]
    assert [codes(frame) for frame in frames] == [["INTERNAL"]]


async def test_the_lines_of_a_request_name_its_operation():
    structlog.contextvars.clear_contextvars()
    await ask("query Card { person { id } }")
    assert structlog.contextvars.get_contextvars()["operation"] == "query Card: person"
    structlog.contextvars.clear_contextvars()


def test_what_a_group_holds_is_told_with_its_causes():
    def raised():
        try:
            {}[SECRET]
        except KeyError as problem:
            raise ValueError(SECRET) from problem

    try:
        try:
            raised()
        except ValueError as first:
            raise ExceptionGroup(SECRET, [first, ExceptionGroup(SECRET, [OSError()])]) from None
    except ExceptionGroup as group:
        told = list(causes(group))
    kinds = [str(each["kind"]).removeprefix("builtins.") for each in told]
    assert kinds == ["ExceptionGroup", "ValueError", "KeyError", "ExceptionGroup", "OSError"]
    assert any(frame.endswith(" raised") for frame in told[1]["frames"])
    assert SECRET not in str(told)
