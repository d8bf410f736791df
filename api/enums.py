"""Enums of the domain published in the schema, every value described."""

from enum import Enum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition


def publish(enum: type[Enum], description: str, *, called: str = "", **values: str) -> None:
    """Makes a domain enum a GraphQL enum; ``values`` holds a sentence for each member's name.

    It keeps its name unless it is ``called`` another one.

    Raises KeyError where a member has none: a schema without descriptions is half a promise.
    """
    # a type that was read before has made the definition already; a second one would be another
    if "__strawberry_definition__" not in vars(enum):
        strawberry.enum(enum)
    definition: StrawberryEnumDefinition = vars(enum)["__strawberry_definition__"]
    definition.description = description
    definition.name = called or definition.name
    for value in definition.values:
        value.description = values[value.name]
