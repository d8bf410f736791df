"""Logs are structured, tell requests apart, and hold nothing that a person could be known by."""

import io
import json
import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

import httpx
import orjson
import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from api import logs
from api.request_log import RequestLog, request_id
from tests.api.execution.corner import SCHEMA, Context

CANARIES = (f"canary{number}x" for number in count())


class Terminal(io.StringIO):
    def isatty(self):
        return True


@contextmanager
def configured(written):
    loggers = [logging.getLogger(name) for name in (None, *logs._OURS, *logs._SILENT)]
    before = [(each, each.level, each.handlers) for each in loggers]
    logs.configure("info", written)
    try:
        yield written
    finally:
        for each, level, handlers in before:
            each.setLevel(level)
            each.handlers = handlers
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()


@pytest.fixture
def stream():
    with configured(io.StringIO()) as written:
        yield written


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def graphql(request: Request) -> JSONResponse:
    body = orjson.loads(await request.body())
    context = Context(request_id=request_id(request.scope))
    answer = await SCHEMA.execute(body["query"], body.get("variables"), context)
    errors = [error.formatted for error in answer.errors or ()]
    return JSONResponse({"data": answer.data, "errors": errors})


STARLETTE = Starlette(routes=[Route("/graphql", graphql, methods=["POST"])])


async def shop(scope, receive, send):
    if scope["path"] == "/broken":
        raise LookupError(scope["query_string"])
    await STARLETTE(scope, receive, send)


