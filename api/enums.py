"""Enums of the domain published in the schema, every value described."""

from enum import Enum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def publish(enum: type[Enum], description: str, **values: str) -> None:
    """Makes a domain enum a GraphQL enum; ``values`` holds a sentence for each member's name.

    Raises KeyError where a member has no sentence: a schema without descriptions is half a promise.
    """
    strawberry.enum(enum, description=description)
    definition: StrawberryEnumDefinition = enum.__strawberry_definition__  # type: ignore[attr-defined]  # strawberry sets it
    for value in definition.values:
        value.description = values[value.name]
