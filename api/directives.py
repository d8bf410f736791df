"""What the published schema says beside types: who may ask, what is personal, what it costs."""

import strawberry
from strawberry.schema_directive import Location

from api.enums import publish
from domain.personal import PiiClass

publish(
    PiiClass,
    "Which kind of personal data a field holds; the access log speaks of these.",
    CONTACT="How a person can be reached.",
    IDENTITY="Who a person is.",
    DEMOGRAPHIC="Age, language and the like.",
    LOCATION="Where a person lives.",
    BEHAVIOUR="What a person did or chose.",
)


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="scope",
    description="The caller's key must hold all of these scopes.",
)
class Scope:
    all: list[str] = strawberry.directive_field(name="all")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="pii",
    description="Personal data of this kind: every disclosure is in the access log. What a key may "
    "not see is null or masked, as the field says.",
)
class Pii:
    category: PiiClass = strawberry.directive_field(name="class")


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="What the field adds to the cost of a query, times the sizes of the lists around.",
)
class Cost:
    weight: int | None = strawberry.UNSET
    list_size: str | None = strawberry.UNSET
