"""The loyalty programme over the API: tiers, booking, the account and its transactions."""

import pytest

from domain.personal import PiiClass

ADJUST = """mutation($id: ID!, $delta: Int!, $key: String!, $reason: String! = "order") {
  loyaltyPointsAdjust(customer: {id: $id}, delta: $delta, reason: $reason, idempotencyKey: $key) {
    __typename
    ... on LoyaltyPayload {
      tierChanged replayed
      account { id points pointsToNextTier tier { key name(locale: "de") } nextTier { key }
        transactions(first: 1) { nodes { delta } } }
      transaction { id kind delta balance reason at by { label } }
    }
    ... on Error { code path }
    ... on ValidationFailedError { issues { path code message } }
  }
}"""
ACCOUNT = """query($id: ID!, $first: Int! = 2, $after: String) { customer(by: {id: $id}) { loyalty {
  points tier { key } transactions(first: $first, after: $after) {
    nodes { delta balance } pageInfo { hasNextPage hasPreviousPage endCursor } }
} } }"""
CREATE = "mutation { customerCreate(input: {}) { ... on CustomerPayload { customer { id } } } }"


@pytest.fixture
async def anna(ask):
    return (await ask(CREATE))["customerCreate"]["customer"]["id"]


async def adjusted(ask, customer_id, delta, key, **more):
    return (await ask(ADJUST, id=customer_id, delta=delta, key=key, **more))["loyaltyPointsAdjust"]


async def test_the_programme_has_tiers(ask):
    found = await ask("{ loyaltyTiers { key rank thresholdPoints benefits name version } }")
    steps = [(tier["key"], tier["rank"], tier["thresholdPoints"]) for tier in found["loyaltyTiers"]]
    assert steps == [
        ("bronze", 0, 0),
        ("silver", 1, 500),
        ("gold", 2, 2000),
        ("platinum", 3, 10000),
    ]
    assert all(tier["benefits"] and tier["version"] == 1 for tier in found["loyaltyTiers"])


async def test_a_booking_moves_points_and_the_tier_follows(ask, anna):
    booked = await adjusted(ask, anna, 700, "order-1", reason=" welcome ")
    assert (booked["tierChanged"], booked["replayed"]) == (True, False)
    assert booked["account"] == {
        "id": anna.replace("cus_", "loy_"),
        "points": 700,
        "pointsToNextTier": 1300,
        "tier": {"key": "silver", "name": "Silber"},
        "nextTier": {"key": "gold"},
        "transactions": {"nodes": [{"delta": 700}]},
    }
    transaction = booked["transaction"]
    assert transaction["reason"] == "welcome"
    assert (transaction["delta"], transaction["balance"], transaction["kind"]) == (
        700,
        700,
        "ADJUST",
    )
    assert transaction["by"] == {"label": "tests"}


async def test_the_top_tier_has_no_next_one(ask, anna):
    booked = await adjusted(ask, anna, 10_000, "order-1")
    assert (booked["account"]["nextTier"], booked["account"]["pointsToNextTier"]) == (None, None)


async def test_the_same_key_gives_the_same_answer_and_books_once(ask, anna):
    first = await adjusted(ask, anna, 120, "order-1")
    again = await adjusted(ask, anna, 120, "order-1")
    assert again == {**first, "replayed": True}
    other = await adjusted(ask, anna, 121, "order-1")
    assert other["code"] == "IDEMPOTENCY_MISMATCH"


async def test_after_a_day_the_ledger_still_remembers_the_key(ask, anna, clock):
    await adjusted(ask, anna, 120, "order-1")
    clock.at = clock.at.replace(day=9)
    again = await adjusted(ask, anna, 120, "order-1")
    assert again["account"]["points"] == 120
    assert (await adjusted(ask, anna, 5, "order-1"))["code"] == "IDEMPOTENCY_MISMATCH"


async def test_more_than_there_is_cannot_be_taken(ask, anna):
    await adjusted(ask, anna, 100, "order-1")
    refused = await adjusted(ask, anna, -101, "gift-1")
    assert refused["issues"] == [
        {
            "path": ["delta"],
            "code": "POINTS_INSUFFICIENT",
            "message": "There are fewer points to take: read the balance, and take at most that.",
        }
    ]


