"""The bare host answers on a real server."""

import pytest


async def test_the_host_leads_to_the_api_and_nothing_else_does(http):
    told = (await http.get("/")).json()
    found = await http.get("/", headers={"accept": "text/html"}, follow_redirects=True)
    assert found.url.path == told["graphql"]
    assert "graphiql" in found.text.lower()
    assert [(await http.get(path)).status_code for path in told["health"]] == [200, 200]


@pytest.mark.parametrize("path", ["/elsewhere", "/graphql/anna@example.com"])
async def test_where_nothing_is_the_answer_has_the_shape_of_a_refusal_and_names_the_api(http, path):
    for method in ("GET", "POST"):
        answer = await http.request(method, path, json={})
        assert answer.status_code == 404
        told = refusal(answer)
        assert (
            told == "There is nothing at this path. The API is at /graphql, and / lists what "
            "else there is."
        )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_slash_too_many_leads_to_the_api(http, method):
    answer = await http.request(method, "/graphql/", json={})
    assert answer.status_code == 307
    assert answer.next_request.url.path == "/graphql"


@pytest.mark.parametrize("path", ["/", "/health/live", "/health/ready"])
async def test_a_method_that_a_path_does_not_take_is_refused_in_the_same_shape(http, path):
    for method in ("POST", "DELETE"):
        answer = await http.request(method, path, json={})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
        assert refusal(answer).startswith("This path takes GET, HEAD alone. The API is at /graphql")


def refusal(answer):
    """The message of an answer that has the shape of every refusal."""
    assert answer.headers["content-type"] == "application/json"
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "BAD_REQUEST"}
    return error["message"]
