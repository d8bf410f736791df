"""Who calls: the API key in the Authorization header, checked before anything else."""

from typing import Final

import structlog

from api.refusals import Refusal, RefusalCode
from domain.access import Caller
from domain.key_ring import KeyRing, Refused

CHALLENGE: Final = (b"www-authenticate", b'Bearer realm="rapport"')
"""The header that goes with status 401 (RFC 9110, 11.6.1)."""

_HOW: Final = "Send your API key in the header `Authorization: Bearer rap_...`."


async def authenticate(ring: KeyRing, authorization: str | None) -> Caller:
    """The caller behind the value of the Authorization header; None where there is none.

    Raises a Refusal with the code UNAUTHENTICATED: answer with status 401 and ``CHALLENGE``.
    The id of the key, never the key, goes to the log lines of the request.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if not scheme or (scheme.lower() == "bearer" and not token.strip()):
        raise Refusal(RefusalCode.UNAUTHENTICATED, f"There is no API key. {_HOW}")
    if scheme.lower() != "bearer":
        raise Refusal(RefusalCode.UNAUTHENTICATED, f"This is no bearer token. {_HOW}")
    try:
        caller = await ring.caller(token.strip())
    except Refused as refused:
        raise Refusal(RefusalCode.UNAUTHENTICATED, str(refused)) from None
    structlog.contextvars.bind_contextvars(key_id=caller.key_id)
    return caller