async def test_a_stranger_gets_no_points(ask):
    refused = await adjusted(ask, "cus_00000000000000000000000000", 1, "order-1")
    assert refused["code"] == "NOT_FOUND"


async def test_who_never_got_points_stands_at_the_beginning(ask, anna):
    found = (await ask(ACCOUNT, id=anna))["customer"]["loyalty"]
    assert (found["points"], found["tier"]) == (0, {"key": "bronze"})
    assert found["transactions"]["nodes"] == []


async def test_transactions_come_newest_first_in_pages(ask, anna):
    for number in (1, 2, 3):
        await adjusted(ask, anna, number, f"order-{number}")
    first = (await ask(ACCOUNT, id=anna))["customer"]["loyalty"]["transactions"]
    assert [node["delta"] for node in first["nodes"]] == [3, 2]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(ACCOUNT, id=anna, after=after))["customer"]["loyalty"]["transactions"]
    assert rest["nodes"] == [{"delta": 1, "balance": 1}]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_the_ledger_needs_a_scope_and_the_standing_does_not(send, anna):
    standing = "query($id: ID!) { customer(by: {id: $id}) { loyalty { points tier { key } } } }"
    reader = frozenset({"customers:read"})
    found, context = await send(standing, reader, id=anna)
    assert found["customer"]["loyalty"]["points"] == 0
    assert context.disclosures[PiiClass.BEHAVIOUR] == {anna}
    with pytest.raises(AssertionError, match="loyalty:read"):
        await send(ACCOUNT, reader, id=anna)


async def test_account_transaction_and_tier_are_nodes(ask, anna):
    booked = await adjusted(ask, anna, 700, "order-1")
    tiers = (await ask("{ loyaltyTiers { id } }"))["loyaltyTiers"]
    ids = [booked["account"]["id"], booked["transaction"]["id"], tiers[1]["id"]]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { __typename
      ... on LoyaltyAccount { points transactions { nodes { delta } } }
      ... on LoyaltyTransaction { delta } ... on LoyaltyTier { key } } }"""
    assert (await ask(query, ids=ids))["nodes"] == [
        {
            "__typename": "LoyaltyAccount",
            "points": 700,
            "transactions": {"nodes": [{"delta": 700}]},
        },
        {"__typename": "LoyaltyTransaction", "delta": 700},
        {"__typename": "LoyaltyTier", "key": "silver"},
    ]
    unseen = (await ask(query, frozenset({"customers:read"}), ids=ids[1:2]))["nodes"]
    assert unseen == [None]


async def test_who_only_writes_learns_the_balance_from_no_booking(ask, refused, anna):
    await adjusted(ask, anna, 100, "order-1")
    booking = """mutation ($id: ID!) { loyaltyPointsAdjust(customer: {id: $id}, delta: 1,
      reason: "x", idempotencyKey: "x") { ... on LoyaltyPayload { transaction { balance } } } }"""
    told = await refused(booking, frozenset({"loyalty:write"}), id=anna)
    assert told == {"code": "FORBIDDEN", "scopes": ["customers:read"]}
    assert (await ask(ACCOUNT, id=anna))["customer"]["loyalty"]["points"] == 100


@pytest.mark.parametrize(
    ("delta", "code", "told"),
    [
        (-101, "POINTS_INSUFFICIENT", {PiiClass.BEHAVIOUR}),
        (0, "DELTA_ZERO", set()),
    ],
)
async def test_a_refusal_that_tells_of_the_balance_is_logged(send, ask, anna, delta, code, told):
    await adjusted(ask, anna, 100, "order-1")
    refusing = """mutation ($id: ID!, $delta: Int!) { loyaltyPointsAdjust(customer: {id: $id},
      delta: $delta, reason: "x", idempotencyKey: "x") {
      ... on ValidationFailedError { issues { code } } } }"""
    answer, context = await send(refusing, frozenset({"loyalty:write"}), id=anna, delta=delta)
    assert answer["loyaltyPointsAdjust"] == {"issues": [{"code": code}]}
    assert context.disclosures == {category: {anna} for category in told}
