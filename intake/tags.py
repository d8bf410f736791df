"""Tags as people wrote them elsewhere become tag keys."""

from collections.abc import Iterable, Mapping

from customers.tags import key_of
from domain.errors import Issue


def keyed(labels: Iterable[str], remarks: list[Issue]) -> Mapping[str, str]:
    """Key and label of each tag, the first spelling kept; what gives no key is remarked."""
    found: dict[str, str] = {}
    for label in labels:
        key = key_of(label)
        if key:
            found.setdefault(key, label.strip())
        elif label.strip():
            message = "A tag without any letter or digit was left out."
            remarks.append(Issue(("tags",), "TAG_INVALID", message))
    return found
