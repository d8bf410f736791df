"""What no import asks still goes to the stock, unchanged."""

from types import SimpleNamespace
from unittest.mock import sentinel

import pytest

from domain.query import CustomerQuery
from intake.shelf import Shelf, Stock
from intake.shelved import shelved


class Remembering:
    """Answers every question with its name and arguments."""

    def __getattr__(self, name):
        async def answer(*args, **options):
            return name, args, options

        return answer


@pytest.fixture
def near():
    definition = SimpleNamespace(id="att_1", key="size")
    shelf = Shelf({}, {}, {}, {}, {"size": definition}, [sentinel.purpose])
    return shelved(shelf, Stock(*(Remembering() for _ in range(6))))


QUERY = CustomerQuery()
PAGE = {"search": None, "group": None, "sensitive": True, "first": 50, "after": None}
COUNT = {"search": None, "group": None, "sensitive": True, "limit": 3}


@pytest.mark.parametrize(
    ("collection", "name", "args", "options"),
    [
        ("customers", "page", (QUERY,), {}),
        ("customers", "count", (QUERY, 3), {}),
        ("tags", "get_many", ([],), {}),
        ("tags", "page", (), PAGE),
        ("tags", "count", (), COUNT),
        ("tags", "customer_counts", ([], sentinel.now, 3), {}),
        ("consents", "history", ([], 3, None), {}),
        ("consents", "get_many", ([],), {}),
    ],
)
async def test_other_questions_reach_the_stock(near, collection, name, args, options):
    answer = await getattr(getattr(near, collection), name)(*args, **options)
    assert answer == (name, args, options)


async def test_what_is_on_the_shelf_is_answered_from_it(near):
    definitions = await near.definitions.all()
    assert [d.key for d in definitions] == ["size"]
    assert await near.definitions.get_many(["att_1", "att_2"]) == {"att_1": definitions[0]}
    assert await near.customers.holder("EMAIL", "a@example.com") is None
    assert await near.customers.find("EMAIL", "a@example.com") is None
    assert await near.purposes.all() == [sentinel.purpose]
