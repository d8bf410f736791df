"""Definitions of custom attributes over GraphQL."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import strawberry

from api.context import Info
from api.customer_refs import Key
from api.enums import publish
from api.errors import (
    IdempotencyMismatchError,
    InvalidStateError,
    LimitExceededError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.level import Node
from api.requests import request
from api.scalars import Instant
from api.versions import Versioned
from customers import attributes
from customers.defining import DefinitionDraft
from customers.values import AttributeType
from domain.errors import Invalid, NotFound
from domain.idempotency import Answer, Memory
from domain.ids import AttributeDefinitionId
from domain.personal import PiiClass
from domain.work import Decision

publish(
    AttributeType,
    "What values of an attribute are.",
    STRING="Text of at most 2,000 characters.",
    INT="A whole number of 64 bits.",
    FLOAT="A finite number.",
    BOOLEAN="true or false.",
    DATE="A date, like 2026-03-31.",
    DATETIME="An instant with its offset, like 2026-03-31T09:30:00Z.",
    ENUM="One of the options of the definition.",
    STRING_LIST="A list of at most 100 texts.",
    JSON="Any JSON of at most 10,000 characters.",
)


@strawberry.type(description="What values a custom attribute takes and who may read them.")
class AttributeDefinition(Node, Versioned):
    key: str = attribute("What programs call it.")
    type: AttributeType = attribute("What its values are; never changes.")
    label: str = attribute("What people call it.")
    filterable: bool = attribute("Whether customers can be filtered by it.")
    unique: bool = attribute("Whether a value belongs to one customer at a time.")
    pii_class: PiiClass | None = attribute(
        "Which kind of personal data its values are; then they need pii:read."
    )
    required_scope: str | None = attribute("A scope that readers of its values need besides.")
    options: list[str] = attribute("The values of an ENUM, in their order; empty for other types.")


def shown(record: attributes.AttributeDefinition) -> AttributeDefinition:
    return AttributeDefinition(
        id=strawberry.ID(record.id),
        version=record.version,
        created_at=Instant(record.created_at),
        updated_at=Instant(record.updated_at),
        key=record.key,
        type=record.type,
        label=record.label,
        filterable=record.filterable,
        unique=record.unique,
        pii_class=record.pii_class,
        required_scope=record.required_scope,
        options=list(record.options),
    )


@strawberry.input(
    description="A custom attribute. An update replaces all but key, type and unique."
)
class AttributeDefinitionInput:
    key: str = strawberry.field(
        description="1 to 64 of a-z, 0-9, _ . - and a letter first; never changes."
    )
    type: AttributeType = strawberry.field(description="What its values are; never changes.")
    label: str = strawberry.field(description="What people call it.")
    filterable: bool = strawberry.field(
        default=False,
        description="Whether customers can be filtered by it; a filter by any other is refused.",
    )
    unique: bool = strawberry.field(
        default=False,
        description="Whether a value belongs to one customer at a time, compared exactly as it is "
        "stored; never changes, and not for STRING_LIST and JSON.",
    )
    pii_class: PiiClass | None = strawberry.field(
        default=None, description="Which kind of personal data its values are."
    )
    required_scope: str | None = strawberry.field(
        default=None,
        description="A scope that readers of its values need besides; to change this or "
        "piiClass needs pii:read and the scope that was required before.",
    )
    options: list[str] | None = strawberry.field(
        default=None, description="The values of an ENUM; later ones may be added, none taken away."
    )

    def read(self) -> DefinitionDraft:
        return DefinitionDraft(
            key=self.key,
            type=self.type,
            label=self.label,
            filterable=self.filterable,
            unique=self.unique,
            pii_class=self.pii_class,
            required_scope=self.required_scope,
            options=tuple(self.options or ()),
        )


@strawberry.type(description="The definition after the write.")
class AttributeDefinitionPayload:
    definition: AttributeDefinition = attribute("The definition as it is now.")
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the same key."
    )


AttributeDefinitionResult = Annotated[
    AttributeDefinitionPayload
    | ValidationFailedError
    | NotFoundError
    | InvalidStateError
    | LimitExceededError
    | IdempotencyMismatchError,
    strawberry.union(
        "AttributeDefinitionResult", description="The definition, or why it was not saved."
    ),
]


@strawberry.type
class AttributeQueries:
    @field("All custom attributes, by key.", list_size=20)
    async def attribute_definitions(self, info: Info) -> list[AttributeDefinition]:
        return [shown(each) for each in await info.context.services.attribute_definitions.all()]


@strawberry.type
class AttributeMutations:
    @mutation("Defines a custom attribute, or with `id` changes one.", scope="attributes:write")
    async def attribute_definition_save(
        self,
        info: Info,
        *,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Which one; a new one without.")
        ] = None,
        input: Annotated[
            AttributeDefinitionInput, strawberry.argument(description="The attribute.")
        ],
        idempotency_key: Key = None,
    ) -> AttributeDefinitionResult:
        definition_id = AttributeDefinitionId(id) if id is not None else None
        draft, service = input.read(), info.context.services.attributes

        async def decide() -> Decision[attributes.AttributeDefinition]:
            try:
                return await service.save(
                    definition_id, draft, lambda scopes: info.context.require(*scopes)
                )
            except Invalid as problem:
                raise problem.under("input") from None

        saved, replayed = await info.context.services.once.run(
            decide,
            request(info, idempotency_key),
            Memory(lambda made: {"definition": made.id}, lambda answer: _loaded(info, answer)),
        )
        return AttributeDefinitionPayload(definition=shown(saved), replayed=replayed)


async def _loaded(info: Info, answer: Answer) -> attributes.AttributeDefinition:
    wanted = AttributeDefinitionId(answer["definition"])
    found = await info.context.services.attribute_definitions.get_many([wanted])
    if wanted not in found:
        raise NotFound("attribute", ("id",))
    return found[wanted]


async def definitions_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, AttributeDefinition]:
    """Definitions by id, for ``node``."""
    wanted = [AttributeDefinitionId(each) for each in ids]
    found = await info.context.services.attribute_definitions.get_many(wanted)
    return {str(key): shown(record) for key, record in found.items()}
