"""All changes of a decision, or none."""

import asyncio

import pytest

from domain.work import Decision, Stale, Taken, settle
from mongo.batch import WriteRefused
from mongo.database import Database
from mongo.together import DatabaseBusy
from mongo.unit_of_work import MongoUnitOfWork
from tests.mongo import shop
from tests.mongo.shop import (
    WRITES,
    Broken,
    Cleared,
    Counted,
    Ensured,
    Logged,
    Nothing,
    Removed,
    Replaced,
)

pytestmark = pytest.mark.wheel


@pytest.fixture
async def work(database: Database) -> MongoUnitOfWork:
    await shop.opened(database)
    return MongoUnitOfWork(database, WRITES)


async def counter(database: Database):
    return await database["counters"].find_one({"_id": "c"})


async def log(database: Database):
    return sorted(line["_id"] for line in await database["log"].find({}).to_list())


async def test_all_changes_are_written_together(database, work):
    await work.commit([Counted("c", 0, "a"), Logged("x")])
    assert (await counter(database))["value"] == 1
    assert await log(database) == ["c:0:a", "x"]


async def test_no_changes_is_no_write(database, work):
    await work.commit([])
    await work.commit([Nothing()])
    assert await log(database) == []


async def test_a_change_without_an_entry_in_the_table_is_a_bug(database):
    with pytest.raises(KeyError):
        await MongoUnitOfWork(database, {}).commit([Logged("x")])


async def test_a_guard_that_does_not_hold_writes_nothing(database, work):
    with pytest.raises(Stale):
        await work.commit([Logged("x"), Counted("c", 7, "a")])
    assert await log(database) == []
    assert (await counter(database))["value"] == 0


async def test_a_single_guarded_write_needs_its_document(database, work):
    await work.commit([Removed("c")])
    with pytest.raises(Stale):
        await work.commit([Removed("c")])


async def test_a_guarded_upsert_may_create(database, work):
    await work.commit([Replaced("new", 0)])
    await work.commit([Replaced("c", 0)])
    assert (await counter(database))["version"] == 1


async def test_a_guarded_upsert_whose_version_is_gone_is_stale(database, work):
    await work.commit([Replaced("c", 0)])
    with pytest.raises(Stale):
        await work.commit([Replaced("c", 0)])
    with pytest.raises(Stale):
        await work.commit([Logged("x"), Replaced("c", 0)])
    assert await log(database) == []


@pytest.mark.parametrize("siblings", [[], [Counted("c", 0, "a")]])
async def test_a_taken_key_names_the_change_and_writes_nothing(database, work, siblings):
    await work.commit([Logged("x")])
    with pytest.raises(Taken) as taken:
        await work.commit([*siblings, Logged("x")])
    assert (taken.value.change, taken.value.key) == (Logged("x"), "_id")
    assert (await counter(database))["value"] == 0


async def test_a_key_taken_behind_a_guard_that_no_longer_holds_is_stale(database, work):
    await work.commit([Counted("c", 0, "a")])
    with pytest.raises(Stale):
        await work.commit([Counted("c", 0, "a")])
    assert await log(database) == ["c:0:a"]


async def test_a_taken_unique_index_names_its_fields(database, work):
    await database["log"].create_index([("kind", 1), ("n", 1)], unique=True, name="kind_n")
    with pytest.raises(Taken) as taken:
        await work.commit([Logged("x"), Logged("y")])
    assert (taken.value.change, taken.value.key) == (Logged("y"), "kind,n")


async def test_writes_to_many_documents_are_one_commit_too(database, work):
    await work.commit([Logged("x"), Logged("y")])
    await work.commit([Cleared()])
    assert await log(database) == []


async def test_a_refused_write_is_a_bug_that_names_no_value(database, work):
    with pytest.raises(WriteRefused, match="code"):
        await work.commit([Logged("secret"), Broken()])
    assert await log(database) == []


MANY = [Logged(f"line {number}") for number in range(100)]


async def test_many_new_documents_are_written_together_with_all_else(database, work):
    await work.commit([Counted("c", 0, "a"), *MANY, Counted("c", 1, "a")])
    assert (await counter(database))["value"] == 2
    assert len(await log(database)) == 102


async def test_what_comes_behind_many_new_documents_finds_them(database, work):
    await work.commit([*MANY, Cleared(), Logged("x")])
    assert await log(database) == ["x"]


async def test_a_key_taken_among_many_new_documents_names_its_change(database, work):
    await database["log"].create_index([("kind", 1), ("n", 1)], unique=True, name="kind_n")
    with pytest.raises(Taken) as taken:
        await work.commit([Counted("c", 0, "a"), *MANY])
    assert (taken.value.change, taken.value.key) == (MANY[0], "kind,n")
    assert (await counter(database))["value"] == 0
    assert await log(database) == []


