"""Where the instance's secret comes from."""

import binascii
import os
from collections.abc import Callable

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
    if not path.exists():
        settings.data.mkdir(parents=True, exist_ok=True)
        _write(path, randomness(32).hex())
    return _parsed(path.read_text().strip(), str(path))


def _write(path: os.PathLike[str], text: str) -> None:
    # never readable by others, not even for the moment between creation and chmod
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was faster; its secret is the one
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def _parsed(text: str, where: str) -> Secret:
    try:
        return Secret(binascii.unhexlify(text))
    except (binascii.Error, ValueError):
        raise SecretMissing(
            f"{where} does not hold 64 or more hexadecimal digits: make one with "
            "`openssl rand -hex 32`."
        ) from None
