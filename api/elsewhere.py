"""What there is not: a path or a method that nobody serves is refused like everything else."""

from http import HTTPStatus
from typing import Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.refusals import Refusal, RefusalCode

_HERE: Final = "The API is at /graphql, and / lists what else there is."


async def _nowhere(request: Request, problem: Exception) -> Response:
    # the path is not repeated: it may hold anything
    return _bad(HTTPStatus.NOT_FOUND, f"There is nothing at this path. {_HERE}")


async def _otherwise(request: Request, problem: Exception) -> Response:
    allowed = dict(cast("HTTPException", problem).headers or {})["Allow"]
    methods = ", ".join(sorted(allowed.split(", ")))
    answer = _bad(HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes {methods} alone. {_HERE}")
    answer.headers["allow"] = methods
    return answer


def refused(status: int, refusal: Refusal) -> JSONResponse:
    """What a request gets that no query answers, in the shape of a query's errors."""
    return JSONResponse({"errors": [refusal.formatted]}, status)


def _bad(status: HTTPStatus, sentence: str) -> Response:
    return refused(status, Refusal(RefusalCode.BAD_REQUEST, sentence))


HANDLERS: Final = {HTTPStatus.NOT_FOUND: _nowhere, HTTPStatus.METHOD_NOT_ALLOWED: _otherwise}
"""For Starlette, which would answer both in plain text."""
