"""GraphQL over HTTP: POST with a key; GET shows the explorer and answers no query."""

from http import HTTPStatus
from typing import Final, cast

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from api.auth import CHALLENGE, authenticate
from api.context import Context
from api.execution.schema import Schema
from api.refusals import Refusal, RefusalCode
from api.request_log import request_id
from api.services import Services
from domain.access import Caller
from domain.key_ring import KeyRing

LARGEST_BODY: Final = 1_000_000
_HOW: Final = 'POST {"query": "...", "variables": {...}} as application/json.'


class GraphQLEndpoint(GraphQL[Context, None]):
    """The one URL of the API. Without a valid key nothing is parsed, let alone executed."""

    # a query in a URL would put personal data into logs and histories
    allow_queries_via_get = False

    def __init__(self, schema: Schema, services: Services, keys: KeyRing) -> None:
        super().__init__(schema, allow_queries_via_get=False, subscription_protocols=())
        self._services = services
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._refusal(request) if request.method == "POST" else None
        response = response or await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self.run(request)
        except HTTPException as problem:
            message = f"{problem.reason.removesuffix('.')}: {_HOW}"
            return _refused(problem.status_code, Refusal(RefusalCode.BAD_REQUEST, message))

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        caller: Caller = request.state.caller
        return Context(self._services, caller, request_id(request.scope))

    def decode_json(self, data: str | bytes) -> object:
        found = orjson.loads(data)
        if not isinstance(found, dict | list):
            raise HTTPException(400, "The body is no JSON object")
        return cast("object", found)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    async def _refusal(self, request: Request) -> Response | None:
        """An answer for who may not ask; None for who may, whose caller is then in the state."""
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            message = f"The request is larger than {LARGEST_BODY:,} bytes: send less at once."
            return _refused(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Refusal(RefusalCode.BAD_REQUEST, message)
            )
        try:
            header = request.headers.get("authorization")
            request.state.caller = await authenticate(self._keys, header)
        except Refusal as refusal:
            return _refused(HTTPStatus.UNAUTHORIZED, refusal)
        return None


def _refused(status: int, refusal: Refusal) -> Response:
    answer = JSONResponse({"errors": [refusal.formatted]}, status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.raw_headers.append(CHALLENGE)
    return answer
