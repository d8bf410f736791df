"""Where the instance's secret comes from."""

import binascii
import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from api.settings import Settings
from domain.secret import Secret


class SecretMissing(Exception):
    """There is no usable secret; the message says how to make one."""


def instance_secret(settings: Settings, randomness: Callable[[int], bytes]) -> Secret:
    """The secret of the settings, else of the data directory, where it is made if need be.

    A database of one's own needs a secret of one's own: losing the data directory must not mean
    losing every API key. Raises SecretMissing.
    """
    if settings.secret is not None:
        return _parsed(settings.secret.get_secret_value(), "RAPPORT_SECRET")
    if settings.mongodb_url is not None:
        raise SecretMissing(
            "RAPPORT_MONGODB_URL is set but RAPPORT_SECRET is not: make one with "
            "`openssl rand -hex 32`, keep it in your secret store and set it on every process."
        )
    path = settings.data / "secret"
    try:
        if not path.exists():
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, randomness(32).hex())
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise SecretMissing(
            f"The secret in {path} can be neither read nor made: {problem.strerror}. Run Rapport "
            "as the user who owns that directory, or name another one with --data."
        ) from problem
    return _parsed(text.strip(), str(path))


def _write(path: Path, text: str) -> None:
    # whole and on the disk before it has its name: nobody reads half of it, nor can others read it
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix="secret.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):  # another was faster; its secret is the one
            os.link(draft, path)
    finally:
        Path(draft).unlink()


def _parsed(text: str, where: str) -> Secret:
    try:
        return Secret(binascii.unhexlify(text))
    except (binascii.Error, ValueError):
        raise SecretMissing(
            f"{where} does not hold 64 or more hexadecimal digits: make one with "
            "`openssl rand -hex 32`."
        ) from None
