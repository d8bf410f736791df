"""The operations of a manifest: prepared at the start, by their ids, alone where that is wanted."""

import json

import pytest

from api import cli_serve
from api.app import CannotStart
from api.settings import Settings
from api.trusted import trusted
from tests.api.at_the_door import asking, new_ring

QUERY = "query Mine { viewer { scopes } }"
OTHER = "{ viewer { locale } }"


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"mine": QUERY}))
    return path


def served(manifest, *, only):
    settings = Settings(trusted_documents=manifest, only_trusted=only)
    return asking(*trusted(settings), new_ring())


def code(answer):
    return answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("only", [False, True])
async def test_an_operation_of_the_manifest_is_asked_by_its_id(manifest, only):
    async with served(manifest, only=only) as http:
        answer = await http.post("", json={"documentId": "mine"})
        named = await http.post("", json={"query": QUERY, "operationName": "Mine"})
    assert (
        answer.json()["data"] == named.json()["data"] == {"viewer": {"scopes": ["customers:read"]}}
    )


@pytest.mark.parametrize(
    "accept",
    [
        # as urql 4 and Apollo Kotlin send them with every operation
        (
            "application/graphql-response+json, application/graphql+json, application/json, "
            "text/event-stream, multipart/mixed"
        ),
        "multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json",
        "*/*, text/event-stream",
    ],
)
async def test_who_takes_streams_too_may_ask_by_an_id(manifest, accept):
    async with served(manifest, only=False) as http:
        answer = await http.post("", json={"documentId": "mine"}, headers={"accept": accept})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["data"] == {"viewer": {"scopes": ["customers:read"]}}


async def test_where_only_the_manifest_counts_nothing_else_is_executed(manifest):
    async with served(manifest, only=True) as http:
        assert code(await http.post("", json={"query": OTHER})) == "QUERY_NOT_TRUSTED"
        assert code(await http.post("", json={"query": "{ nonsense"})) == "QUERY_NOT_TRUSTED"
        named = {"query": QUERY, "operationName": "Other"}
        assert code(await http.post("", json=named)) == "QUERY_NOT_TRUSTED"
        for asked in ({"query": OTHER}, {"query": OTHER, "operationName": "Other"}):
            streamed = await http.post("", json=asked, headers={"accept": "multipart/mixed"})
            assert "QUERY_NOT_TRUSTED" in streamed.text


async def test_beside_the_manifest_others_are_answered_and_registered(manifest):
    async with served(manifest, only=False) as http:
        assert (await http.post("", json={"query": OTHER})).json()["data"]["viewer"]["locale"]
        unknown = await http.post("", json={"documentId": "nobody"})
    assert (unknown.status_code, code(unknown)) == (200, "PERSISTED_QUERY_NOT_FOUND")


def test_other_schemas_trust_what_they_did(manifest):
    trusted(Settings(trusted_documents=manifest, only_trusted=True))
    schema, _ = trusted(Settings())
    assert schema.operations.get(OTHER, None).errors == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"mine": "{ nobody }"}', "mine: Cannot query field 'nobody'"),
        (
            '{"mine": "query A { viewer { locale } } query B { viewer { locale } }"}',
            "mine: .*several",
        ),
        ('{"mine": "{ viewer"}', "mine: Syntax Error"),
        ("{}", "no documents"),
        ('{"mine": "{ customers(first: 5000) { nodes { id } } }"}', "mine: .*costs"),
    ],
)
def test_a_manifest_that_would_be_refused_keeps_the_server_from_starting(tmp_path, text, why):
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(CannotStart, match=why):
        trusted(Settings(trusted_documents=path))


def test_a_manifest_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CannotStart, match=r"gone\.json cannot be read"):
        trusted(Settings(trusted_documents=tmp_path / "gone.json"))


def test_only_trusted_wants_a_manifest():
    with pytest.raises(CannotStart, match="needs RAPPORT_TRUSTED_DOCUMENTS"):
        trusted(Settings(only_trusted=True))


def test_what_costs_too_much_with_some_variables_alone_is_trusted(tmp_path):
    path = tmp_path / "manifest.json"
    text = "query ($n: Int = 5000) { customers(first: $n) { nodes { id } } }"
    path.write_text(json.dumps({"mine": text}))
    assert trusted(Settings(trusted_documents=path))[1].trusted == ("mine",)


@pytest.mark.parametrize("only", [False, True])
def test_a_start_says_what_it_trusts_and_how_to_ask_for_it(manifest, only):
    settings = Settings(trusted_documents=manifest, only_trusted=only)
    _, documents = trusted(settings)
    told = cli_serve.greeting("http://shop.example", "rap_x", settings, documents)
    assert ('{"documentId": "mine"}' in told) is only
    alone = "; nothing else is executed" if only else ""
    assert cli_serve.trusts(documents, settings) == f"manifest: 1 operation{alone}"
