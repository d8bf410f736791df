"""What is said to a MongoDB that Rapport cannot use: what is wrong, and how to mend it."""

import gc
import warnings

import pytest

from mongo import fitness
from mongo.database import connect
from mongo.fitness import DatabaseUnfit, Seen
from tests.mongo.scripted import BUILD, PRIMARY, scripted

WHERE = "db:27017"
SECONDARY = {**PRIMARY, "ismaster": False, "isWritablePrimary": False, "secondary": True}
LONE = {key: value for key, value in PRIMARY.items() if key not in {"setName", "setVersion"}}
GHOST = {**LONE, "ismaster": False, "isWritablePrimary": False, "isreplicaset": True}
OLD = {"ok": 1, "version": "7.0.2", "versionArray": [7, 0, 2, 0]}
REFUSAL = {"ok": 0, "errmsg": "no"}


async def said(driver, hello, options="", **answers) -> str:
    """What is said at the start about a server that greets so and answers so."""
    async with scripted(hello, **answers) as where:
        with pytest.raises(DatabaseUnfit) as unfit:
            await connect(f"mongodb://{where}/?{options}", driver=driver, patience=1)
    return str(unfit.value).replace(where, "HERE")


async def test_a_primary_of_version_8_is_fit(driver):
    async with scripted(PRIMARY) as where:
        await (await connect(f"mongodb://{where}/", driver=driver)).close()


@pytest.mark.parametrize(
    ("hello", "options", "answers", "sentence"),
    [
        (PRIMARY, "", {"buildInfo": OLD}, "HERE runs MongoDB 7.0.2; Rapport needs 8.0"),
        ({**PRIMARY, "maxWireVersion": 4}, "", {}, "HERE runs a MongoDB that this driver does not"),
        (LONE, "", {}, "HERE runs alone, not as a replica set"),
        (LONE, "replicaSet=rs0", {}, "If it runs alone, it is not as a replica set"),
        (GHOST, "", {}, "a replica set that nobody has initiated: run rs.initiate()"),
        (GHOST, "replicaSet=rs0", {}, "a replica set that nobody has initiated"),
        (SECONDARY, "replicaSet=rs0", {}, "its replica set has no primary"),
        (SECONDARY, "directConnection=true", {}, "HERE is a secondary of its replica set"),
        (PRIMARY, "replicaSet=rs1", {}, "correct replicaSet=NAME there"),
        (PRIMARY, "replicaSet=rs1&directConnection=true", {}, "correct replicaSet=NAME there"),
        (
            {**PRIMARY, "hosts": ["nowhere.invalid:27017"], "me": "nowhere.invalid:27017"},
            "",
            {},
            "HERE answers, but the members of its replica set call themselves nowhere.invalid",
        ),
        (PRIMARY, "", {"listCollections": {**REFUSAL, "code": 13}}, "readWrite and dbAdmin"),
        (PRIMARY, "", {"bulkWrite": {**REFUSAL, "code": 13}}, "readWrite and dbAdmin"),
        (PRIMARY, "", {"bulkWrite": {**REFUSAL, "code": 115}}, "setFeatureCompatibilityVersion"),
        (PRIMARY, "", {"buildInfo": {**REFUSAL, "code": 50}}, "took too long"),
        (PRIMARY, "", {"buildInfo": {**REFUSAL, "code": 8000}}, "refused the user name or"),
        (PRIMARY, "", {"buildInfo": {**REFUSAL, "code": 59}}, "MongoDB's code 59"),
    ],
)
async def test_what_is_wrong_is_said(driver, hello, options, answers, sentence):
    assert sentence in await said(driver, hello, options, **answers)


@pytest.fixture
def unclosed():
    """PyMongo leaves the socket open of a server that hangs up, until it is garbage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("unclosed")
async def test_a_server_that_wants_tls_hangs_up_and_that_is_said(driver):
    assert (await said(driver, {})).startswith("HERE hangs up before it says who it is")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.usefixtures("unclosed")
async def test_a_server_without_tls_is_told_from_one_that_is_not_there(driver):
    assert "TLS with HERE does not" in await said(driver, PRIMARY, "tls=true")


async def test_a_name_without_an_srv_record_is_said(driver):
    with pytest.raises(DatabaseUnfit, match="DNS has no SRV record"):
        await connect("mongodb+srv://shop.nowhere.invalid/", driver=driver, patience=5)


@pytest.mark.parametrize("hello", [PRIMARY, {"msg": "isdbgrid", "isWritablePrimary": True}])
def test_a_replica_set_and_a_sharded_cluster_are_fit(hello):
    fitness.judge(WHERE, hello, BUILD)


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        ([Seen(WHERE, "RSSecondary"), Seen("db2:27017", "Unknown")], "has no primary"),
        ([Seen(WHERE, "Unknown")], "No MongoDB answers"),
        ([Seen(WHERE, "Unknown", "SSL handshake failed: x")], "TLS with db:27017 does not"),
        ([Seen(WHERE, "Unknown", "Connection reset by peer")], "hangs up"),
    ],
)
def test_what_was_seen_decides_the_sentence(seen, sentence):
    assert sentence in str(fitness.unreachable(WHERE, seen))