async def halfway(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise LookupError("jane")


def logged(app=shop):
    made, ticks = count(1), count()
    return RequestLog(
        app,
        paths=["/graphql", "/broken"],
        new_id=lambda: f"made-{next(made)}",
        seconds=lambda: next(ticks) / 4,
    )


def client():
    transport = httpx.ASGITransport(logged())
    return httpx.AsyncClient(transport=transport, base_url="http://shop.example")


async def test_one_line_a_request_says_what_was_asked_and_what_came_of_it(stream):
    async with client() as http:
        await http.post("/graphql?who=x", json={"query": "query Card { person { id } }"})
    (line,) = lines(stream)
    assert {key: line[key] for key in line if key != "timestamp"} == {
        "event": "request",
        "level": "info",
        "logger": "rapport.requests",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "ms": 250.0,
        "operation": "query Card: person",
        "request_id": "made-1",
    }


class Broken(io.StringIO):
    def write(self, text):
        raise BrokenPipeError(32, "Broken pipe")


async def test_where_no_line_can_be_written_requests_are_answered_all_the_same():
    with configured(Broken()):
        async with client() as http:
            answered = await http.post("/graphql", json={"query": "{ person { id } }"})
            failed = await http.post("/broken")
    assert answered.json()["data"] == {"person": {"id": "cus_0"}}
    assert failed.status_code == 500
    assert failed.json()["errors"][0]["extensions"]["code"] == "INTERNAL"


@pytest.mark.parametrize(
    "given",
    [
        "req_01jd5x3q0zfwbs5m2w8k3n7t4c",
        "0189c9f2-7b3a-7c1e-9d2f-0a1b2c3d4e5f",
        "0189C9F2-7B3A-7C1E-9D2F-0A1B2C3D4E5F",
    ],
)
async def test_a_request_id_that_can_be_nothing_else_is_taken_over_and_returned(stream, given):
    async with client() as http:
        answer = await http.get("/graphql", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given
    assert lines(stream)[0]["request_id"] == given


@pytest.mark.parametrize(
    "given",
    [
        *("short", "jane@example.com", "jane.doe", "12025550123", "has space in it", ""),
        *("jane_01jd5x3q0zfwbs5m2w8k3n7t4c", "req_01jd5x3q0zfwbs5m2w8k3n7t4cc", "a" * 32),
    ],
)
async def test_any_other_request_id_is_replaced(stream, given):
    async with client() as http:
        answer = await http.get("/graphql", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == "made-1"


async def test_what_escapes_the_application_is_an_internal_error_with_the_request_id(stream):
    async with client() as http:
        answer = await http.get("/broken?who=jane")
    assert answer.status_code == 500
    assert answer.json()["errors"] == [
        {"message": "Internal error", "extensions": {"code": "INTERNAL", "requestId": "made-1"}}
    ]
    failure, request = lines(stream)
    assert failure["causes"][0]["kind"] == "builtins.LookupError"
    assert any(frame.endswith(" shop") for frame in failure["causes"][0]["frames"])
    assert request["status"] == 500
    assert "jane" not in stream.getvalue()


async def test_an_answer_that_breaks_off_is_left_broken_and_logged(stream):
    sent = []

    async def send(message):
        sent.append(message["type"])

    scope = {"type": "http", "path": "/graphql", "method": "GET", "headers": []}
    await logged(halfway)(scope, None, send)
    assert sent == ["http.response.start"]
    assert [line["event"] for line in lines(stream)] == ["internal_error", "request"]
    assert lines(stream)[1]["status"] == 200


async def test_a_websocket_has_its_line_too(stream):
    async def app(scope, receive, send):
        await send({"type": "websocket.accept"})

    async def send(message):
        return None

    scope = {"type": "websocket", "path": "/graphql", "headers": []}
    await logged(app)(scope, None, send)
    assert (lines(stream)[0]["method"], lines(stream)[0]["status"]) == ("WEBSOCKET", 101)


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime(2026, 5, 1, 12, tzinfo=UTC))
def test_a_moment_is_written_in_utc_as_iso_8601_has_it(at):
    written = json.loads(logs._json(None, "info", {"timestamp": at}))
    assert written == {"timestamp": at.isoformat().replace("+00:00", "Z")}


def test_a_line_says_when_it_was_written(stream):
    before = datetime.now(UTC)
    structlog.stdlib.get_logger("rapport.test").info("hello")
    assert before <= datetime.fromisoformat(lines(stream)[0]["timestamp"]) <= datetime.now(UTC)


async def test_an_unknown_path_or_method_is_not_quoted(stream):
    async with client() as http:
        await http.request("JANE", "/customers/jane@example.com")
    (line,) = lines(stream)
    assert (line["method"], line["path"], line["status"]) == ("other", "other", 404)


async def test_what_one_request_bound_does_not_reach_the_next(stream):
    async with client() as http:
        await http.post("/graphql", json={"query": "query Card { person { id } }"})
        await http.get("/graphql")
    assert "operation" not in lines(stream)[1]


async def test_no_value_of_a_request_reaches_the_log(stream):
    """The canary: every value is a token that nothing else could write."""
    sent = []

    def canary() -> str:
        sent.append(next(CANARIES))
        return sent[-1]

    async with client() as http:
        for query in (
            "query Q($w: Filter) { people(where: $w) { nodes { id name broken wrong gone } } }",
            f'{{ people(where: {{name: "{canary()}"}}) {{ nodes {{ name broken }} }} }}',
            f"{{ {canary()} }}",
            f'{{ person {{ id(who: "{canary()}") }} }}',
            f'{{ person {{ "{canary()}"',
            "query Q($w: Int!) { people(first: $w) { nodes { id } } }",
            f'{{ on(day: "{canary()}") }}',
        ):
            await http.post(
                f"/graphql?{canary()}={canary()}",
                json={"query": query, "variables": {"w": {"name": canary()}}, canary(): canary()},
                headers={"Authorization": f"Bearer {canary()}", f"X-{canary()}": canary()},
            )
        await http.post("/graphql", content=canary())
        await http.get(f"/broken?who={canary()}")
        await http.get(f"/{canary()}/{canary()}")
        await http.request(canary().upper(), "/graphql")
    assert len(lines(stream)) > len(sent) / 4
    assert [token for token in sent if token in stream.getvalue().lower()] == []


def test_a_librarys_message_stays_out_but_its_place_is_known(stream):
    failure = ValueError("jane@example.com")
    logging.getLogger("asyncio").error("lost %s", "jane@example.com", exc_info=failure)
    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("library", "asyncio", "error")
    assert line["at"].startswith("test_logs:")
    assert line["causes"][0]["kind"] == "builtins.ValueError"
    assert "jane" not in stream.getvalue()


def test_the_servers_own_lines_keep_their_template(stream):
    logging.getLogger("uvicorn.error").warning("Started server process [%d]", 7)
    assert lines(stream)[0]["event"] == "Started server process [%d]"


def test_access_lines_of_the_server_are_dropped_for_ours(stream):
    logging.getLogger("uvicorn.access").info("GET /customers/jane@example.com")
    logging.getLogger("strawberry.execution").error("jane@example.com")
    assert stream.getvalue() == ""


def test_the_chatter_of_libraries_is_not_kept(stream):
    logging.getLogger("httpx").info("HTTP Request: GET /customers/jane@example.com")
    assert stream.getvalue() == ""


def test_an_exception_given_to_our_own_log_loses_its_message_too(stream):
    log = structlog.stdlib.get_logger("rapport.test")
    try:
        int("jane@example.com")
    except ValueError as error:
        log.exception("failed")
        log.warning("failed again", exc_info=error)
    first, second = lines(stream)
    assert first["causes"] == second["causes"]
    assert "jane" not in stream.getvalue()


def test_what_is_no_json_is_named_by_its_type(stream):
    structlog.stdlib.get_logger("rapport.test").info("odd", thing=object())
    assert lines(stream)[0]["thing"] == "<object>"


def test_on_a_terminal_lines_are_for_people():
    with configured(Terminal()) as terminal:
        structlog.stdlib.get_logger("rapport.test").info("hello", name_of="test")
    assert "hello" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


async def test_other_traffic_passes_untouched(stream):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["type"])

    await RequestLog(app, paths=(), new_id=str, seconds=float)({"type": "lifespan"}, None, None)
    assert seen == ["lifespan"]
    assert stream.getvalue() == ""
