"""Tags as people wrote them elsewhere become tag keys."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from customers.tags import key_of
from domain.errors import Issue

_LONGEST_KNOWN: Final = 100
_known_key: Final = lru_cache(maxsize=1024)(key_of)
"""A file says the same few of many people. Asked of short words alone: that bounds its memory."""


def keyed(labels: Iterable[str], remarks: list[Issue]) -> Mapping[str, str]:
    """Key and label of each tag, the first spelling kept; what gives no key is remarked."""
    found: dict[str, str] = {}
    for label in labels:
        key = _known_key(label) if len(label) <= _LONGEST_KNOWN else key_of(label)
        if key:
            found.setdefault(key, label.strip())
        elif label.strip():
            message = "A tag without any letter or digit was left out."
            remarks.append(Issue(("tags",), "TAG_INVALID", message))
    return found
