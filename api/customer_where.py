"""From the filter a caller sends to the filter the domain knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api import attribute_leaf, birthday_leaf, name_leaves
from api import where_leaves as leaves
from api.context import Context
from api.customer_filters import DEEPEST, MOST_LEAVES, MOST_PARTS, CustomerWhere
from api.tag_type import sees_sensitive
from api.where_leaves import Known, Leaf, Path
from domain import telling
from domain.errors import invalid
from domain.personal import PiiClass
from domain.query import All, AnyOf, Field, Not, StartsWith, Where
from domain.text import search_words

_MOST_WORDS: Final = 8

Part = tuple[CustomerWhere, Path]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which customers were asked for, and what is told of those who are found."""

    where: Where
    tells: frozenset[PiiClass]


LEAVES: Final[Mapping[str, Leaf]] = {
    "id": name_leaves.ids,
    "status": leaves.among(Field.STATUS),
    "email": leaves.EMAIL,
    "phone": leaves.PHONE,
    "external_id": leaves.external,
    "family_name": leaves.personal(leaves.FAMILY_NAME),
    "country": leaves.among(Field.COUNTRY),
    "tags": name_leaves.tags,
    "tier": name_leaves.tiers,
    "points": leaves.points,
    "consent": leaves.consent,
    "attribute": attribute_leaf.custom,
    "enriched": leaves.personal(attribute_leaf.enriched),
    "birthday": leaves.personal(birthday_leaf.birthday),
    "created_at": leaves.instants(Field.CREATED_AT),
    "updated_at": leaves.instants(Field.UPDATED_AT),
}
"""What reads each filter of CustomerWhere that is no group of others."""


async def read(context: Context, where: CustomerWhere, *path: str) -> Asked:
    """The filter at ``path`` as this caller may use it; one query for each kind of name in it.

    Raises Invalid with the path of what is wrong, also for a filter too deep or too wide, and a
    Refusal where it would tell what the caller may not see.
    """
    services, parts = context.services, _require_small(where, path)
    tags = {key for part, at in parts for key in _tag_keys(part, at)}
    attributes = {part.attribute.key for part, _ in parts if part.attribute is not None}
    known = Known(
        now=services.clock(),
        may=context.caller.may,
        tag_ids=await services.tags.known(sorted(tags), sensitive=sees_sensitive(context)),
        tiers=await _tier_keys(context, parts),
        definitions=await services.attribute_definitions.by_keys(sorted(attributes))
        if attributes
        else {},
        purposes=await services.consents.tree(),
        sources=services.enrichment.sources,
    )
    found = _read(known, where, path)
    return Asked(found, telling.by_filter(found, known.category))


async def asked(context: Context, where: CustomerWhere | None, search: str | None) -> Asked:
    """Those who fit the filter at ``where`` and the words; everybody where there is neither."""
    parts: list[Asked] = []
    if where is not None:
        parts.append(await read(context, where, "where"))
    if search is not None:
        context.require("pii:read")
        parts.append(_searching(search))
    tells = frozenset[PiiClass]().union(*(part.tells for part in parts))
    return Asked(All(tuple(part.where for part in parts)), tells)


def _read(known: Known, where: CustomerWhere, path: Path) -> Where:
    return All(tuple(_parts(known, where, path)))


def _parts(known: Known, where: CustomerWhere, path: Path) -> Iterator[Where]:
    if where.and_ is not None:
        yield All(tuple(_each(known, where.and_, (*path, "and"))))
    if where.or_ is not None:
        yield AnyOf(tuple(_each(known, where.or_, (*path, "or"))))
    if where.not_ is not None:
        yield Not(_read(known, where.not_, (*path, "not")))
    for name, leaf in LEAVES.items():
        value = getattr(where, name)
        if value is not None:
            yield leaf(known, value, (*path, _camel(name)))


def _each(known: Known, parts: Sequence[CustomerWhere], path: Path) -> Iterator[Where]:
    for position, part in enumerate(parts):
        yield _read(known, part, (*path, str(position)))


def _require_small(where: CustomerWhere, path: Path) -> list[Part]:
    """Every part of the filter with its path, those that hold no condition included."""
    parts: list[Part] = []
    layer, depth = [(where, path)], 0
    while layer:
        depth += 1
        if depth > DEEPEST:
            message = f"This filter is more than {DEEPEST} levels deep, the most allowed."
            raise invalid(path, "FILTER_TOO_DEEP", message)
        parts += layer
        # empty parts hold no condition, but each is work for us and for the database
        if len(parts) > MOST_PARTS:
            message = f"This filter has more than {MOST_PARTS} parts, the most allowed."
            raise invalid(path, "FILTER_TOO_WIDE", message)
        layer = [inner for part in layer for inner in _inner(*part)]
    found = sum(getattr(part, name) is not None for part, _ in parts for name in LEAVES)
    if found > MOST_LEAVES:
        message = f"This filter has {found} conditions: at most {MOST_LEAVES} are allowed."
        raise invalid(path, "FILTER_TOO_WIDE", message)
    return parts


def _inner(where: CustomerWhere, path: Path) -> Iterator[Part]:
    for name, parts in (("and", where.and_), ("or", where.or_)):
        for position, part in enumerate(parts or ()):
            yield part, (*path, name, str(position))
    if where.not_ is not None:
        yield where.not_, (*path, "not")


def _tag_keys(where: CustomerWhere, path: Path) -> Iterator[str]:
    if where.tags is None:
        return
    for name, keys in name_leaves.tag_lists(where.tags).items():
        leaves.few(keys, (*path, "tags", name))
        yield from keys


async def _tier_keys(context: Context, parts: Sequence[Part]) -> Sequence[str]:
    if all(part.tier is None for part, _ in parts):
        return ()
    return [tier.key for tier in await context.services.loyalty.tiers.all()]


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.title() for word in tail)


def _searching(text: str) -> Asked:
    """Every word must be some word of the name, a contact or an external id, or begin one."""
    words = search_words(text)
    if not words:
        raise invalid(("search",), "SEARCH_EMPTY", "Search for at least one character.")
    if len(words) > _MOST_WORDS:
        message = f"Search for at most {_MOST_WORDS} words."
        raise invalid(("search",), "SEARCH_TOO_LONG", message)
    found = All(tuple(_said(forms) for forms in words))
    return Asked(found, telling.by_filter(found, lambda _: None))


def _said(forms: Sequence[str]) -> Where:
    starts = tuple(StartsWith(Field.SEARCH, form) for form in forms)
    return starts[0] if len(starts) == 1 else AnyOf(starts)
