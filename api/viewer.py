"""The caller as the API sees them, and any thing by its id."""

from typing import Annotated

import strawberry
from strawberry.types.base import StrawberryObjectDefinition

from api.actors import Actor
from api.context import Info
from api.fields import ScopedField, field
from api.level import Node
from api.nodes import nodes_by_id
from api.scalars import LocaleTag


@strawberry.type(description="Whoever sent the request.")
class Viewer:
    actor: Actor = strawberry.field(description="The caller as records remember it.")
    scopes: list[str] = strawberry.field(description="What its key may do.")
    locale: LocaleTag = strawberry.field(description="The language of messages.")
    cost_budget: int = strawberry.field(description="The most that one query may cost.")

    @field("Whether the caller's key holds the scopes a mutation needs, to show or hide a button.")
    def can(
        self,
        info: Info,
        mutation: Annotated[str, strawberry.argument(description="Its name, like tagSave.")],
    ) -> bool:
        required = _required(info, mutation)
        return required is not None and all(map(info.context.caller.may, required))


Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids.")]


@strawberry.type
class ViewerQueries:
    @field("Whoever sent the request.")
    def viewer(self, info: Info) -> Viewer:
        caller = info.context.caller
        return Viewer(
            actor=Actor.of(caller.actor),
            scopes=sorted(caller.scopes),
            locale=LocaleTag("en"),
            cost_budget=1000,
        )

    @field("Anything by its id, or null.", scope="customers:read")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id.")]
    ) -> Node | None:
        return (await nodes_by_id(info, [id]))[0]

    @field(
        "Things by their ids, in that order; null for what is not there.",
        scope="customers:read",
        list_size="ids",
    )
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        return list(await nodes_by_id(info, ids))


def _required(info: Info, mutation: str) -> tuple[str, ...] | None:
    """The scopes a mutation needs; None where there is no such mutation."""
    definition = info.schema.get_type_by_name("Mutation")
    name_of = info.schema.config.name_converter.from_field
    for each in definition.fields if isinstance(definition, StrawberryObjectDefinition) else ():
        if name_of(each) == mutation:
            return each.required if isinstance(each, ScopedField) else ()
    return None
