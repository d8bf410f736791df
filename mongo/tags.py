"""Tags: definitions, found by id, by key and by the beginning of a word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from customers.tags import CreateTag, DeleteTag, SaveTag, Tag
from domain.ids import TagId
from domain.query import Page, Row
from domain.text import beyond, folded
from mongo.customers import CUSTOMERS
from mongo.database import Database
from mongo.driver import Document, Where
from mongo.fields import actor_document, actor_of
from mongo.indexes import Index
from mongo.lookups import Lookups
from mongo.operations import Op, Writes, delete, insert, replace
from mongo.unions import united
from mongo.wording import localised_document, localised_of

TAGS: Final = "tags"
COLLECTIONS: Final = (TAGS,)
INDEXES: Final = (
    Index(TAGS, "tag_key", [("key", 1)], unique=True),
    Index(TAGS, "tag_group", [("group", 1), ("key", 1)]),
    Index(TAGS, "tag_words", [("words", 1)]),
)
_PLAIN: Final = ("key", "version", "created_at", "updated_at", "color", "description", "group")


def _document(tag: Tag) -> Document:
    return {
        "_id": tag.id,
        **{name: getattr(tag, name) for name in _PLAIN},
        "label": localised_document(tag.label),
        "created_by": actor_document(tag.created_by),
        "sensitive": tag.sensitive,
        "deleting": tag.deleting,
        "words": _words(tag),
    }


def _words(tag: Tag) -> list[str]:
    """What a search finds the tag by, each from its beginning; never read back."""
    labels = [tag.label.text, *(t.text for t in tag.label.translations)]
    words = (word for label in labels for word in (folded(label), *folded(label).split()))
    return list(dict.fromkeys((tag.key, *words)))


def _tag(document: Document) -> Tag:
    return Tag(
        id=TagId(document["_id"]),
        label=localised_of(document["label"]),
        created_by=actor_of(document["created_by"]),
        sensitive=document["sensitive"],
        deleting=document["deleting"],
        **{name: document[name] for name in _PLAIN},
    )


def _create(change: CreateTag) -> Sequence[Op]:
    return [insert(TAGS, _document(change.tag))]


def _save(change: SaveTag) -> Sequence[Op]:
    guard = {"_id": change.before.id, "version": change.before.version}
    return [replace(TAGS, guard, _document(change.after), guarded=True)]


def _delete(change: DeleteTag) -> Sequence[Op]:
    return [delete(TAGS, {"_id": change.tag.id, "version": change.tag.version}, guarded=True)]


WRITES: Final[Writes] = {CreateTag: _create, SaveTag: _save, DeleteTag: _delete}


class MongoTags:
    """Reads of the tags; see customers.tags.Tags for what each promises."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tags = database[TAGS]
        self._by_id = Lookups(self._having)
        self._by_key = Lookups(self._called)

    async def get_many(self, wanted: Sequence[TagId]) -> dict[TagId, Tag]:
        return await self._by_id.get_many(wanted)

    async def by_keys(self, keys: Sequence[str]) -> dict[str, Tag]:
        return await self._by_key.get_many(keys)

    async def _having(self, wanted: Sequence[TagId]) -> dict[TagId, Tag]:
        found = await self._tags.find({"_id": {"$in": list(wanted)}}).to_list(None)
        return {TagId(document["_id"]): _tag(document) for document in found}

    async def _called(self, keys: Sequence[str]) -> dict[str, Tag]:
        found = await self._tags.find({"key": {"$in": list(keys)}}).to_list(None)
        return {document["key"]: _tag(document) for document in found}

    async def page(
        self,
        *,
        search: str | None = None,
        group: str | None = None,
        sensitive: bool = True,
        first: int = 50,
        after: str | None = None,
    ) -> Page[Tag]:
        where = _where(search, group, after, sensitive=sensitive)
        found = await self._tags.find(where).sort("key", 1).limit(first + 1).to_list(None)
        rows = [Row(_tag(document), document["key"]) for document in found[:first]]
        return Page(rows, has_next=len(found) > first, has_previous=after is not None)

    async def count(
        self, *, search: str | None, group: str | None, sensitive: bool, limit: int
    ) -> int:
        where = _where(search, group, None, sensitive=sensitive)
        return await self._tags.count_documents(where, limit=limit + 1)

    async def customer_counts(
        self, wanted: Sequence[TagId], now: datetime, limit: int
    ) -> dict[TagId, int]:
        if not wanted:
            return {}
        counting = [_counting(tag_id, now, limit) for tag_id in wanted]
        counts = await self._database.aggregate(CUSTOMERS, united(CUSTOMERS, counting))
        found = {document["_id"]: document["customers"] for document in counts}
        return {tag_id: found.get(tag_id, 0) for tag_id in wanted}


def _where(search: str | None, group: str | None, after: str | None, *, sensitive: bool) -> Where:
    where: Document = {"key": {"$gt": after or "", "$lt": beyond("")}}
    if search and (prefix := folded(search)):
        # without $elemMatch each bound may be met by another word
        where["words"] = {"$elemMatch": {"$gte": prefix, "$lt": beyond(prefix)}}
    if group is not None:
        where["group"] = group
    if not sensitive:
        where["sensitive"] = False
    return where


def _counting(tag_id: TagId, now: datetime, limit: int) -> list[Document]:
    live = {"id": tag_id, "$or": [{"until": None}, {"until": {"$gt": now}}]}
    return [
        # two steps: together they would keep the embedded wheel from using the index
        {"$match": {"tags.id": tag_id}},
        {"$match": {"tags": {"$elemMatch": live}}},
        {"$limit": limit + 1},
        {"$group": {"_id": tag_id, "customers": {"$sum": 1}}},
    ]
