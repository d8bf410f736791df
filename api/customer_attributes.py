"""The custom attributes of a customer; personal ones are masked by their definition."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, cast

import strawberry

from api import attribute_definitions
from api.attribute_definitions import AttributeDefinition
from api.context import Context
from api.customer_parts import PiiAccess
from api.fields import attribute, field
from api.level import Level, Loader, Row
from api.scalars import JSON
from api.tag_type import Locale
from customers import attributes
from customers.drafts import AttributeDraft
from domain import customer
from domain.ids import CustomerId

_OWN: Final = "logged under the kind that its definition says"

Held = tuple[attributes.AttributeDefinition, customer.Attribute]


@strawberry.type(description="A custom value of a customer.")
class CustomAttribute:
    level: strawberry.Private[Level]
    holder: strawberry.Private[CustomerId]
    record: strawberry.Private[attributes.AttributeDefinition]
    stored: strawberry.Private[customer.Attribute]
    key: str = attribute("Which attribute it is.")
    definition: AttributeDefinition = attribute(
        "What values it takes and who may read them.", unmarked="about the attribute"
    )

    @field("The value; null where `access` says why.", unmarked=_OWN)
    def value(self) -> JSON | None:
        if not self._disclosed():
            return None
        return JSON(attributes.json_value(self.record, self.stored.value))

    @field("The value as a person reads it; null where `access` says why.", unmarked=_OWN)
    def display(self, locale: Locale = None) -> str | None:
        if not self._disclosed():
            return None
        return attributes.display(self.record, self.stored.value, locale)

    @field("Whether the value is shown, and why not.", unmarked="about the caller")
    def access(self) -> PiiAccess:
        return PiiAccess.GRANTED if self._granted() else PiiAccess.MASKED_NO_SCOPE

    def _granted(self) -> bool:
        may = self.level.context.caller.may
        return all(may(scope) for scope in attributes.scopes_to_read(self.record))

    def _disclosed(self) -> bool:
        if not self._granted():
            return False
        if self.record.pii_class is not None:
            self.level.context.show(self.holder, self.record.pii_class)
        return True


@strawberry.type
class CustomerAttributes(Row):
    @field("What the shop added to the profile, by key; those that have a value.", list_size=3)
    def attributes(
        self,
        keys: Annotated[
            list[str] | None, strawberry.argument(description="Only these; all if left out.")
        ] = None,
    ) -> list[CustomAttribute]:
        wanted = None if keys is None else frozenset(keys)
        held = cast("list[Held]", self.level.value("attributes", self.customer_id, keys=keys))
        return [self._valued(each) for each in held if wanted is None or each[0].key in wanted]

    @field("One custom value; null where the customer has none.")
    def attribute(
        self, key: Annotated[str, strawberry.argument(description="Which attribute.")]
    ) -> CustomAttribute | None:
        held = cast("list[Held]", self.level.value("attribute", self.customer_id, key=key))
        return next((self._valued(each) for each in held if each[0].key == key), None)

    def _valued(self, held: Held) -> CustomAttribute:
        definition, stored = held
        return CustomAttribute(
            level=self.level,
            holder=self.customer_id,
            record=definition,
            stored=stored,
            key=definition.key,
            definition=attribute_definitions.shown(definition),
        )


async def _load(
    context: Context, ids: Sequence[CustomerId], arguments: Mapping[str, Any]
) -> Mapping[CustomerId, list[Held]]:
    customers = await context.customers(ids)
    keys = sorted({a.key for each in customers.values() for a in each.attributes})
    known = await context.services.attribute_definitions.by_keys(keys) if keys else {}
    return {
        customer_id: [(known[a.key], a) for a in each.attributes if a.key in known]
        for customer_id, each in customers.items()
    }


LOADERS: Final[Mapping[str, Loader]] = {"attributes": _load, "attribute": _load}


async def require_unique_readable(context: Context, drafts: Sequence[AttributeDraft]) -> None:
    """Raises a Refusal where the caller may not read a unique attribute that they would set.

    NOT_UNIQUE answers a guess: whoever may set such values learns which of them somebody has.
    """
    keys = sorted({draft.key for draft in drafts if draft.value is not None})
    if keys:
        known = await context.services.attribute_definitions.by_keys(keys)
        unique = (each for each in known.values() if each.unique)
        context.require(*sorted({s for each in unique for s in attributes.scopes_to_read(each)}))
