"""From the filter a caller sends to the filter the domain knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api import where_leaves as leaves
from api.customer_filters import DEEPEST, MOST_LEAVES, CustomerWhere, TagFilter
from api.where_leaves import Leaf, Path
from domain import contact
from domain.errors import invalid
from domain.query import All, AnyOf, Field, HasTag, Not, StartsWith, Where
from domain.text import folded

_NOBODY: Final = AnyOf(())


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads filters as of ``now``; ``tag_ids`` knows the ids of the tags that exist."""

    now: datetime
    tag_ids: Mapping[str, str]

    def read(self, where: CustomerWhere, path: Path = ("where",)) -> Where:
        """Raises Invalid with the path of what is wrong, also for a filter too deep or too wide."""
        _require_small(where, path)
        return self._read(where, path)

    def _read(self, where: CustomerWhere, path: Path) -> Where:
        return All(tuple(self._parts(where, path)))

    def _parts(self, where: CustomerWhere, path: Path) -> Iterator[Where]:
        if where.and_ is not None:
            yield All(tuple(self._each(where.and_, (*path, "and"))))
        if where.or_ is not None:
            yield AnyOf(tuple(self._each(where.or_, (*path, "or"))))
        if where.not_ is not None:
            yield Not(self._read(where.not_, (*path, "not")))
        for name, read in _LEAVES.items():
            value = getattr(where, name)
            if value is not None:
                yield read(self.now, value, (*path, _camel(name)))
        if where.tags is not None:
            yield self._tags(where.tags, (*path, "tags"))

    def _each(self, parts: Sequence[CustomerWhere], path: Path) -> Iterator[Where]:
        for position, part in enumerate(parts):
            yield self._read(part, (*path, str(position)))

    def _tags(self, given: TagFilter, path: Path) -> Where:
        parts: list[Where] = []
        if given.any_of is not None:
            parts.append(self._tagged(given.any_of, (*path, "anyOf")))
        for position, key in enumerate(given.all_of or ()):
            parts.append(self._tagged([key], (*path, "allOf", str(position))))
        if given.none_of:
            parts.append(Not(self._tagged(given.none_of, (*path, "noneOf"))))
        return All(tuple(parts))

    def _tagged(self, keys: Sequence[str], path: Path) -> Where:
        leaves.few(keys, path)
        ids = tuple(self.tag_ids[key] for key in keys if key in self.tag_ids)
        return HasTag(ids, self.now) if ids else _NOBODY


def _require_small(where: CustomerWhere, path: Path) -> None:
    depth, leaves = _size(where)
    if depth > DEEPEST:
        message = f"This filter is {depth} levels deep: at most {DEEPEST} are allowed."
        raise invalid(path, "FILTER_TOO_DEEP", message)
    if leaves > MOST_LEAVES:
        message = f"This filter has {leaves} conditions: at most {MOST_LEAVES} are allowed."
        raise invalid(path, "FILTER_TOO_WIDE", message)


def _size(where: CustomerWhere) -> tuple[int, int]:
    inner = [*(where.and_ or ()), *(where.or_ or ()), *([where.not_] if where.not_ else ())]
    sizes = [_size(part) for part in inner]
    own = sum(getattr(where, name) is not None for name in (*_LEAVES, "tags"))
    depth = 1 + max((depth for depth, _ in sizes), default=0)
    return depth, own + sum(leaves for _, leaves in sizes)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


_LEAVES: Final[Mapping[str, Leaf]] = {
    "id": leaves.among(Field.ID),
    "status": leaves.among(Field.STATUS),
    "email": leaves.text(Field.EMAIL, lambda value, path: contact.email(value, *path).norm),
    "phone": leaves.text(Field.PHONE, lambda value, path: contact.phone(value, None, *path).norm),
    "external_id": leaves.external,
    "family_name": leaves.text(Field.FAMILY_NAME, lambda value, _: folded(value)),
    "country": leaves.among(Field.COUNTRY),
    "tier": leaves.among(Field.TIER),
    "points": leaves.points,
    "consent": leaves.consent,
    "attribute": leaves.attribute(enriched=False),
    "enriched": leaves.attribute(enriched=True),
    "birthday": leaves.birthday,
    "created_at": leaves.instants(Field.CREATED_AT),
    "updated_at": leaves.instants(Field.UPDATED_AT),
}


def tag_keys(where: CustomerWhere) -> frozenset[str]:
    """Every tag key the filter names, to be looked up before it is read."""
    own = where.tags
    mine = [*(own.any_of or ()), *(own.all_of or ()), *(own.none_of or ())] if own else []
    inner = [*(where.and_ or ()), *(where.or_ or ()), *([where.not_] if where.not_ else ())]
    return frozenset(mine).union(*(tag_keys(part) for part in inner))


def searching(text: str) -> Where:
    """Every word must begin some word of the name, a contact or an external id."""
    words = folded(text).split()
    if not words:
        raise invalid(("search",), "SEARCH_EMPTY", "Search for at least one character.")
    if len(words) > 8:  # noqa: PLR2004 - a search box, not a document
        raise invalid(("search",), "SEARCH_TOO_LONG", "Search for at most 8 words.")
    return All(tuple(StartsWith(Field.SEARCH, word) for word in words))
