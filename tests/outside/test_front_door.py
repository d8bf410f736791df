"""The bare host answers on a real server."""


async def test_the_host_leads_to_the_api_and_nothing_else_does(http):
    told = (await http.get("/")).json()
    found = await http.get("/", headers={"accept": "text/html"}, follow_redirects=True)
    assert found.url.path == told["graphql"]
    assert "graphiql" in found.text.lower()
    assert [(await http.get(path)).status_code for path in told["health"]] == [200, 200]
    assert (await http.get("/elsewhere")).status_code == 404
