"""One door for both drivers, and what it says to an unfit server."""

import socket

import pytest
from bson import ObjectId
from pymongo.errors import BulkWriteError

from mongo.database import Database, connect, open_database
from mongo.fitness import DatabaseUnfit
from tests.servers import Served, executable, start

pytestmark = pytest.mark.wheel


async def test_a_fit_server_is_connected_with_the_name_asked_for(server: Served, driver):
    database = await connect(server.url, driver=driver, name="rapport_test_name")
    assert (database.name, database.driver) == ("rapport_test_name", driver)
    await database.close()


@pytest.mark.parametrize(
    ("path", "name"), [("", "rapport"), ("/", "rapport"), ("/shop", "shop"), ("/shop?w=1", "shop")]
)
async def test_the_address_may_name_the_database(driver, path, name):
    database = open_database(f"mongodb://127.0.0.1:1{path}", driver=driver)
    assert database.name == name
    await database.close()


async def test_writes_are_majority_and_journaled_whatever_the_address_says(driver):
    database = open_database("mongodb://127.0.0.1:1/?w=1&timeoutMS=7000", driver=driver)
    assert database.client.write_concern.document == {"w": "majority", "j": True}
    assert database.client.options.timeout == 7
    assert database.client.options.pool_options.appname == "rapport"
    await database.close()


async def test_an_aggregation_is_a_list_on_both_drivers(database: Database):
    await database["things"].insert_many([{"_id": n} for n in range(3)])
    doubled = [{"$sort": {"_id": -1}}, {"$project": {"twice": {"$multiply": ["$_id", 2]}}}]
    assert [thing["twice"] for thing in await database.aggregate("things", doubled)] == [4, 2, 0]


async def test_what_a_transaction_did_is_gone_when_it_is_left(database: Database):
    await database.create_collection("things")
    async with database.session() as session:
        await session.start_transaction()
        await database["things"].insert_one({"_id": ObjectId()}, session=session.inner)
    assert await database["things"].count_documents({}) == 0


async def test_a_dropped_database_is_empty(server: Served, driver):
    database = open_database(server.url, driver=driver, name="rapport_test_dropped")
    await database.create_collection("things")
    await database.drop()
    assert await database.collection_names() == []
    await database.close()


async def test_a_server_that_does_not_answer_is_said_without_the_password(driver):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        where = f"127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(DatabaseUnfit, match=f"^No MongoDB answers at {where}") as error:
            await connect(f"mongodb://ada:hunter2@{where}/", driver=driver, patience=0.2)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("password", ["hun#ter2", "hun%23ter2", "#", "hun[ter2"])
async def test_nothing_of_a_password_is_taken_for_a_host(driver, password):
    database = open_database(f"mongodb://ada:{password}@127.0.0.1:1,[::1]:2/?w=1", driver=driver)
    assert database.where == "127.0.0.1:1,[::1]:2"
    await database.close()


@pytest.mark.parametrize(
    "url",
    [
        "mongodb://ada:hun?ter2@h",
        "mongodb://ada:hun/ter2@h",
        "",
        "nonsense",
        "http://a",
        "mongodb://",
        "mongodb://a:b@c@d",
        "mongodb://h:x/",
    ],
)
async def test_an_address_that_is_none_is_not_repeated(driver, url):
    with pytest.raises(DatabaseUnfit, match=r"^RAPPORT_MONGODB_URL is not a MongoDB address"):
        await connect(url, driver=driver)


async def test_a_user_that_the_server_does_not_know_is_said(server: Served, driver):
    url = server.url.replace("mongodb://", "mongodb://ada:hunter2@")
    with pytest.raises(DatabaseUnfit, match="refused the user name or password") as error:
        await connect(url, driver=driver)
    assert "hunter2" not in str(error.value)


async def test_a_lone_server_is_told_how_to_become_a_replica_set(server: Served, driver, tmp_path):
    program = executable(server.kind)
    if program is None or server.kind == "mongod":
        pytest.skip("needs a server that can be started alone")
    with (
        start(server.kind, program, tmp_path, "--standalone") as url,
        pytest.raises(DatabaseUnfit, match=r"--replSet rs0 .* rs\.initiate\(\)"),
    ):
        await connect(url, driver=driver)


async def test_documents_too_large_for_one_command_go_in_several(database):
    large = [{"_id": number, "text": "x" * 6_000_000} for number in range(3)]
    async with database.session() as session:
        await session.start_transaction()
        await database.insert("large", large, session)
        await session.commit_transaction()
        found = await database["large"].find({}, {"_id": 1}).to_list(None)
        assert [document["_id"] for document in found] == [0, 1, 2]
        again = [{**each, "_id": each["_id"] - 2} for each in large]
        await session.start_transaction()
        with pytest.raises(BulkWriteError) as refused:
            await database.insert("large", again, session)
    assert refused.value.details["writeErrors"][0]["index"] == 2
    assert refused.value.details["nInserted"] == 2
    assert await database["large"].count_documents({}) == 3
