"""Refusals that belong to the request, not to the business: top-level errors with a stable code."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from graphql import GraphQLError, Node


class RefusalCode(StrEnum):
    """Values of ``extensions.code``."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_REQUEST = "BAD_REQUEST"
    QUERY_INVALID = "QUERY_INVALID"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    QUERY_NOT_TRUSTED = "QUERY_NOT_TRUSTED"
    QUERY_TOO_LONG = "QUERY_TOO_LONG"
    QUERY_TOO_DEEP = "QUERY_TOO_DEEP"
    QUERY_TOO_COSTLY = "QUERY_TOO_COSTLY"
    TOO_MANY_ALIASES = "TOO_MANY_ALIASES"
    INPUT_TOO_DEEP = "INPUT_TOO_DEEP"
    INPUT_TOO_LARGE = "INPUT_TOO_LARGE"
    INTERNAL = "INTERNAL"


class Refusal(GraphQLError):
    """A sentence for the caller that says what to do; never holds a value of a person."""

    def __init__(
        self,
        code: RefusalCode,
        message: str,
        *,
        at: Sequence[str] | None = None,
        node: Node | None = None,
        **extensions: object,
    ) -> None:
        """``at``: the path in the answer of the field it is about, where that is known.

        ``node``: the place in the query.
        """
        path = list(at) if at is not None else None
        super().__init__(message, node, path=path, extensions={"code": code.value, **extensions})
        self.code = code


def forbidden(missing: Collection[str]) -> Refusal:
    """The key lacks these scopes."""
    lacking, them = _named(missing)
    return Refusal(
        RefusalCode.FORBIDDEN,
        f"This needs {lacking}, which your API key lacks: ask for a key that holds {them}.",
        scopes=sorted(missing),
    )


def nothing_written(missing: Collection[str], path: Sequence[str]) -> Refusal:
    """A mutation that did not begin, for want of scopes that something in its selection needs."""
    lacking, them = _named(missing)
    return Refusal(
        RefusalCode.FORBIDDEN,
        f"This needs {lacking}, which your API key lacks, at {'.'.join(path)}: nothing was "
        f"written. Ask for a key that holds {them}, or select less.",
        at=path,
        scopes=sorted(missing),
    )


def _named(scopes: Collection[str]) -> tuple[str, str]:
    """What they are called, and how they are spoken of afterwards."""
    one = len(scopes) == 1
    return f"the scope{'' if one else 's'} {', '.join(sorted(scopes))}", "it" if one else "them"
