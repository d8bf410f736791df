"""Named, versioned ways to hash a contact: there is no single "hashed e-mail".

A recipe is exactly what one party does before hashing, pinned to published examples in the tests.
A changed rule is a new version under a new name; an old name never changes its meaning.
Hashing is pseudonymisation: a hash needs the same permission as the value behind it.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final


class Unhashable(ValueError):
    """The recipe does not say, beyond doubt, how to spell this value; no value is in the text."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to an e-mail or an E.164 number before SHA-256; the digest is lower-case hex.

    None where the recipe does not speak about that kind of contact.
    """

    name: str
    email: Callable[[str], str] | None = None
    phone: Callable[[str], str] | None = None

    def hash_email(self, address: str) -> str:
        """64 hex digits; raises Unhashable."""
        if self.email is None:
            raise Unhashable(f"{self.name} does not hash e-mail addresses")
        trimmed = address.strip()
        if not _is_address(trimmed):
            raise Unhashable(f"{self.name} hashes whole e-mail addresses, this is not one")
        return _sha256(self.email(trimmed))

    def hash_phone(self, e164: str) -> str:
        """64 hex digits of a number in E.164; raises Unhashable."""
        if self.phone is None:
            raise Unhashable(f"{self.name} does not hash phone numbers")
        if not (e164.startswith("+") and e164[1:].isascii() and e164[1:].isdigit()):
            raise Unhashable(f"{self.name} hashes numbers in E.164, this is not one")
        return _sha256(self.phone(e164))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and not any(map(str.isspace, text))


def _lower_ascii(address: str) -> str:
    """Outside ASCII the name alone leaves open which letters fold and how a domain is spelled."""
    if not address.isascii():
        raise Unhashable("lower_trim.v1 leaves open how letters outside ASCII are written")
    return address.lower()


def _lower(address: str) -> str:
    """Composed and decomposed accents look alike and hash apart, so only one of them is hashed."""
    if not unicodedata.is_normalized("NFC", address):
        raise Unhashable("an address with decomposed accents has two spellings")
    return address.lower()


def _plain(e164: str) -> str:
    return e164


def _without_plus(e164: str) -> str:
    return e164.removeprefix("+")


RECIPES: Final[Mapping[str, Recipe]] = {
    recipe.name: recipe
    for recipe in (
        # what most partner files mean by "SHA-256 of the e-mail"; refused outside ASCII
        Recipe("lower_trim.v1", email=_lower_ascii),
        # docs.gravatar.com: trim, lower-case, SHA-256
        Recipe("gravatar.v1", email=_lower),
        # Meta, customer information parameters: trim, lower-case; digits of the phone, no plus
        Recipe("meta.v1", email=_lower, phone=_without_plus),
        # SHA-256 of the number in E.164, plus included
        Recipe("e164.v1", phone=_plain),
    )
}
