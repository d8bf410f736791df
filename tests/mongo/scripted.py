"""A server that says of itself what a test wants, to see what the drivers make of it."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import bson

_QUERY, _MESSAGE = 2004, 2013
PRIMARY = {
    "ok": 1,
    "helloOk": True,
    "ismaster": True,
    "isWritablePrimary": True,
    "maxWireVersion": 25,
    "minWireVersion": 0,
    "setName": "rs0",
    "setVersion": 1,
}
BUILD = {"ok": 1, "version": "8.0.4", "versionArray": [8, 0, 4, 0]}


@asynccontextmanager
async def scripted(hello: Mapping[str, Any], **answers: Mapping[str, Any]) -> AsyncGenerator[str]:
    """The host and port of a server that greets with ``hello``, itself the only member of its set.

    Commands not in ``answers`` succeed. Without a greeting it hangs up.
    """

    def answer(command: Mapping[str, Any], port: int) -> Mapping[str, Any]:
        name = next(iter(command))
        if name.lower() in {"hello", "ismaster"}:
            return {"hosts": [f"127.0.0.1:{port}"], **hello}
        return {"buildInfo": BUILD, **answers}.get(name, {"ok": 1})

    served: dict[asyncio.StreamWriter, asyncio.Task[Any] | None] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served[writer] = asyncio.current_task()
        port = writer.get_extra_info("sockname")[1]
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while hello:
                number, kind, command = await _asked(reader)
                writer.write(_reply(number, kind, bson.encode(answer(command, port))))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await asyncio.sleep(0.05)  # whom it has accepted at last
    for writer, task in served.items():
        writer.close()
        if task:
            await asyncio.wait([task], timeout=5)


async def _asked(reader: asyncio.StreamReader) -> tuple[int, int, dict[str, Any]]:
    length, number, _, kind = struct.unpack("<iiii", await reader.readexactly(16))
    if kind not in {_QUERY, _MESSAGE}:
        raise ConnectionError("it speaks another protocol, TLS perhaps")
    body = await reader.readexactly(length - 16)
    # a query names its collection first; a message has flags and the kind of its section
    start = body.index(b"\0", 4) + 9 if kind == _QUERY else 5
    size = struct.unpack_from("<i", body, start)[0]
    return number, kind, bson.decode(body[start : start + size])


def _reply(number: int, kind: int, document: bytes) -> bytes:
    if kind == _QUERY:
        body, kind = struct.pack("<iqii", 8, 0, 0, 1) + document, 1
    else:
        body = struct.pack("<iB", 0, 0) + document
    return struct.pack("<iiii", 16 + len(body), 1, number, kind) + body
