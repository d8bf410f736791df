"""The column of the file behind a problem: what whoever has the file looks for."""

from collections.abc import Callable, Sequence
from typing import Final

from customers.drafts import CustomerDraft
from domain.errors import IdentityKind

Named = Callable[[Sequence[str]], str]
"""The column, or the columns, that a field of a draft comes from; "" where it is none."""

_TARGETS: Final = {
    IdentityKind.EMAIL: "emails",
    IdentityKind.PHONE: "phones",
    "defaultPhoneRegion": "phone_region",
    "timeZone": "time_zone",
}
"""Fields that mappings call otherwise."""
_BELOW: Final = {"postalCode": "postal_code"}


def nameless(_: Sequence[str]) -> str:
    """For rows that are of no file."""
    return ""


def itself(path: Sequence[str]) -> str:
    """For what was found while the row was read: there the column is the path."""
    return ".".join(path)


def column_behind(
    draft: CustomerDraft, columns_of: Callable[[str], Sequence[str]], path: Sequence[str]
) -> str:
    """The column behind a path into the draft.

    ``columns_of`` a target of a mapping (see intake.origins) are those of its values, in their
    order, or all that it may come from.
    """
    target, place = _target(draft, [part for part in path if part != "input"])
    found = columns_of(target)
    if place is not None and place < len(found):
        return found[place]
    return ", ".join(dict.fromkeys(found))


def _target(draft: CustomerDraft, path: Sequence[str]) -> tuple[str, int | None]:
    """What a mapping calls it, and which of its values is meant where one is."""
    field, *rest = path or ("",)
    numbers = [int(part) for part in rest if part.isdigit()]
    below = [_BELOW.get(part, part) for part in rest if not part.isdigit()]
    place = next(iter(numbers), None)
    if field in {"externalIds", IdentityKind.EXTERNAL_ID}:
        return _of("external_id", [each.source for each in draft.external_ids], place)
    if field == "attributes":
        return _of("attribute", [each.key for each in draft.attributes], place)
    if field == "addresses":
        # an imported row has one address: the second number is that of a line in it
        return ".".join(("address", *below)), next(iter(numbers[1:]), None)
    return ".".join((_TARGETS.get(field, field), *below)), place


def _of(group: str, names: Sequence[str], place: int | None) -> tuple[str, None]:
    if place is None or place >= len(names):
        return group, None
    return f"{group}.{names[place]}", None
