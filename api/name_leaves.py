"""Conditions that name things: a name that stands for nothing is refused, never passed over.

In silence a mistyped tag in `noneOf` would fit everybody.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from api.customer_filters import TagFilter
from api.where_leaves import NOBODY, Known, Path, few
from domain.errors import Invalid, Issue
from domain.ids import CUSTOMER, prefix_of
from domain.issues import Issues
from domain.query import All, Field, HasTag, In, Not, Where

_NO_ID: Final = "A customer's id starts with cus_ and has 26 letters and digits behind it."
# one sentence for both: who may not see a sensitive tag must not learn that there is one
_NO_TAG: Final = "There is no such tag, or it is not visible to you: `tags` lists those that are."


def ids(known: Known, given: Sequence[str], path: Path) -> Where:
    """Customers by id: one of nobody fits nobody, one that is no customer's is a mistake."""
    few(given, path)
    formed = {each for each in given if prefix_of(each) == CUSTOMER}
    _require(given, formed, path, "ID_INVALID", _NO_ID)
    return In(Field.ID, tuple(given))


def tiers(known: Known, given: Sequence[str], path: Path) -> Where:
    few(given, path)
    message = f"There is no such tier: the tiers are {', '.join(known.tiers)}."
    _require(given, known.tiers, path, "TIER_UNKNOWN", message)
    return In(Field.TIER, tuple(given))


def tags(known: Known, given: TagFilter, path: Path) -> Where:
    _require_tags(known, tag_lists(given), path)
    parts = [_tagged(known, [key]) for key in given.all_of or ()]
    if given.any_of is not None:
        parts.append(_tagged(known, given.any_of))
    if given.none_of:
        parts.append(Not(_tagged(known, given.none_of)))
    return All(tuple(parts))


def tag_lists(given: TagFilter) -> Mapping[str, Sequence[str]]:
    """The keys in the filter, by the name of the list they stand in."""
    lists = {"anyOf": given.any_of, "allOf": given.all_of, "noneOf": given.none_of}
    return {name: keys for name, keys in lists.items() if keys is not None}


def _require_tags(known: Known, lists: Mapping[str, Sequence[str]], path: Path) -> None:
    issues = Issues()
    for name, keys in lists.items():
        with issues.collect():
            _require(keys, known.tag_ids, (*path, name), "TAG_UNKNOWN", _NO_TAG)
    issues.raise_any()


def _tagged(known: Known, keys: Sequence[str]) -> Where:
    tag_ids = tuple(known.tag_ids[key] for key in keys)
    return HasTag(tag_ids, known.now) if tag_ids else NOBODY


def _require(
    names: Sequence[str], known: Collection[str], path: Path, code: str, message: str
) -> None:
    """Raises Invalid with an issue for each name that is not known."""
    unknown = [place for place, name in enumerate(names) if name not in known]
    if unknown:
        raise Invalid(*(Issue((*path, str(place)), code, message) for place in unknown))
