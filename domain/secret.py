"""The instance's secret: what turns a value into a digest nobody can guess from outside."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

_BLOCK: Final = hashlib.sha256().block_size
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


@dataclass(frozen=True, slots=True)
class Secret:
    """At least 32 bytes, kept out of the database, of logs and of every ``repr``.

    Whoever loses it loses every API key and every look-up by a hashed identity: it belongs into
    the backup, apart from the data.
    """

    value: bytes = field(repr=False)
    _keyed: "Keyed" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.value) < hashlib.sha256().digest_size:
            raise ValueError("The instance secret has fewer than 32 bytes: make a longer one.")
        object.__setattr__(self, "_keyed", Keyed(self.value))

    def digest(self, purpose: str, text: str) -> str:
        """HMAC-SHA-256 in hex. Digests of one text for two purposes have nothing in common."""
        return self._keyed.digest(f"{purpose}\0{text}".encode())


class Keyed:
    """HMAC-SHA-256 (RFC 2104) by one key, of which both halves are hashed once.

    hmac.digest lets other threads run each time it is called, and then waits for them: beside a
    driver with threads that is ten times what the digest costs.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        short = hashlib.sha256(key).digest() if len(key) > _BLOCK else key
        block = short.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(block.translate(_INNER))
        self._outer = hashlib.sha256(block.translate(_OUTER))

    def digest(self, message: bytes) -> str:
        """In hex."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()
