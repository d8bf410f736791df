"""What changes and counts its changes."""

import strawberry

from api.scalars import Instant


@strawberry.interface(description="Something that changes, and counts its changes.")
class Versioned:
    version: int = strawberry.field(description="Counts changes; send it back to detect a race.")
    created_at: Instant = strawberry.field(description="When it was made.")
    updated_at: Instant = strawberry.field(description="When it was last changed.")
