"""API keys as they are kept: a keyed hash and what it opens, never the token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol

from domain.ids import KeyId
from domain.personal import NotPersonal


class KeyState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: everything but the token, of which there is only a digest."""

    id: Annotated[KeyId, NotPersonal]
    digest: Annotated[str, NotPersonal]
    label: Annotated[str, NotPersonal]
    scopes: Annotated[frozenset[str], NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    expires_at: Annotated[datetime | None, NotPersonal] = None
    revoked_at: Annotated[datetime | None, NotPersonal] = None
    last_used_at: Annotated[datetime | None, NotPersonal] = None

    def state(self, now: datetime) -> KeyState:
        """Whether the key opens anything; a revoked one stays revoked after it expired."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        return KeyState.ACTIVE


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key with its token, which nobody can show again."""

    key: ApiKey
    token: str


class Keys(Protocol):
    """Where keys are kept; every write is durable when it returns."""

    async def add(self, key: ApiKey) -> None: ...

    async def get(self, key_id: KeyId) -> ApiKey | None: ...

    async def every(self) -> Sequence[ApiKey]:
        """All of them, revoked ones too, the newest first."""
        ...

    async def revoke(self, key_id: KeyId, at: datetime) -> None: ...

    async def used(self, key_id: KeyId, at: datetime) -> None: ...