@pytest.mark.parametrize("place", [0, 50, 100])
async def test_a_taken_key_among_many_new_documents_writes_nothing(database, work, place):
    await work.commit([Logged("x")])
    with pytest.raises(Taken) as taken:
        await work.commit([*MANY[:place], Logged("x"), *MANY[place:]])
    assert (taken.value.change, taken.value.key) == (Logged("x"), "_id")
    assert await log(database) == ["x"]


async def test_what_was_prepared_is_written_with_the_rest_of_its_commit(database, work):
    prepared = [*work.prepared([Logged("a"), Logged("b")]), *work.prepared([])]
    await work.commit([Counted("c", 0, "d"), *prepared, Logged("e")])
    assert await log(database) == ["a", "b", "c:0:d", "e"]


async def test_a_taken_key_among_what_was_prepared_is_told_as_the_change_that_wanted_it(
    database, work
):
    await work.commit([Logged("x")])
    with pytest.raises(Taken) as taken:
        await work.commit([Logged("y"), *work.prepared([Logged("z"), Logged("x")])])
    assert taken.value.change == Logged("x")
    assert await log(database) == ["x"]


async def test_a_guard_before_many_new_documents_is_looked_at_first(database, work):
    await work.commit([Counted("c", 0, "a")])
    with pytest.raises(Stale):
        await work.commit([Counted("c", 0, "a"), *MANY, *MANY])
    assert await log(database) == ["c:0:a"]


async def test_many_new_documents_that_others_hold_are_tried_again(database, work):
    impatient = MongoUnitOfWork(database, WRITES, patience=0.1)
    async with database.session() as session:
        await session.start_transaction()
        await database.insert("log", [{"_id": "line 7"}], session)
        with pytest.raises(DatabaseBusy):
            await impatient.commit(MANY)
        await session.abort_transaction()
    await work.commit(MANY)
    assert len(await log(database)) == 100


async def test_of_many_writers_to_one_counter_none_is_lost(database, work):
    async def count(by: str) -> None:
        async def decide() -> Decision[None]:
            version = (await counter(database))["version"]
            return Decision(None, (Counted("c", version, by),))

        for _ in range(5):
            await settle(work, decide, attempts=1_000)

    async with asyncio.TaskGroup() as group:
        for writer in range(8):
            group.create_task(count(str(writer)))
    assert (await counter(database))["value"] == 40
    assert len(await log(database)) == 40


async def test_of_two_who_want_one_key_one_gets_it_and_the_other_writes_nothing(database, work):
    outcomes: list[str] = []

    async def want(by: int, prize: int) -> None:
        try:
            await work.commit([Logged(f"{prize}:{by}"), Logged(str(prize))])
            outcomes.append("won")
        except Taken as taken:
            outcomes.append(taken.key)

    for prize in range(10):
        async with asyncio.TaskGroup() as group:
            for by in range(4):
                group.create_task(want(by, prize))
    assert (outcomes.count("won"), outcomes.count("_id")) == (10, 30)
    assert len(await log(database)) == 20


async def test_many_may_make_sure_of_one_document(database, work):
    async with asyncio.TaskGroup() as group:
        for by in range(8):
            group.create_task(work.commit([Ensured("shared"), Logged(str(by))]))
    assert len(await log(database)) == 8
    assert await database["counters"].count_documents({"_id": "shared"}) == 1


async def test_waiting_writers_leave_the_transaction_a_way_to_finish(database, work):
    async def both(by: int) -> None:
        await work.commit([Ensured("hot"), Logged(str(by))])
        await work.commit([Ensured("hot")])

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for by in range(80):
            group.create_task(both(by))
    assert len(await log(database)) == 80


async def test_cancelled_anywhere_it_is_written_whole_or_not_at_all(database, work):
    for step in range(30):
        version = (await counter(database))["version"]
        task = asyncio.create_task(work.commit([Counted("c", version, str(step))]))
        await asyncio.sleep(step * 0.0002)
        task.cancel()
        await asyncio.wait([task])
    assert (await counter(database))["value"] == len(await log(database))


async def test_contention_that_outlasts_the_patience_is_said(database, work):
    impatient = MongoUnitOfWork(database, WRITES, patience=0.1)
    async with database.session() as session:
        await session.start_transaction()
        await database.bulk_write(
            [op.request(database.name) for op in WRITES[Ensured](Ensured("held"))], session
        )
        with pytest.raises(DatabaseBusy):
            await impatient.commit([Logged("x"), Ensured("held")])
        await session.abort_transaction()
    assert await log(database) == []
