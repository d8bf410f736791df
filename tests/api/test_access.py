"""The whole application over HTTP: no key no answer, scopes, the access log, silent logs."""

import io
from itertools import count

import httpx
import pytest

from api import outside
from domain.access import ROLES
from domain.key_ring import KeyRing
from domain.secret import Secret
from mongo.access_log import ACCESS_LOG, MongoAccessLog
from mongo.keys import MongoKeys
from tests.answering import application
from tests.api.test_logs import configured, lines

CREATE = """
mutation Make($input: CustomerCreateInput!, $key: String) {
  customerCreate(input: $input, idempotencyKey: $key) {
    __typename
    ... on CustomerPayload { customer { id displayName primaryEmail { address masked access } } }
    ... on Error { code message path }
  }
}
"""
FIND = """
query Find($by: CustomerRef!) {
  customer(by: $by) { id displayName name { formatted } primaryEmail { address masked access } }
}
"""
LIST = """
query List($where: CustomerWhere, $search: String, $first: Int) {
  customers(where: $where, search: $search, first: $first) {
    nodes { id name { formatted } primaryEmail { address } primaryPhone { e164 } }
  }
}
"""


@pytest.fixture
def written():
    with configured(io.StringIO()) as stream:
        yield stream


@pytest.fixture
def ring(database, clock):
    numbers = count(1)
    return KeyRing(
        MongoKeys(database),
        secret=Secret(bytes(32)),
        clock=clock,
        ids=outside.new_id,
        randomness=lambda length: next(numbers).to_bytes(length, "big"),
    )


@pytest.fixture
async def http(written, database, services, ring):
    transport = httpx.ASGITransport(application(database, services, ring))
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
        yield client


@pytest.fixture
def ask(http, ring):
    async def asked(role: str, query: str, **variables):
        issued = await ring.create(role, ROLES[role])
        return await http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {issued.token}"},
        )

    return asked


async def made(ask) -> str:
    given = {"name": {"given": "Ada", "family": "Lovelace"}, "emails": ["ada@example.com"]}
    answer = (await ask("admin", CREATE, input=given)).json()
    customer: str = answer["data"]["customerCreate"]["customer"]["id"]
    return customer


async def test_without_a_key_there_is_no_answer_and_it_says_how_to_get_one(http):
    answer = await http.post("/graphql", json={"query": "{ viewer { scopes } }"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert "Authorization: Bearer" in error["message"]


async def test_health_needs_no_key(http):
    assert (await http.get("/health/live")).status_code == 200
    assert (await http.get("/health/ready")).json() == {"status": "ready"}


async def test_a_scope_that_is_missing_is_named(ask):
    answer = (await ask("marketer", CREATE, input={"emails": ["ada@example.com"]})).json()
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"] == {
        "code": "FORBIDDEN",
        "scopes": ["customers:write"],
    }


async def test_without_the_scope_contacts_come_masked_and_nothing_is_logged(ask, database):
    customer = await made(ask)
    await database[ACCESS_LOG].delete_many({})
    answer = (await ask("partner", FIND, by={"id": customer})).json()
    shown = answer["data"]["customer"]
    assert (shown["name"], shown["primaryEmail"]["address"]) == (None, None)
    assert shown["primaryEmail"]["access"] == "MASKED_NO_SCOPE"
    assert "Ada" not in str(answer)
    assert await database[ACCESS_LOG].count_documents({}) == 0


async def test_who_sees_personal_data_is_in_the_access_log_when_the_answer_arrives(ask, database):
    customer = await made(ask)
    await database[ACCESS_LOG].delete_many({})
    answer = await ask("support", FIND, by={"email": "ada@example.com"})
    assert answer.json()["data"]["customer"]["name"]["formatted"] == "Ada Lovelace"
    entry = await database[ACCESS_LOG].find_one({})
    assert entry is not None
    assert entry["actor"]["label"] == "support"
    assert entry["operation"] == "query Find: customer"
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert entry["customer_ids"] == [customer]
    assert {"contact", "identity"} <= set(entry["categories"])


async def test_where_the_access_log_cannot_be_written_no_data_leaves(ask, database, monkeypatch):
    await made(ask)

    async def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(MongoAccessLog, "append", full)
    answer = (await ask("support", FIND, by={"email": "ada@example.com"})).json()
    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["INTERNAL"]


async def test_a_cost_comes_with_every_answer(ask):
    answer = (await ask("admin", LIST, first=5)).json()
    assert answer["extensions"]["cost"]["limit"] == 1_000
    assert 5 <= answer["extensions"]["cost"]["requested"] <= 25


async def test_no_value_of_a_person_reaches_the_log(ask, http, written):
    """The canary: every value sent is a token that nothing else could write."""
    sent = []
    numbers = count(1)

    def canary(shape: str = "{}") -> str:
        token = f"zzcanary{next(numbers)}zz"
        sent.append(token)
        return shape.format(token)

    def phone() -> str:
        number = f"+1202555{100 + next(numbers):04}"
        sent.append(number[-7:])
        return number

    person = {
        "name": {"given": canary(), "family": canary(), "middle": canary()},
        "emails": [canary("{}@example.com")],
        "phones": [phone()],
        "externalIds": [{"source": "shop", "value": canary()}],
        "addresses": [{"lines": [canary()], "city": canary(), "country": "DE"}],
    }
    for key in (canary(), canary()):
        await ask("admin", CREATE, input=person, key=key)
    for broken in (
        {"emails": [canary()]},
        {"phones": [canary()]},
        {"tags": [canary()]},
        {"locale": canary()},
        {canary(): canary()},
        {"attributes": [{"key": canary(), "value": {canary(): [canary()]}}]},
    ):
        await ask("admin", CREATE, input=broken)
    for by in (
        {"email": person["emails"][0]},
        {"phone": person["phones"][0]},
        {"externalId": person["externalIds"][0]},
        {"id": canary()},
        {"email": canary(), "phone": canary()},
    ):
        await ask("admin", FIND, by=by)
    await ask("admin", LIST, where={"familyName": {"startsWith": canary()}}, search=canary())
    await ask("admin", LIST, where={canary(): 1}, first=canary())
    await ask("admin", f'{{ customers(search: "{canary()}") {{ {canary()} }} }}')
    await ask("admin", f'{{ customer(by: {{email: "{canary()}"')
    await http.post(f"/graphql?{canary()}={canary()}", content=canary())
    await http.post("/graphql", json=[canary()], headers={"Authorization": f"Bearer {canary()}"})
    await http.get(f"/{canary()}", headers={"X-Request-ID": canary("{}@"), "Cookie": canary()})
    assert len(lines(written)) >= 20
    assert [token for token in sent if token in written.getvalue()] == []
