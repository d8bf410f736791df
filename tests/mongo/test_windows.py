"""A page through windows is the page of a plain sort, and soon one read."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from domain import sorting
from mongo.windows import MOST_FETCHES, Range, Windows, fitting

POSITIONS = st.one_of(
    st.integers(0, 40),
    st.integers(0, (1 << 48) - 1),
    st.integers(0, 2000).map(lambda n: 1_777_000_000_000 + n * 1000),
)
KEYS = st.lists(POSITIONS, max_size=60).map(
    lambda found: sorted(f"{place:012x}.cus_{n:03}" for n, place in enumerate(found))
)


class Shelf:
    """Keys in order, and how often somebody looked."""

    def __init__(self, keys):
        self.keys, self.looks = keys, 0

    def rows(self, whole, limit):
        inside = [key for key in self.keys if whole.low < key < whole.high]
        return (inside[::-1] if whole.descending else inside)[:limit]

    async def page(self, windows, whole, limit):
        async def fetch(low, high, most):
            self.looks += 1
            found = self.rows(Range(low, high, whole.descending), most)
            return [{"key": key} for key in found]

        rows = await windows.read("shape", whole, limit, lambda row: row["key"], fetch)
        return [row["key"] for row in rows]


@st.composite
def asked(draw, keys):
    """A page from the beginning, or behind or before some key, there or not."""
    ends = st.sampled_from([*keys, "00000000ffff.cus_x", sorting.LOWEST, sorting.HIGHEST])
    low, high = sorted([draw(ends), draw(ends)])
    bounds = draw(st.sampled_from([(sorting.LOWEST, sorting.HIGHEST), (low, high)]))
    return Range(*bounds, descending=draw(st.booleans())), draw(st.integers(1, 20))


@given(KEYS, st.data())
def test_every_page_is_what_a_plain_sort_gives_in_few_reads(keys, data):
    async def read_all():
        shelf, windows = Shelf(keys), Windows()
        for _ in range(4):
            whole, limit = data.draw(asked(keys))
            before = shelf.looks
            assert await shelf.page(windows, whole, limit) == shelf.rows(whole, limit)
            assert shelf.looks - before <= MOST_FETCHES
            if keys:  # what is remembered may be wrong by now
                keys.pop(data.draw(st.integers(0, len(keys) - 1)))

    asyncio.run(read_all())


@given(KEYS, st.data())
def test_what_an_index_finds_too_much_is_left_out_of_the_page(keys, data):
    apart = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    every, right = Shelf(keys), Shelf([key for key in keys if key not in apart])
    whole, limit = data.draw(asked(keys))
    looks = []

    def reading(shelf):
        async def fetch(low, high, most):
            looks.append(most)
            found = shelf.rows(Range(low, high, whole.descending), most)
            return [{"_id": key, "key": key} for key in found]

        return fetch

    def key_of(row):
        return row["key"]

    async def read():
        fetch = fitting(
            reading(every),
            lambda row: row["key"] not in apart,
            key_of,
            reading(right),
            descending=whole.descending,
        )
        windows = Windows()
        for _ in range(2):
            rows = await windows.read("shape", whole, limit, key_of, fetch)
            assert [row["key"] for row in rows] == right.rows(whole, limit)

    asyncio.run(read())
    assert len(looks) <= 2 * 2 * MOST_FETCHES
    if not apart:
        assert len(looks) <= 2 * MOST_FETCHES


@given(st.integers(30, 200), st.integers(1, 100_000), st.booleans(), st.integers(1, 25))
def test_where_rows_come_regularly_the_second_page_is_one_bounded_read(
    number, apart, descending, limit
):
    keys = [f"{1_777_000_000_000 + n * apart:012x}.cus_{n:03}" for n in range(number)]

    async def read_twice():
        shelf, windows = Shelf(keys), Windows()
        whole = Range(sorting.LOWEST, sorting.HIGHEST, descending=descending)
        first = await shelf.page(windows, whole, limit + 1)
        assert shelf.looks == 1
        assert await shelf.page(windows, whole, limit + 1) == first
        assert shelf.looks == 2
        ends = (sorting.LOWEST, first[-1]) if descending else (first[-1], sorting.HIGHEST)
        await shelf.page(windows, Range(*ends, descending=descending), 2)
        assert shelf.looks == 3

    asyncio.run(read_twice())


async def test_who_moves_between_two_reads_of_a_page_is_on_it_once():
    async def loosely(low, high, most):
        return [{"_id": "ended", "key": "1"}, {"_id": "moving", "key": "2"}]

    async def exactly(low, high, most):
        assert (low, high) == ("2", "9")
        rows = [{"_id": "moving", "key": "3"}, {"_id": "other", "key": "4"}]
        return [*rows, {"_id": "third", "key": "5"}][:most]

    fetch = fitting(
        loosely,
        lambda row: row["_id"] != "ended",
        lambda row: row["key"],
        exactly,
        descending=False,
    )
    assert [row["_id"] for row in await fetch("0", "9", 2)] == ["moving", "other"]
