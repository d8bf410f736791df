"""The instance's secret: what turns a value into a digest nobody can guess from outside."""

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """At least 32 bytes, kept out of the database, of logs and of every ``repr``.

    Whoever loses it loses every API key and every look-up by a hashed identity: it belongs into
    the backup, apart from the data.
    """

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) < hashlib.sha256().digest_size:
            raise ValueError("The instance secret has fewer than 32 bytes: make a longer one.")

    def digest(self, purpose: str, text: str) -> str:
        """HMAC-SHA-256 in hex. Digests of one text for two purposes have nothing in common."""
        return hmac.digest(self.value, f"{purpose}\0{text}".encode(), "sha256").hex()
