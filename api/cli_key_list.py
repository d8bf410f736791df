"""A list of keys, for people and for programs. An id is never cut: it is what one copies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api.cli_terminal import iso, table
from domain.access import ROLES
from domain.keys import ApiKey

_HEAD: Final = ("id", "state", "label", "may", "made", "expires", "last used")


def lines(found: Sequence[ApiKey], now: datetime, width: int | None) -> list[str]:
    """A line a key, with its columns; in a terminal narrower than that, three short ones."""
    rows = [_row(key, now) for key in found]
    wide = table(_HEAD, *rows)
    if width is None or max(map(len, wide)) <= width:
        return wide
    return [line for row in rows for line in _block(*row)]


def records(found: Sequence[ApiKey], now: datetime) -> list[dict[str, object]]:
    """The same as JSON values; moments in ISO 8601, None where there is none."""
    return [
        {
            "id": key.id,
            "label": key.label,
            "state": key.state(now).value,
            "role": next((name for name, held in ROLES.items() if held == key.scopes), None),
            "scopes": sorted(key.scopes),
            "createdAt": _iso(key.created_at),
            "expiresAt": _iso(key.expires_at),
            "revokedAt": _iso(key.revoked_at),
            "lastUsedAt": _iso(key.last_used_at),
        }
        for key in found
    ]


def power(scopes: frozenset[str]) -> str:
    """The largest role among these scopes, and whatever is beyond it."""
    inside = [name for name, held in ROLES.items() if held <= scopes]
    role = max(inside, key=lambda name: len(ROLES[name]), default=None)
    beyond = sorted(scopes - ROLES[role]) if role else sorted(scopes)
    return ", ".join([*([role] if role else []), *beyond])


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    days = (_day(key.created_at), _day(key.expires_at), _day(key.last_used_at))
    return (key.id, key.state(now).value, key.label, power(key.scopes), *days)


def _block(key_id: str, state: str, label: str, may: str, *days: str) -> tuple[str, str, str]:
    made, expires, used = days
    return (
        f"{key_id}  {state}",
        f"  {label}: {may}",
        f"  made {made}, expires {expires}, last used {used}",
    )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def _day(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d}"
