"""GraphQL over HTTP: POST with a key; GET shows the explorer and answers no query."""

from http import HTTPStatus
from typing import Any, Final, cast

import orjson
from cross_web import HTTPException
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketClose
from strawberry.asgi import GraphQL
from strawberry.http import process_result

from api import plain
from api.auth import CHALLENGE, authenticate
from api.context import Context
from api.elsewhere import refused
from api.execution.documents import Documents
from api.execution.schema import Schema
from api.explorer.page import explorer
from api.plain import Headers
from api.refusals import Refusal, RefusalCode
from api.request_log import request_id
from api.services import Services
from domain.access import Caller
from domain.key_ring import KeyRing

LARGEST_BODY: Final = 1_000_000

_HOW: Final = 'POST {"query": "...", "variables": {...}} as application/json.'


class GraphQLEndpoint(GraphQL[Context, None]):
    """The one URL of the API. Without a valid key nothing is parsed, let alone executed.

    One operation in JSON, which is nearly every request, is answered right here; what asks for a
    stream is Strawberry's.
    """

    # a query in a URL would put personal data into logs and histories
    allow_queries_via_get = False

    def __init__(
        self,
        schema: Schema,
        services: Services,
        keys: KeyRing,
        documents: Documents,
    ) -> None:
        super().__init__(schema, allow_queries_via_get=False, subscription_protocols=())
        self._documents = documents
        self._services = services
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except plain.TooLarge:
            answer = _too_large()
        await answer(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return self._context(request.scope)

    def decode_json(self, data: str | bytes) -> object:
        found = orjson.loads(data)
        if not isinstance(found, dict | list):
            raise HTTPException(400, "The body is no JSON object")
        return cast("object", found)

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    async def _answer(self, scope: Scope, receive: Receive) -> ASGIApp:
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._explorer(scope)
        # of headers given twice the first counts, as everywhere in Starlette
        headers: Headers = dict(reversed(scope["headers"]))
        if (refusal := await self._refusal(scope, headers)) is not None:
            return refusal
        if not plain.is_plain(headers):
            return await self._run(Request(scope, plain.counted(receive, LARGEST_BODY)))
        try:
            asked = plain.operation(await plain.body(receive, LARGEST_BODY))
        except plain.Malformed as problem:
            return _malformed(str(problem))
        return await self._executed(scope, asked)

    async def _explorer(self, scope: Scope) -> ASGIApp:
        """The explorer for browsers: it is public, what it asks needs a key. Nothing else."""
        if scope["type"] != "http":
            return WebSocketClose()
        request = Request(scope)
        if self.should_render_graphql_ide(self.request_adapter_class(request)):
            # whatever is in its query: a host that is none would not survive being taken apart
            return explorer(str(URL(scope={**scope, "query_string": b""})))
        refusal = _malformed("There is only POST here", HTTPStatus.METHOD_NOT_ALLOWED)
        refusal.headers["allow"] = "POST"
        return refusal

    def _context(self, scope: Scope) -> Context:
        caller: Caller = scope["state"]["caller"]
        return Context(self._services, caller, request_id(scope))

    async def _executed(self, scope: Scope, asked: dict[str, Any]) -> ASGIApp:
        try:
            text = self._documents.text(asked)
        except Refusal as refusal:
            found = refusal.code is RefusalCode.PERSISTED_QUERY_NOT_FOUND
            return _refused(HTTPStatus.OK if found else HTTPStatus.BAD_REQUEST, refusal)
        result = await self.schema.execute(
            text,
            asked.get("variables"),
            self._context(scope),
            operation_name=asked.get("operationName"),
            operation_extensions=asked.get("extensions"),
        )
        return plain.Answer(self.encode_json(process_result(result)))

    async def _run(self, request: Request) -> Response:
        try:
            return await self.run(request)
        except HTTPException as problem:
            return _malformed(problem.reason.removesuffix("."), problem.status_code)

    async def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """An answer for who may not ask; None for who may, whose caller is then in the state."""
        if int(headers.get(b"content-length", 0)) > LARGEST_BODY:
            return _too_large()
        try:
            header = headers.get(b"authorization")
            given = header.decode("latin-1") if header is not None else None
            scope["state"]["caller"] = await authenticate(self._keys, given)
        except Refusal as refusal:
            return _refused(HTTPStatus.UNAUTHORIZED, refusal)
        return None


def _too_large() -> Response:
    message = f"The request is larger than {LARGEST_BODY:,} bytes: send less at once."
    refusal = Refusal(RefusalCode.BAD_REQUEST, message)
    return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, refusal)


def _malformed(what: str, status: int = HTTPStatus.BAD_REQUEST) -> Response:
    return _refused(status, Refusal(RefusalCode.BAD_REQUEST, f"{what}: {_HOW}"))


def _refused(status: int, refusal: Refusal) -> Response:
    answer = refused(status, refusal)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.raw_headers.append(CHALLENGE)
    return answer
