"""Definitions of custom attributes: few, read by key."""

from collections.abc import Mapping, Sequence
from typing import Final

from customers.attributes import (
    MOST_DEFINITIONS,
    AttributeDefinition,
    CreateDefinition,
    SaveDefinition,
)
from customers.values import AttributeType
from domain.ids import AttributeDefinitionId
from domain.personal import PiiClass
from mongo.database import Database
from mongo.driver import Document, Where
from mongo.indexes import Index
from mongo.operations import Op, Writes, insert, replace

DEFINITIONS: Final = "attribute_definitions"
COLLECTIONS: Final = (DEFINITIONS,)
INDEXES: Final = (Index(DEFINITIONS, "definition_key", [("key", 1)], unique=True),)


def _document(definition: AttributeDefinition) -> Document:
    return {
        "_id": definition.id,
        "version": definition.version,
        "created_at": definition.created_at,
        "updated_at": definition.updated_at,
        "key": definition.key,
        "type": definition.type.value,
        "label": definition.label,
        "filterable": definition.filterable,
        "unique": definition.unique,
        "pii_class": definition.pii_class.value if definition.pii_class else None,
        "required_scope": definition.required_scope,
        "options": list(definition.options),
    }


def _definition(document: Mapping[str, object]) -> AttributeDefinition:
    """Raises KeyError or ValueError for a document that is none of ours."""
    fields: Document = dict(document)
    pii_class = fields["pii_class"]
    return AttributeDefinition(
        id=AttributeDefinitionId(fields.pop("_id")),
        type=AttributeType(fields.pop("type")),
        pii_class=PiiClass(fields.pop("pii_class")) if pii_class else fields.pop("pii_class"),
        options=tuple(fields.pop("options")),
        **fields,
    )


def _create(change: CreateDefinition) -> Sequence[Op]:
    return [insert(DEFINITIONS, _document(change.definition))]


def _save(change: SaveDefinition) -> Sequence[Op]:
    guard = {"_id": change.before.id, "version": change.before.version}
    return [replace(DEFINITIONS, guard, _document(change.after), guarded=True)]


WRITES: Final[Writes] = {CreateDefinition: _create, SaveDefinition: _save}


class MongoAttributeDefinitions:
    """Reads of the definitions; see customers.attributes.AttributeDefinitions."""

    def __init__(self, database: Database) -> None:
        self._definitions = database[DEFINITIONS]

    async def all(self) -> Sequence[AttributeDefinition]:
        # bounded on both sides: the index gives the order
        return await self._found({"key": {"$gte": "", "$lt": "{"}})

    async def get_many(
        self, wanted: Sequence[AttributeDefinitionId]
    ) -> dict[AttributeDefinitionId, AttributeDefinition]:
        return {each.id: each for each in await self._found({"_id": {"$in": list(wanted)}})}

    async def by_keys(self, keys: Sequence[str]) -> dict[str, AttributeDefinition]:
        return {each.key: each for each in await self._found({"key": {"$in": list(keys)}})}

    async def _found(self, where: Where) -> list[AttributeDefinition]:
        cursor = self._definitions.find(where).sort("key", 1).limit(MOST_DEFINITIONS)
        return [_definition(document) for document in await cursor.to_list(None)]
