"""What is asked: the same four things of the API, in GraphQL, and of the floor, in plain JSON."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench import numbers
from bench.shop import FAMILY, GIVEN, TAG, Shop

_FIELDS = """
  id version status displayName name { given family } locale country createdAt updatedAt
  primaryEmail { address deliverability verifiedAt } primaryPhone { e164 }
"""
_ROW = "id version status displayName country createdAt updatedAt primaryEmail { address }"
_LOOK = f"query Look($by: CustomerRef!) {{ customer(by: $by) {{ {_FIELDS} }} }}"
_PAGE = f"""
query Newest($tags: [String!]!) {{
  customers(first: 100, where: {{ tags: {{ anyOf: $tags }} }}) {{
    nodes {{
      {_ROW}
      tags {{ nodes {{ key label }} }}
      loyalty {{ points tier {{ key name }} }}
      consent(purpose: "marketing", channel: EMAIL) {{ allowed reason }}
    }}
    pageInfo {{ hasNextPage endCursor }}
  }}
}}
"""
_CREATE = f"""
mutation Create($input: CustomerCreateInput!) {{
  customerCreate(input: $input) {{
    __typename ... on CustomerPayload {{ customer {{ {_FIELDS} }} }}
  }}
}}
"""
_STEPS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Asking:
    """Requests to one server, and what the body of a right answer contains."""

    path: str
    bodies: Sequence[str]
    expects: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to ask for; ``once`` where asking twice for the same would be an error."""

    name: str
    api: Asking
    floor: Asking
    once: bool = False


def cases(shop: Shop, longest: float) -> Iterator[Case]:
    """The four cases; ``longest`` is the number of seconds that one run of creates may take."""
    # a stride that visits everybody, far from their order on the disk
    order = [(7_919 * n) % len(shop.ids) for n in range(len(shop.ids))]
    by_id = [{"id": shop.ids[n]} for n in order]
    by_email = [{"email": shop.emails[n]} for n in order]
    expects = '"displayName":"'
    for name, path, refs in (("by id", "/by-id", by_id), ("by e-mail", "/by-email", by_email)):
        api = Asking("/graphql", [_graphql(_LOOK, by=ref) for ref in refs], expects)
        yield Case(name, api, Asking(path, [_json(ref) for ref in refs], expects))
    yield Case(
        "page of 100",
        Asking("/graphql", [_graphql(_PAGE, tags=[TAG])], '"allowed":true'),
        Asking("/page", [_json({"tag": TAG})], '"allowed":true'),
    )
    yield creating(min(int(longest * 4_000) + 100, numbers.MOST // 2))


def creating(number: int) -> Case:
    """So many customers whom no run created before, half for the API and half for the floor.

    Their phone numbers come back after ``numbers.MOST``: a run is swept before the next.
    """
    people = [_person(next(_STEPS)) for _ in range(2 * number)]
    mine, theirs = people[:number], people[number:]
    return Case(
        "create",
        Asking("/graphql", [_graphql(_CREATE, input=p) for p in mine], '"CustomerPayload"'),
        Asking("/create", [_json(p) for p in theirs], '"displayName":"'),
        once=True,
    )


def _person(number: int) -> dict[str, Any]:
    return {
        "name": {"given": GIVEN[number % len(GIVEN)], "family": FAMILY[number % len(FAMILY)]},
        "emails": [f"new-{number}@example.com"],
        "phones": [numbers.phone(number)],
        "tags": [TAG],
        "consents": [
            {
                "purpose": "marketing",
                "channel": "EMAIL",
                "status": "GRANTED",
                "collectedAt": "2026-05-01T12:00:00Z",
                "source": "checkout",
                "policyVersion": "2026-01",
                "wording": "Yes, write me.",
            }
        ],
    }


def _graphql(query: str, **variables: Any) -> str:
    return _json({"query": query, "variables": variables})


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
