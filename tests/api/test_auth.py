"""No key, no answer; the key's id is known to the log, the key is not."""

from datetime import UTC, datetime

import pytest
import structlog

from api.auth import authenticate
from api.refusals import Refusal
from domain import ids
from domain.key_ring import KeyRing
from domain.secret import Secret
from tests.access.test_key_ring import Shelf


@pytest.fixture
def ring():
    return KeyRing(
        Shelf(),
        secret=Secret(b"s" * 32),
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        ids=lambda prefix: ids.typed(prefix, 7),
        randomness=lambda length: b"r" * length,
    )


@pytest.fixture(autouse=True)
def clean():
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_key_in_the_header_is_a_caller(ring, scheme):
    issued = await ring.create("desk", frozenset({"customers:read"}))
    caller = await authenticate(ring, f"{scheme} {issued.token} ")
    assert caller.label == "desk"
    assert structlog.contextvars.get_contextvars() == {"key_id": issued.key.id}


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (None, "There is no API key. Send your API key in the header `Authorization: Bearer"),
        ("Basic amFuZTpzZWNyZXQ=", "This is no bearer token. Send your API key"),
        ("Bearer rap_nonsense", "unknown: check that the whole token was sent"),
        ("Bearer", "There is no API key"),
        ("Bearer ", "There is no API key"),
        ("", "There is no API key"),
    ],
)
async def test_anything_else_is_refused_with_what_to_do(ring, header, sentence):
    with pytest.raises(Refusal, match=sentence) as refusal:
        await authenticate(ring, header)
    assert refusal.value.extensions == {"code": "UNAUTHENTICATED"}
    assert "nonsense" not in refusal.value.message
    assert structlog.contextvars.get_contextvars() == {}
