"""Whatever the form of a request: a key first, one answer, and a refusal where it is malformed."""

import pytest

from api.execution.documents import Documents
from api.http import LARGEST_BODY
from api.schema import SCHEMA
from tests.api.at_the_door import asking, new_ring

ASKED = {"query": "{ viewer { scopes } }"}
ANSWER = {"viewer": {"scopes": ["customers:read"]}}


@pytest.fixture
def ring():
    return new_ring()


@pytest.fixture
async def http(ring):
    async with asking(SCHEMA, Documents(), ring) as client:
        yield client


async def test_one_operation_is_answered_with_its_cost_and_the_id_of_the_request(http):
    answer = await http.post("", json=ASKED)
    assert answer.json() == {"data": ANSWER, "extensions": answer.json()["extensions"]}
    assert answer.json()["extensions"]["cost"]["limit"] == 1_000
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"] == "req_7"
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_variables_and_the_operations_name_are_heeded(http):
    query = (
        "query A { a: viewer { scopes } } query B($b: Boolean!) { viewer @skip(if: $b) { scopes } }"
    )
    asked = {"query": query, "operationName": "B", "variables": {"b": True}}
    assert (await http.post("", json=asked)).json()["data"] == {}


async def test_errors_come_beside_the_data(http):
    answer = (await http.post("", json={"query": "{ nobody }"})).json()
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {"code": "QUERY_INVALID"}


@pytest.mark.parametrize(
    "given",
    [
        {"content": b"{"},
        {"content": b"4"},
        {"content": b"4", "headers": {"accept": "text/event-stream"}},
        {"json": {}},
        {"json": {"query": ["{ viewer { scopes } }"]}},
        {"json": {**ASKED, "variables": [1]}},
        {"json": {**ASKED, "extensions": "many"}},
        {"json": [ASKED]},
        {"content": b"query={viewer}", "headers": {"content-type": "text/plain"}},
    ],
)
async def test_what_is_malformed_is_refused(http, given):
    given["headers"] = {"content-type": "application/json", **given.get("headers", {})}
    assert (await http.post("", **given)).status_code == 400


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{'query': 1}", "no JSON, from line 1, column 2 on"),
        (b"[{}]", "no batching"),
        (b"4", "no JSON object"),
        (b'{"query": 4}', "`query` is a text"),
        (b'{"documentId": 4}', "`documentId` is a text"),
        (b'{"query": "{ viewer { scopes } }", "variables": "{}"}', "`variables` is an object"),
        (b"{}", "There is no query"),
    ],
)
async def test_a_refusal_says_what_is_malformed(http, body, why):
    answer = await http.post("", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert why in answer.json()["errors"][0]["message"]


async def test_what_is_too_large_is_refused_unread(http):
    answer = await http.post("", content=b" " * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_what_is_too_large_is_refused_when_it_comes_in_chunks_too(http, accept):
    async def chunks():
        for _ in range(3):
            yield b" " * (LARGEST_BODY // 2)

    headers = {"content-type": "application/json", "accept": accept}
    answer = await http.post("", content=chunks(), headers=headers)
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [ASKED, [ASKED], {}])
async def test_no_form_of_a_request_gets_past_the_key(http, body):
    answer = await http.post("", json=body, headers={"Authorization": "Bearer rap_nothing"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="rapport"'


async def test_a_query_in_the_address_is_not_answered(http):
    answer = await http.get("", params=ASKED, headers={"accept": "application/json"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (await http.put("", json=ASKED)).status_code == 405


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_no_other_method_does_anything(http, method):
    del http.headers["authorization"]
    answer = await http.request(method, "", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_browser_finds_the_explorer_without_a_key(http):
    del http.headers["authorization"]
    answer = await http.get("", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert "graphiql" in answer.text.lower()
