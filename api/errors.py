"""Expected failures as members of each mutation's union; everything else is masked elsewhere."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import strawberry

from api.context import Info
from api.enums import publish
from api.fields import attribute
from api.scalars import Instant
from domain import errors
from domain.errors import ErrorCode, IdentityKind
from domain.ids import CustomerId
from domain.personal import PiiClass

publish(
    ErrorCode,
    "What went wrong, stable for programs; `message` is for people.",
    VALIDATION_FAILED="The input breaks rules; `issues` names each field.",
    NOT_FOUND="There is no such thing, or it is not visible to the caller.",
    VERSION_CONFLICT="Somebody changed it since the caller read it.",
    IDENTITY_CONFLICT="A contact or external id belongs to another customer.",
    CONSENT_REQUIRED="The person did not allow this.",
    ERASED="The person was erased.",
    IDEMPOTENCY_MISMATCH="The idempotency key was used with another input.",
    INVALID_STATE="The thing is not in a state that allows this.",
    LIMIT_EXCEEDED="More than may be asked for at once.",
)
publish(
    IdentityKind,
    "What a customer can be recognised by.",
    EMAIL="An e-mail address.",
    PHONE="A phone number.",
    EXTERNAL_ID="The id of the person in another system.",
)


Extra = Callable[[Any, Info], Mapping[str, object] | Awaitable[Mapping[str, object]]]


def _none(problem: object, info: Info) -> Mapping[str, object]:
    return {}


@strawberry.interface(description="A failure the caller can act on.")
class Error:
    code: ErrorCode = attribute(
        "What went wrong, for programs.", unmarked="whoever it tells of is logged with the problem"
    )
    message: str = attribute(
        "What went wrong and what to do, for people.", unmarked="as the code; it holds no values"
    )
    path: list[str] | None = attribute(
        "The argument or field it is about.", unmarked="what the caller sent"
    )


@strawberry.type(description="One problem of one input field.")
class InputIssue:
    path: list[str] = strawberry.field(description="The field, from the mutation's arguments down.")
    code: str = strawberry.field(description="The rule that was broken, for programs.")
    message: str = strawberry.field(description="What to do, for people.")

    @classmethod
    def of(cls, issue: errors.Issue) -> "InputIssue":
        return cls(path=list(issue.path), code=issue.code, message=issue.message)


@strawberry.type(description="The input breaks rules; nothing was written.")
class ValidationFailedError(Error):
    issues: list[InputIssue] = strawberry.field(description="Every problem found.")


@strawberry.type(description="There is no such thing, or it is not visible to the caller.")
class NotFoundError(Error):
    pass


@strawberry.type(description="A contact or external id belongs to another customer.")
class IdentityConflictError(Error):
    kind: IdentityKind = attribute(
        "Which kind of identity is taken.", unmarked="what the caller sent"
    )
    holder: strawberry.ID | None = attribute(
        "Who holds it; null where the caller may not read customers.",
        unmarked="an id alone: who gave the contact may look it up",
    )
    suggest_merge: bool = attribute(
        "Whether the two records may be one person, worth a merge.", unmarked="as the kind"
    )


@strawberry.type(description="The idempotency key was used before, with another input.")
class IdempotencyMismatchError(Error):
    first_seen_at: Instant = strawberry.field(description="When the key was first used.")


@strawberry.type(description="The thing is not in a state that allows this.")
class InvalidStateError(Error):
    state: str = attribute(
        "The state it is in.", unmarked="whoever it tells of is logged with the problem"
    )
    allowed: list[str] = attribute("The states that would allow it.", unmarked="a rule")


@strawberry.type(description="More than may be asked for at once.")
class LimitExceededError(Error):
    limit: int = strawberry.field(description="How much is allowed.")


@strawberry.type(description="The person was erased; nothing more can be recorded about them.")
class ErasedError(Error):
    erased_at: Instant = attribute(
        "When the erasure was carried out.", unmarked="nothing of the person is left to tell"
    )
    privacy_request_id: strawberry.ID = attribute("The request behind it.", unmarked="an id alone")


class Handler:
    """Turns one expected failure into its union member; ``extra`` adds the member's own fields.

    Strawberry applies it only on fields whose union holds the member: never register one for a
    broad exception, it would turn refusals into answers.
    """

    def __init__(
        self, exception_type: type[errors.Expected], error_type: type[Error], extra: Extra = _none
    ) -> None:
        self.exception_type = exception_type
        self.error_type = error_type
        self._extra = extra

    def handle(self, exception: Any, *, field: object, info: Info) -> Awaitable[Error]:
        return self._member(exception, info)

    async def _member(self, exception: errors.Expected, info: Info) -> Error:
        path = list(exception.path) if exception.path is not None else None
        extra = self._extra(exception, info)
        own = await extra if inspect.isawaitable(extra) else extra
        member: Any = self.error_type
        return cast("Error", member(code=exception.code, message=str(exception), path=path, **own))


def _issues(problem: errors.Invalid, info: Info) -> dict[str, object]:
    _show(problem.customer_id, info)
    return {"issues": [InputIssue.of(issue) for issue in problem.issues]}


def _holder(problem: errors.IdentityConflict, info: Info) -> dict[str, object]:
    seen = info.context.caller.may("customers:read")
    return {
        "kind": problem.kind,
        "holder": problem.holder if seen else None,
        "suggest_merge": problem.kind is not IdentityKind.EXTERNAL_ID,
    }


def _state(problem: errors.InvalidState, info: Info) -> dict[str, object]:
    _show(problem.customer_id, info)
    return {"state": problem.state, "allowed": list(problem.allowed)}


def _show(customer_id: str | None, info: Info) -> None:
    """The failure itself tells something of whom it names."""
    if customer_id is not None:
        info.context.show(CustomerId(customer_id), PiiClass.BEHAVIOUR)


HANDLERS: Final = (
    Handler(errors.Invalid, ValidationFailedError, _issues),
    Handler(errors.NotFound, NotFoundError),
    Handler(errors.IdentityConflict, IdentityConflictError, _holder),
    Handler(
        errors.IdempotencyMismatch,
        IdempotencyMismatchError,
        lambda problem, _: {"first_seen_at": problem.first_seen_at},
    ),
    Handler(errors.InvalidState, InvalidStateError, _state),
    Handler(errors.LimitExceeded, LimitExceededError, lambda problem, _: {"limit": problem.limit}),
    Handler(
        errors.Erased,
        ErasedError,
        lambda problem, _: {"erased_at": problem.at, "privacy_request_id": problem.request_id},
    ),
)
"""Failures that concern every subject; api/customers.py and api/consent.py add their own."""
