"""Text as filters and searches compare it."""

import unicodedata
from typing import Final

from domain.customer import Customer

LONGEST_TOKEN: Final = 64
MOST_TOKENS: Final = 64


def folded(text: str) -> str:
    """NFKC, case-folded, single blanks: two spellings of one name compare equal."""
    normal = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", normal).split())


def search_tokens(customer: Customer) -> list[str]:
    """What a search box finds a customer by: words of the name, contacts, external ids.

    Every token is matched from its beginning. Phones are found with and without the plus sign.
    """
    words = folded(customer.name.formatted).split()
    emails = [e.email.norm for e in customer.emails]
    phones = [form for p in customer.phones for form in (p.phone.e164, p.phone.e164[1:])]
    external = [folded(x.value) for x in customer.external_ids]
    tokens = dict.fromkeys(t[:LONGEST_TOKEN] for t in (*words, *emails, *phones, *external) if t)
    return list(tokens)[:MOST_TOKENS]


def beyond(prefix: str) -> str:
    """The smallest string greater than every string that starts with ``prefix``."""
    return prefix + "\U0010ffff"
