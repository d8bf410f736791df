"""Who knows the host alone is shown where to go, without a key."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import elsewhere, front_door, health

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture
async def http():
    app = Starlette(routes=[front_door.route()])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example/") as client:
        yield client


async def test_a_browser_is_sent_to_the_explorer(http):
    answer = await http.get("/", headers={"accept": BROWSER})
    assert answer.is_redirect
    assert answer.next_request.url == "http://shop.example/graphql"
    assert answer.headers["location"] == "graphql"
    assert answer.headers["vary"] == "accept"


@pytest.mark.parametrize("accept", ["*/*", "application/json"])
async def test_a_program_is_told_the_paths_there_are(http, accept):
    answer = await http.get("/", headers={"accept": accept})
    paths = {"graphql": "/graphql", "health": list(health.PATHS)}
    assert (answer.status_code, answer.json()) == (200, {"name": "Rapport", **paths})


async def test_a_refused_method_without_the_ones_that_are_taken_is_a_bug():
    refused = elsewhere.HANDLERS[405](Request({"type": "http"}), HTTPException(405))
    with pytest.raises(KeyError, match="Allow"):
        await refused
