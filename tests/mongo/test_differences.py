"""Where the embedded servers differ from MongoDB: each test says what MongoDB does.

A server that learns it makes its strict xfail fail, and the workaround can go.
"""

import pytest
from pymongo.errors import OperationFailure

pytestmark = pytest.mark.wheel

EMBEDDED = ("rust", "wheel")


@pytest.fixture
async def scratch(database):
    await database.create_collection("scratch")
    return database["scratch"]


def differs(request, server, *kinds):
    """From here on the test is expected to fail on these servers, for this reason alone."""
    if server.kind in kinds:
        reason = f"{server.kind} differs from MongoDB"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))


async def test_a_field_path_goes_through_arrays(request, server, database, scratch):
    differs(request, server, *EMBEDDED)
    await scratch.insert_one({"_id": 1, "lines": [{"n": 1}, {"n": 2}]})
    total = [{"$project": {"total": {"$sum": "$lines.n"}}}]
    assert await database.aggregate("scratch", total) == [{"_id": 1, "total": 3}]


async def test_an_update_pipeline_sums_over_an_array(request, server, scratch):
    differs(request, server, *EMBEDDED)
    await scratch.insert_one({"_id": 1, "lines": [{"n": 1}, {"n": 2}]})
    await scratch.update_one({"_id": 1}, [{"$set": {"total": {"$sum": "$lines.n"}}}])
    assert (await scratch.find_one({"_id": 1}))["total"] == 3


async def test_a_text_index_can_be_made(request, server, scratch):
    differs(request, server, *EMBEDDED)
    try:
        await scratch.create_index([("words", "text")], name="words")
    except OperationFailure as refused:
        pytest.fail(f"code {refused.code}")


async def test_a_hashed_index_can_be_made(request, server, scratch):
    differs(request, server, *EMBEDDED)
    try:
        await scratch.create_index([("word", "hashed")], name="word")
    except OperationFailure as refused:
        pytest.fail(f"code {refused.code}")


async def test_the_collation_of_a_collection_is_its_default(request, server, database):
    differs(request, server, "wheel")
    await database.db.create_collection("sorted", collation={"locale": "de", "strength": 2})
    await database["sorted"].insert_many([{"_id": n, "word": w} for n, w in enumerate("aBc")])
    assert await database["sorted"].count_documents({"word": "b"}) == 1


async def test_a_range_of_ids_is_read_through_their_index(request, server, database, scratch):
    differs(request, server, "wheel")
    await scratch.insert_many([{"_id": f"{n:04}"} for n in range(50)])
    find = {"find": "scratch", "filter": {"_id": {"$gt": "0001", "$lt": "0003"}}}
    plan = (await database.command("explain", find))["queryPlanner"]["winningPlan"]
    assert "COLLSCAN" not in str(plan)


async def test_an_id_beside_another_field_is_read_through_its_index(
    request, server, database, scratch
):
    differs(request, server, "wheel")
    await scratch.insert_many([{"_id": f"{n:04}", "version": 1} for n in range(50)])
    find = {"find": "scratch", "filter": {"_id": "0001", "version": 1}}
    plan = (await database.command("explain", find))["queryPlanner"]["winningPlan"]
    assert "COLLSCAN" not in str(plan)


async def test_a_limited_page_is_not_sorted_anew(request, server, database, scratch):
    differs(request, server, "wheel")
    await scratch.create_index([("tier", 1), ("at", 1)], name="page")
    await scratch.insert_many([{"_id": n, "tier": "gold", "at": n} for n in range(50)])
    find = {"find": "scratch", "filter": {"tier": "gold"}, "sort": {"at": -1}, "limit": 5}
    plan = (await database.command("explain", find))["queryPlanner"]["winningPlan"]
    assert "'SORT'" not in str(plan)


async def test_two_conditions_on_one_element_are_read_through_their_index(
    request, server, database, scratch
):
    differs(request, server, *EMBEDDED)
    await scratch.create_index([("of.k", 1), ("of.v", 1)], name="of")
    await scratch.insert_many([{"_id": n, "of": [{"k": "size", "v": n}]} for n in range(50)])
    find = {"find": "scratch", "filter": {"of": {"$elemMatch": {"k": "size", "v": 7}}}}
    plan = (await database.command("explain", find))["queryPlanner"]["winningPlan"]
    assert "COLLSCAN" not in str(plan)
