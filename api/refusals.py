"""Refusals that belong to the request, not to the business: top-level errors with a stable code."""

from collections.abc import Collection
from enum import StrEnum

from graphql import GraphQLError


class RefusalCode(StrEnum):
    """Values of ``extensions.code``."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_REQUEST = "BAD_REQUEST"
    QUERY_INVALID = "QUERY_INVALID"
    QUERY_TOO_LONG = "QUERY_TOO_LONG"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    QUERY_TOO_COSTLY = "QUERY_TOO_COSTLY"
    TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
    INPUT_TOO_DEEP = "INPUT_TOO_DEEP"
    INPUT_TOO_LARGE = "INPUT_TOO_LARGE"
    INTERNAL = "INTERNAL"


class Refusal(GraphQLError):
    """A sentence for the caller that says what to do; never holds a value of a person."""

    def __init__(self, code: RefusalCode, message: str, **extensions: object) -> None:
        super().__init__(message, extensions={"code": code.value, **extensions})
        self.code = code


def forbidden(missing: Collection[str]) -> Refusal:
    """The key lacks these scopes."""
    names = ", ".join(sorted(missing))
    return Refusal(
        RefusalCode.FORBIDDEN,
        f"This needs the scope {names}, which your API key lacks: ask for a key that holds it.",
        scopes=sorted(missing),
    )
