"""Who did it, as the API shows it."""

import strawberry

from api.enums import publish
from domain import actor
from domain.actor import ActorKind

publish(
    ActorKind,
    "What kind of caller it was.",
    STAFF="A colleague.",
    API_KEY="A program with an API key.",
    CUSTOMER="The customer themself.",
    SYSTEM="Rapport itself.",
    IMPORT="A file that was imported.",
)


@strawberry.type(description="Who did it.")
class Actor:
    kind: ActorKind = strawberry.field(description="What kind of caller it was.")
    id: strawberry.ID | None = strawberry.field(description="The id of its key, where it has one.")
    label: str = strawberry.field(description="The name of its key.")

    @classmethod
    def of(cls, by: actor.Actor) -> "Actor":
        return cls(kind=by.kind, id=strawberry.ID(by.id) if by.id else None, label=by.label)
