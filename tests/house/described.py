"""What of a published schema has no description."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    """Coordinates of types, fields, arguments, values and directives that say nothing."""
    for kind in schema.type_map.values():
        if not is_introspection_type(kind) and not is_specified_scalar_type(kind):
            if _is_empty(kind.description):
                yield kind.name
            yield from _inside(kind)
    for directive in schema.directives:
        if not is_specified_directive(directive) and _is_empty(directive.description):
            yield f"@{directive.name}"


def _inside(kind: GraphQLNamedType) -> Iterator[str]:
    if isinstance(kind, GraphQLEnumType):
        members = kind.values.items()
    elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        members = kind.fields.items()
    else:
        return
    for name, member in members:
        if _is_empty(member.description):
            yield f"{kind.name}.{name}"
        for argument, given in getattr(member, "args", {}).items():
            if _is_empty(given.description):
                yield f"{kind.name}.{name}({argument}:)"


def _is_empty(description: str | None) -> bool:
    return description is None or not description.strip()
