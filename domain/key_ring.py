"""The ring of API keys: makes them, shows each once, checks them, revokes them."""

import base64
import hmac
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from domain import access, ids
from domain.access import Caller
from domain.errors import InvalidState, NotFound, invalid
from domain.ids import KeyId
from domain.keys import ApiKey, Issued, Keys, KeyState
from domain.ports import Clock, Ids
from domain.secret import Secret

STALENESS: Final = timedelta(seconds=5)
"""How long a process may go on believing in a key that was revoked elsewhere."""

_SECRET_BYTES: Final = 32
_LABEL_LENGTH: Final = 80
_USE_NOTED_EVERY: Final = timedelta(hours=1)
_TOKEN: Final = re.compile(r"rap_(?P<suffix>[0-7][0-9a-hjkmnp-tv-z]{25})_[A-Za-z0-9_-]{43}")


class Refused(Exception):
    """The token opens nothing; the message says why, as far as its sender may know."""


class KeyRing:
    """Makes, lists, revokes and checks keys.

    A checked key is believed for at most ``STALENESS`` before it is read again, so that a
    revocation bites within that time in every process. The token itself is never kept.
    """

    def __init__(
        self,
        keys: Keys,
        *,
        secret: Secret,
        clock: Clock,
        ids: Ids,
        randomness: Callable[[int], bytes],
        remembered: int = 1024,
    ) -> None:
        """``randomness`` gives that many unpredictable bytes."""
        self._keys = keys
        self._secret = secret
        self._clock = clock
        self._ids = ids
        self._randomness = randomness
        self._remembered = remembered
        self._read: OrderedDict[KeyId, tuple[datetime, ApiKey]] = OrderedDict()
        # an unknown id is compared with this, so that it costs as much as a wrong token
        self._nobody = secret.digest("api-key", "nobody")

    async def create(
        self, label: str, scopes: frozenset[str], expires_at: datetime | None = None
    ) -> Issued:
        """A new key. Raises Invalid for an unknown scope, no scope, a bad label, a past expiry."""
        now = self._clock()
        if expires_at is not None and expires_at <= now:
            raise invalid(("expiresAt",), "EXPIRY_PAST", "The key would have expired already.")
        key_id = KeyId(self._ids(ids.KEY))
        text = base64.urlsafe_b64encode(self._randomness(_SECRET_BYTES)).decode().rstrip("=")
        token = f"rap_{ids.suffix_of(key_id)}_{text}"
        key = ApiKey(
            id=key_id,
            digest=self._digest(token),
            label=_label(label),
            scopes=access.granted(names=scopes),
            created_at=now,
            expires_at=expires_at,
        )
        await self._keys.add(key)
        return Issued(key, token)

    async def every(self) -> Sequence[ApiKey]:
        """All keys, the newest first."""
        return await self._keys.every()

    async def revoke(self, key_id: KeyId) -> ApiKey:
        """The key, revoked from now on. Raises NotFound, and InvalidState if it was already."""
        key = await self._keys.get(key_id)
        if key is None:
            raise NotFound("API key", ("id",))
        if key.revoked_at is not None:
            raise InvalidState(
                "This key was revoked before.", state=KeyState.REVOKED, allowed=(KeyState.ACTIVE,)
            )
        await self._keys.revoke(key_id, self._clock())
        self._read.pop(key_id, None)
        return key

    async def caller(self, token: str) -> Caller:
        """Who holds this token; raises Refused. Compares digests in constant time."""
        now = self._clock()
        shape = _TOKEN.fullmatch(token)
        key = await self._key(KeyId(f"{ids.KEY}_{shape['suffix']}"), now) if shape else None
        stored = key.digest if key else self._nobody
        if not hmac.compare_digest(self._digest(token), stored) or key is None:
            raise Refused("This API key is unknown: check that the whole token was sent.")
        if (state := key.state(now)) is not KeyState.ACTIVE:
            raise Refused(f"This API key is {state.value}: ask an operator for a new one.")
        await self._note_use(key, now)
        return Caller(key.id, key.label, key.scopes)

    def _digest(self, token: str) -> str:
        return self._secret.digest("api-key", token)

    async def _key(self, key_id: KeyId, now: datetime) -> ApiKey | None:
        read_at, key = self._read.get(key_id, (None, None))
        # a clock that was put back must not lengthen the belief in a key
        if key is not None and read_at is not None and read_at <= now < read_at + STALENESS:
            self._read.move_to_end(key_id)
            return key
        key = await self._keys.get(key_id)
        self._remember(key_id, now, key)
        return key

    def _remember(self, key_id: KeyId, now: datetime, key: ApiKey | None) -> None:
        self._read.pop(key_id, None)
        if key is not None:
            self._read[key_id] = (now, key)
            if len(self._read) > self._remembered:
                self._read.popitem(last=False)

    async def _note_use(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_at is None or key.last_used_at + _USE_NOTED_EVERY <= now:
            await self._keys.used(key.id, now)
            self._read.pop(key.id, None)


def _label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > _LABEL_LENGTH or not label.isprintable():
        message = f"Give the key a name of 1 to {_LABEL_LENGTH} characters, such as 'web shop'."
        raise invalid(("label",), "LABEL_INVALID", message)
    return label
