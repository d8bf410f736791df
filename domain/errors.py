"""Expected failures; everything else is a bug.

Expected
├── Invalid             the input breaks rules; one Issue each, with the path of the input field
├── NotFound            no such thing, or none that the caller may see
├── VersionConflict     somebody changed it since the caller read it
├── IdentityConflict    an e-mail, phone or external id belongs to another customer
├── ConsentRequired     what was asked for needs a permission that was not given
├── Erased              the person was erased
├── IdempotencyMismatch the key was used before, with another input
├── InvalidState        the thing is not in a state that allows it
└── LimitExceeded       more than the caller may ask for at once

No message ever holds a value of a person: fields and kinds are named, values are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ErrorCode(StrEnum):
    """Stable, machine-readable names of the expected failures."""

    VALIDATION_FAILED = "VALIDATION_FAILED"
    NOT_FOUND = "NOT_FOUND"
    VERSION_CONFLICT = "VERSION_CONFLICT"
    IDENTITY_CONFLICT = "IDENTITY_CONFLICT"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    ERASED = "ERASED"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    INVALID_STATE = "INVALID_STATE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"


class IdentityKind(StrEnum):
    """What a customer can be recognised by."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    EXTERNAL_ID = "EXTERNAL_ID"


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem of one input field; ``code`` is stable, ``message`` says what to do."""

    path: tuple[str, ...]
    code: str
    message: str

    def under(self, *prefix: str) -> "Issue":
        """The same issue, as seen from the input that holds this one."""
        return Issue((*prefix, *self.path), self.code, self.message)


class Expected(Exception):
    """A failure that the caller can act on."""

    code: ErrorCode
    path: tuple[str, ...] | None = None


class Invalid(Expected):
    code = ErrorCode.VALIDATION_FAILED

    def __init__(self, *issues: Issue, customer_id: str | None = None) -> None:
        """Takes every problem found; ``customer_id``: whom they tell something of, if anybody."""
        # each is a sentence; the same one of two places is said once
        super().__init__(" ".join(dict.fromkeys(issue.message for issue in issues)))
        self.issues = issues
        self.customer_id = customer_id
        self.path = issues[0].path if issues else None

    def under(self, *prefix: str) -> "Invalid":
        """The same failure, as seen from the input that holds this one."""
        issues = (issue.under(*prefix) for issue in self.issues)
        return Invalid(*issues, customer_id=self.customer_id)


def invalid(
    path: Sequence[str], code: str, message: str, *, customer_id: str | None = None
) -> Invalid:
    """A failure of one field."""
    return Invalid(Issue(tuple(path), code, message), customer_id=customer_id)


class NotFound(Expected):
    code = ErrorCode.NOT_FOUND

    def __init__(self, thing: str, path: Sequence[str] | None = None) -> None:
        """``thing`` is a kind ("customer"), never a value."""
        super().__init__(f"There is no such {thing}, or it is not visible to you.")
        self.path = tuple(path) if path is not None else None


class VersionConflict(Expected):
    code = ErrorCode.VERSION_CONFLICT

    def __init__(self, customer_id: str, *, expected: int) -> None:
        super().__init__(
            "The customer was changed since you read it: "
            "rebase your change on `current` and send it again."
        )
        self.customer_id = customer_id
        self.expected = expected
        self.path = ("input", "expectedVersion")


class IdentityConflict(Expected):
    code = ErrorCode.IDENTITY_CONFLICT

    def __init__(self, kind: IdentityKind, holder: str | None) -> None:
        super().__init__(
            f"This {kind.value.lower().replace('_', ' ')} already belongs to another customer: "
            "update or merge that one instead."
        )
        self.kind = kind
        self.holder = holder


class ConsentRequired(Expected):
    code = ErrorCode.CONSENT_REQUIRED

    def __init__(self, customer_id: str, missing: Sequence[object]) -> None:
        """``missing`` holds the refusing consent decisions about the customer."""
        super().__init__("Consent does not allow this: `missing` says what was refused and why.")
        self.customer_id = customer_id
        self.missing = tuple(missing)


class Erased(Expected):
    code = ErrorCode.ERASED

    def __init__(self, *, at: datetime, request_id: str) -> None:
        super().__init__("This person was erased; nothing more can be recorded about them.")
        self.at = at
        self.request_id = request_id


class IdempotencyMismatch(Expected):
    code = ErrorCode.IDEMPOTENCY_MISMATCH

    def __init__(self, first_seen_at: datetime) -> None:
        super().__init__(
            "This idempotency key was used with another input: use a new key for a new request."
        )
        self.first_seen_at = first_seen_at
        self.path = ("idempotencyKey",)


class InvalidState(Expected):
    code = ErrorCode.INVALID_STATE

    def __init__(
        self,
        message: str,
        *,
        state: str,
        allowed: Sequence[str],
        customer_id: str | None = None,
    ) -> None:
        """``customer_id``: whom the state tells something of, where it does."""
        super().__init__(message)
        self.state = state
        self.allowed = tuple(allowed)
        self.customer_id = customer_id


class LimitExceeded(Expected):
    code = ErrorCode.LIMIT_EXCEEDED

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit
