"""What a caller sees of a failure: the sentence of an expected one, a request id for a bug."""

import traceback
from collections.abc import Iterator
from typing import Any, Final

import structlog
from graphql import GraphQLError

from api.refusals import Refusal, RefusalCode
from domain.errors import Expected, Invalid

_LOG: Final = structlog.get_logger("rapport.errors")


def internal(request_id: str) -> Refusal:
    """All that is said of a bug; the log knows the rest under the request id."""
    return Refusal(RefusalCode.INTERNAL, "Internal error", requestId=request_id)


def masked(error: GraphQLError, request_id: str) -> GraphQLError:
    """The error as the caller may see it; a bug is written to the log, whole but for its values."""
    cause = error.original_error
    if isinstance(error, Refusal) or isinstance(cause, Refusal):
        return error
    if isinstance(cause, Expected):
        return _again(error, str(cause), _told(cause))
    if _is_about_the_request(error):
        return _again(error, error.message, {"code": RefusalCode.QUERY_INVALID.value})
    log_bug(cause or error, request_id, path=error.path)
    hidden = internal(request_id)
    return _again(error, hidden.message, hidden.extensions or {})


def _told(cause: Expected) -> dict[str, Any]:
    """What a mutation would say in its union, for queries, which have none."""
    issues = cause.issues if isinstance(cause, Invalid) else ()
    listed = [{"path": each.path, "code": each.code, "message": each.message} for each in issues]
    return {"code": cause.code.value, **({"issues": listed} if listed else {})}


def _is_about_the_request(error: GraphQLError) -> bool:
    """Whether GraphQL itself refused the query, a variable or an argument."""
    if error.path is None:
        return error.original_error is None or bool(error.nodes)
    # a result that does not fit its type is raised without a node: that one is our bug
    cause = error.original_error
    return isinstance(cause, GraphQLError) and bool(cause.nodes)


def _again(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def log_bug(bug: BaseException, request_id: str, **where: object) -> None:
    """Logs the kinds and frames of an exception and of its causes: messages may hold values."""
    _LOG.error("internal_error", request_id=request_id, **where, causes=list(causes(bug)))


def causes(bug: BaseException) -> Iterator[dict[str, object]]:
    """The exception, what it groups and what caused each: their kinds and frames, no messages."""
    seen: set[int] = set()
    waiting = [bug]
    while waiting:
        step = waiting.pop()
        if id(step) in seen:
            continue
        seen.add(id(step))
        kind = type(step)
        yield {"kind": f"{kind.__module__}.{kind.__qualname__}", "frames": _frames(step)}
        waiting.extend(reversed(_behind(step)))


def _behind(bug: BaseException) -> list[BaseException]:
    several: Any = bug  # a group leaves open what it holds
    grouped: list[BaseException] = []
    if isinstance(bug, BaseExceptionGroup):
        grouped = list(several.exceptions)
    cause = bug.__cause__ or bug.__context__
    return [*grouped, *([cause] if cause is not None else [])]


def _frames(bug: BaseException) -> list[str]:
    frames = traceback.StackSummary.extract(
        traceback.walk_tb(bug.__traceback__), lookup_lines=False
    )
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
