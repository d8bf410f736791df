"""The small shop that the examples of the guides speak of: three customers, a tag, a consent."""

from collections.abc import Awaitable, Callable
from typing import Any

Ask = Callable[..., Awaitable[dict[str, Any]]]

_CREATE = """
mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { ... on CustomerPayload { customer { id } } }
}
"""
_POINTS = """
mutation ($id: ID!, $points: Int!) {
  loyaltyPointsAdjust(
    customer: {id: $id}, delta: $points, reason: "Order 1001", idempotencyKey: "order-1001"
  ) { ... on LoyaltyPayload { replayed } }
}
"""
_TAG = """
mutation {
  tagSave(key: "vip", label: "VIP", color: "#c9a227") { ... on TagPayload { tag { id } } }
}
"""


def consent(purpose: str, channel: str | None = None) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "channel": channel,
        "status": "GRANTED",
        "collectedAt": "2026-04-01T09:00:00Z",
        "source": "checkout",
        "policyVersion": "3",
        "wording": "Yes, write to me about offers.",
    }


CUSTOMERS = [
    {
        "name": {"given": "Ada", "family": "Byron"},
        "emails": ["ada@example.com"],
        "phones": ["+12025550143"],
        "externalIds": [{"source": "shopify", "value": "1001"}],
        "locale": "en-GB",
        "birthday": {"month": 12, "day": 10},
        "addresses": [
            {"lines": ["12 Example Road"], "city": "London", "country": "GB", "isDefault": True}
        ],
        "tags": ["vip"],
        "consents": [consent("marketing.newsletter", "EMAIL"), consent("enrichment")],
    },
    {
        "name": {"given": "Grace", "family": "Brooks"},
        "emails": ["grace@example.com"],
        "locale": "en-US",
    },
    {
        "name": {"given": "Олена", "family": "Шевченко"},
        "emails": ["olena@example.com"],
        "locale": "uk",
        "tags": ["vip"],
    },
]


async def stock(ask: Ask) -> None:
    """Opens the shop: the tag, the customers in this order, and 250 points for the first."""
    await ask(_TAG)
    made = [await ask(_CREATE, input=each) for each in CUSTOMERS]
    first = made[0]["customerCreate"]["customer"]["id"]
    await ask(_POINTS, id=first, points=250)
