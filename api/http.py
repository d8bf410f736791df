"""GraphQL over HTTP: POST with a key; GET shows the explorer and answers no query."""

from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from api.context import Context
from api.execution.schema import Schema
from api.refusals import Refusal, RefusalCode
from api.services import Services
from domain.access import Caller
from domain.key_ring import KeyRing, Refused

LARGEST_BODY: Final = 1_000_000
_BEARER: Final = "bearer "


class GraphQLEndpoint(GraphQL[Context, None]):
    """The one URL of the API. Without a valid key nothing is parsed, let alone executed."""

    # a query in a URL would put personal data into logs and histories
    allow_queries_via_get = False

    def __init__(self, schema: Schema, services: Services, keys: KeyRing) -> None:
        super().__init__(schema, allow_queries_via_get=False, subscription_protocols=())
        self._services = services
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            refusal = await self._refusal(Request(scope))
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        caller: Caller = request.state.caller
        return Context(self._services, caller, getattr(request.state, "request_id", ""))

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    async def _refusal(self, request: Request) -> Response | None:
        """An answer for who may not ask; None for who may, whose caller is then in the state."""
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            message = f"The request is larger than {LARGEST_BODY:,} bytes: send less at once."
            return _refused(413, Refusal(RefusalCode.BAD_REQUEST, message))
        header = request.headers.get("authorization", "")
        if not header.lower().startswith(_BEARER):
            message = "Send an API key: `Authorization: Bearer rap_…`. `rapport keys` makes one."
            return _refused(401, Refusal(RefusalCode.UNAUTHENTICATED, message))
        try:
            request.state.caller = await self._keys.caller(header[len(_BEARER) :].strip())
        except Refused as refused:
            return _refused(401, Refusal(RefusalCode.UNAUTHENTICATED, str(refused)))
        return None


def _refused(status: int, refusal: Refusal) -> Response:
    body: dict[str, Any] = {"errors": [refusal.formatted]}
    return JSONResponse(body, status, headers={"WWW-Authenticate": "Bearer"})
