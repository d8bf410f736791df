"""What a deletion answers."""

from typing import Annotated

import strawberry

from api.errors import InvalidStateError, NotFoundError, ValidationFailedError


@strawberry.type(description="It is gone.")
class DeletedPayload:
    id: strawberry.ID = strawberry.field(description="The id of what was deleted.")


DeleteResult = Annotated[
    DeletedPayload | NotFoundError | InvalidStateError | ValidationFailedError,
    strawberry.union("DeleteResult", description="What was deleted, or why it was not."),
]
