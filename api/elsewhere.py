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
    return _refused(HTTPStatus.NOT_FOUND, f"There is nothing at this path. {_HERE}")


async def _otherwise(request: Request, problem: Exception) -> Response:
    allowed = dict(cast("HTTPException", problem).headers or {})["Allow"]
    methods = ", ".join(sorted(allowed.split(", ")))
    answer = _refused(HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes {methods} alone. {_HERE}")
    answer.headers["allow"] = methods
    return answer


def _refused(status: HTTPStatus, sentence: str) -> Response:
    refusal = Refusal(RefusalCode.BAD_REQUEST, sentence)
    return JSONResponse({"errors": [refusal.formatted]}, status)


HANDLERS: Final = {HTTPStatus.NOT_FOUND: _nowhere, HTTPStatus.METHOD_NOT_ALLOWED: _otherwise}
"""For Starlette, which would answer both in plain text."""
