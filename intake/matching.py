"""Whom a row is about: the strongest identity decides, a weaker one never against a stronger."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from customers import conflicts
from customers.drafts import AttributeDraft, CustomerDraft
from domain import contact
from domain.claims import unique_values
from domain.customer import Claim, Customer, external_key
from domain.errors import IdentityConflict, IdentityKind, Invalid, invalid
from domain.ids import CustomerId

Identity = tuple[IdentityKind, str]
Holders = Mapping[Claim, CustomerId]

STRENGTH: Final = (IdentityKind.EXTERNAL_ID, IdentityKind.EMAIL, IdentityKind.PHONE)


def identities(draft: CustomerDraft) -> tuple[Identity, ...]:
    """What the row may be recognised by, strongest first; malformed contacts are left out."""
    return tuple(dict.fromkeys(_identities(draft)))


def strongest(draft: CustomerDraft) -> Identity | None:
    """What decides whom the row is about, as far as it says; None where it is nobody."""
    return next(_identities(draft), None)


def require_findable(draft: CustomerDraft) -> None:
    """Raises Invalid where a row names nothing: it would become another customer every time."""
    if not (draft.external_ids or draft.emails or draft.phones):
        message = "The row has no external id, e-mail or phone: without one it is nobody."
        raise invalid((), "NO_IDENTITY", message)


def matched(
    draft: CustomerDraft,
    known_by: Sequence[Identity],
    holders: Holders,
    customers: Mapping[CustomerId, Customer],
) -> Customer | None:
    """Who holds the strongest identity of the row that anybody holds.

    Raises IdentityConflict where that is only a weaker one and the stronger ones say that it is
    somebody else: another id in the same system, or a shared phone and no common e-mail.
    """
    for kind, norm in known_by:
        customer = customers.get(holders.get((kind, norm), CustomerId("")))
        if customer is not None:
            _require_same_person(draft, customer, kind)
            return customer
    return None


def require_unclaimed(after: Customer, drafts: Sequence[AttributeDraft], holders: Holders) -> None:
    """Raises IdentityConflict where another customer holds one of these identities.

    Raises Invalid where they hold a unique value that the row, with these attributes, sets.
    """
    others = [one for one in after.identities() if holders.get(one, after.id) != after.id]
    if others:
        # two runs over one file tell of the same conflict
        first = min(others, key=lambda one: (STRENGTH.index(one[0]), one[1]))
        raise IdentityConflict(first[0], holders[first])
    unique = unique_values(after).items()
    theirs = [key for key, claim in unique if holders.get(claim, after.id) != after.id]
    if problem := conflicts.not_unique(drafts, theirs):
        raise problem


def behind(problem: IdentityConflict, draft: CustomerDraft, holders: Holders) -> tuple[str, ...]:
    """The path of a conflict: its kind and, where the row has several of it, which one it is."""
    listed = {
        IdentityKind.EXTERNAL_ID: draft.external_ids,
        IdentityKind.EMAIL: draft.emails,
        IdentityKind.PHONE: draft.phones,
    }
    theirs = (
        str(place)
        for identity, place in _placed(draft)
        if identity[0] is problem.kind and holders.get(identity) == problem.holder
    )
    place = next(theirs, None) if len(listed[problem.kind]) > 1 else None
    return (problem.kind.value,) if place is None else (problem.kind.value, place)


def _require_same_person(draft: CustomerDraft, found: Customer, by: IdentityKind) -> None:
    theirs = {x.source: x.value for x in found.external_ids}
    if by is not IdentityKind.EXTERNAL_ID:
        for external in draft.external_ids:
            if theirs.get(external.source, external.value) != external.value:
                raise IdentityConflict(by, found.id)
    if by is IdentityKind.PHONE and draft.emails and found.emails:
        raise IdentityConflict(by, found.id)


def _identities(draft: CustomerDraft) -> Iterator[Identity]:
    return (identity for identity, _ in _placed(draft))


def _placed(draft: CustomerDraft) -> Iterator[tuple[Identity, int]]:
    """Each with its place among those of its kind, malformed ones counted."""
    for place, external in enumerate(draft.external_ids):
        yield (IdentityKind.EXTERNAL_ID, external_key(external)), place
    for place, address in enumerate(draft.emails):
        with suppress(Invalid):
            yield (IdentityKind.EMAIL, contact.email(address).norm), place
    region = draft.default_phone_region or next((a.country for a in draft.addresses), "")
    for place, number in enumerate(draft.phones):
        with suppress(Invalid):
            norm = contact.phone(number, region.strip().upper() or None).norm
            yield (IdentityKind.PHONE, norm), place
