"""Text as filters and searches compare it."""

import re
import unicodedata
from typing import Final

from domain.contact import Phone
from domain.customer import Customer

LONGEST_TOKEN: Final = 64
MOST_TOKENS: Final = 64
_FEWEST_DIGITS: Final = 5
_NUMBER: Final = re.compile(r"[+(]?[\d\s().\-/]+", re.ASCII)
_NO_DIGIT: Final = re.compile(r"[^\d+]", re.ASCII)
_BOUNDARY: Final = re.compile(r"[.@_+-]+")


def folded(text: str) -> str:
    """NFKC, case-folded, single blanks: two spellings of one name compare equal."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", normal).split())


def search_tokens(customer: Customer) -> list[str]:
    """What a search box finds a customer by: words of the name, contacts, external ids.

    Every token is matched from its beginning, so that an address has one for each of its parts
    that somebody may begin with, and a phone number one for each way of dialling it.
    """
    tokens = dict.fromkeys([token[:LONGEST_TOKEN] for token in _tokens(customer) if token])
    return list(tokens)[:MOST_TOKENS]


def search_words(text: str) -> list[tuple[str, ...]]:
    """What a search asks for: for each of its words the tokens, any of which it may begin.

    A phone number is one word, however it is written.
    """
    words = folded(text).split()
    digits = _NO_DIGIT.sub("", text)
    if _NUMBER.fullmatch(" ".join(words)) and len(digits) >= _FEWEST_DIGITS:
        return [tuple(dict.fromkeys((digits, *(words if len(words) == 1 else ()))))]
    return [(word[:LONGEST_TOKEN],) for word in words]


def _tokens(customer: Customer) -> list[str]:
    tokens: list[str] = []
    for word in folded(customer.name.formatted).split():
        tokens += (word, *word.split("-")[1:])
    # every whole address before any part of one: there is room for so many tokens only
    addresses = [each.email.norm for each in customer.emails]
    tokens += addresses
    for identity in customer.phones:
        tokens += _dialled(identity.phone)
    for external in customer.external_ids:
        tokens += _words(folded(external.value))
    for address in addresses:
        tokens += _parts(address)
    return tokens


def _dialled(phone: Phone) -> tuple[str, ...]:
    return phone.e164, phone.e164[1:], _NO_DIGIT.sub("", phone.national)


def _words(text: str) -> tuple[str, ...]:
    return text, *text.split()[1:]


def _parts(address: str) -> list[str]:
    """lovelace@example.com and example.com of ada.lovelace@example.com."""
    end = address.rfind(".")
    return [address[found.end() :] for found in _BOUNDARY.finditer(address, 0, max(end, 0))]


def beyond(prefix: str) -> str:
    """Greater than every string that starts with ``prefix``, smaller than all behind them."""
    return prefix + "\U0010ffff"
