"""What is written for one value reads back as the same value, field by field, without a server.

On a mock, and on nothing more than single documents. No concurrency is ever proved here: the mock
has no sessions and no transactions, runs one call after another whoever asks, and lets pass what a
unique index over an array or a partial filter refuses. What happens to two writers at once is shown
on a server, in test_unit_of_work.py and beside it.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from mongomock_motor import AsyncMongoMockClient
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne

from consent import purposes
from consent.records import Channel, LawfulBasis, Purpose
from customers.attributes import AttributeDefinition, CreateDefinition, SaveDefinition
from customers.notes import AddNote, DeleteNote, Note, SaveNote
from customers.tags import CreateTag, DeleteTag, SaveTag, Tag
from customers.values import AttributeType
from domain.actor import Actor, ActorKind
from domain.ids import AttributeDefinitionId, CustomerId, KeyId, NoteId, TagId, TierId
from domain.keys import ApiKey
from domain.personal import PiiClass
from domain.wording import Localised, Translation
from loyalty import tiers
from loyalty.tiers import SeedTiers, Tier
from mongo import writes
from mongo.attributes import MongoAttributeDefinitions
from mongo.consent import MongoPurposes
from mongo.database import Database
from mongo.keys import MongoKeys
from mongo.loyalty import MongoTiers
from mongo.notes import MongoNotes
from mongo.tags import MongoTags

AT = datetime(2026, 5, 1, 12, 30, 15, 123_000, tzinfo=UTC)
LATER = AT + timedelta(days=1)
SOMEBODY = Actor(ActorKind.API_KEY, "key_1", "desk")
NOBODY = Actor(ActorKind.IMPORT, None, "demo")
WORDS = Localised("Frequent", (Translation("de", "Häufig"), Translation("fr", "Fréquent")))
CALLS = {
    InsertOne: "insert_one",
    ReplaceOne: "replace_one",
    UpdateOne: "update_one",
    DeleteOne: "delete_one",
}
TABLE = writes.table(lambda kind, text: f"{kind}:{text}")

NOTE = Note(NoteId("note_1"), CustomerId("cus_1"), 1, AT, AT, SOMEBODY, "Likes\nGrüße, 日本")
TAG = Tag(TagId("tag_1"), 1, AT, AT, "frequent", WORDS, SOMEBODY)
TIER = Tier(TierId("tier_1"), 3, AT, LATER, "gold", WORDS, 7, 1_500, ("a", "b"))
KEY = ApiKey(
    id=KeyId("key_1"),
    digest="d" * 64,
    label="desk",
    scopes=frozenset({"customers:read", "pii:read"}),
    created_at=AT,
)
DEFINITION = AttributeDefinition(
    AttributeDefinitionId("attr_1"), 1, AT, AT, "size", AttributeType.INT, "Size"
)
PURPOSE = Purpose("lab", WORDS, frozenset({LawfulBasis.CONSENT}), frozenset())


@pytest.fixture
def database() -> Database:
    client = AsyncMongoMockClient(tz_aware=True)
    return Database(client, client["rapport"], "motor", "a mock")


async def write(database: Database, *changes) -> None:
    """What the unit of work would send, one write after another."""
    for change in changes:
        for op in TABLE[type(change)](change):
            await getattr(database[op.collection], CALLS[op.model])(**op.arguments)


@pytest.mark.parametrize("note", [NOTE, replace(NOTE, author=NOBODY, version=2, updated_at=LATER)])
async def test_a_note_reads_back(database, note):
    await write(database, AddNote(note))
    assert await MongoNotes(database).get_many([note.id]) == {note.id: note}


async def test_a_note_reads_back_edited_and_not_at_all_once_deleted(database):
    after = replace(NOTE, version=2, updated_at=LATER, text="Edited")
    await write(database, AddNote(NOTE), SaveNote(NOTE, after))
    assert await MongoNotes(database).get_many([NOTE.id]) == {NOTE.id: after}
    await write(database, DeleteNote(after))
    assert await MongoNotes(database).get_many([NOTE.id]) == {}


@pytest.mark.parametrize(
    "tag",
    [
        TAG,
        replace(TAG, label=Localised("Frequent"), created_by=NOBODY),
        replace(TAG, color="#00ff7f", description="Says it all", group="habits"),
        replace(TAG, sensitive=True, deleting=True),
    ],
)
async def test_a_tag_reads_back_by_id_and_by_key(database, tag):
    await write(database, CreateTag(tag))
    assert await MongoTags(database).get_many([tag.id]) == {tag.id: tag}
    assert await MongoTags(database).by_keys([tag.key]) == {tag.key: tag}


async def test_a_tag_reads_back_by_its_new_key_and_not_at_all_once_deleted(database):
    after = replace(TAG, version=2, updated_at=LATER, key="regular", group="habits")
    await write(database, CreateTag(TAG), SaveTag(TAG, after))
    assert await MongoTags(database).by_keys([TAG.key, after.key]) == {after.key: after}
    await write(database, DeleteTag(after))
    assert await MongoTags(database).get_many([TAG.id]) == {}


async def test_tiers_read_back_lowest_first(database):
    lower = replace(TIER, id=TierId("tier_0"), key="silver", rank=2, benefits=())
    await write(database, SeedTiers((TIER, lower)))
    assert await MongoTiers(database).all() == [lower, TIER]


async def test_the_first_tiers_seeded_again_stay_as_they_are(database):
    changed = replace(tiers.FIRST_TIERS[0], threshold_points=5, version=2)
    await write(database, SeedTiers((changed,)), *tiers.seeding().changes)
    assert await MongoTiers(database).all() == [changed, *tiers.FIRST_TIERS[1:]]


@pytest.mark.parametrize(
    "key",
    [KEY, replace(KEY, scopes=frozenset(), expires_at=LATER, revoked_at=LATER, last_used_at=AT)],
)
async def test_an_api_key_reads_back(database, key):
    await MongoKeys(database).add(key)
    assert await MongoKeys(database).get(key.id) == key
    assert await MongoKeys(database).every() == [key]


@pytest.mark.parametrize("kind", AttributeType)
@pytest.mark.parametrize("pii_class", [None, *PiiClass])
async def test_an_attribute_definition_reads_back(database, kind, pii_class):
    definition = replace(DEFINITION, type=kind, pii_class=pii_class)
    await write(database, CreateDefinition(definition))
    found = MongoAttributeDefinitions(database)
    assert await found.all() == [definition]
    assert await found.by_keys([definition.key]) == {definition.key: definition}


async def test_an_attribute_definition_reads_back_changed_in_every_way(database):
    after = replace(
        DEFINITION,
        version=2,
        updated_at=LATER,
        key="cut",
        label="Cut",
        type=AttributeType.ENUM,
        options=("slim", "loose"),
        pii_class=PiiClass.LOCATION,
        filterable=True,
        unique=True,
        required_scope="customers:read",
    )
    await write(database, CreateDefinition(DEFINITION), SaveDefinition(DEFINITION, after))
    found = MongoAttributeDefinitions(database)
    assert await found.get_many([DEFINITION.id]) == {DEFINITION.id: after}


@pytest.mark.parametrize(
    "purpose",
    [
        PURPOSE,
        replace(
            PURPOSE,
            key="lab.mail",
            parent="lab",
            double_opt_in=True,
            active=False,
            allowed_bases=frozenset(LawfulBasis),
            channels=frozenset(Channel),
        ),
    ],
)
async def test_a_purpose_reads_back(database, purpose):
    await write(database, purposes.SeedPurposes((purpose,)))
    assert await MongoPurposes(database).all() == [purpose]
