"""What somebody finds who knows the host alone: a browser the explorer, a program where to go."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from api import health

PATH: Final = "/"
_THERE: Final = {"name": "Rapport", "graphql": "/graphql", "health": list(health.PATHS)}


async def _found(request: Request) -> Response:
    browser = "text/html" in request.headers.get("accept", "")
    # relative: behind a proxy the API may lie below another path
    answer = RedirectResponse("graphql") if browser else JSONResponse(_THERE)
    answer.headers["vary"] = "accept"
    return answer


def route() -> Route:
    """Answers without a key, and says nothing that needs one."""
    return Route(PATH, _found)
