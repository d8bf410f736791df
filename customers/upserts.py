"""A description of a customer who may be there already: what it names, adds and leaves alone."""

from dataclasses import replace
from typing import Final

from customers.drafts import AddressDraft, CustomerDraft, CustomerRef
from customers.patches import KEEP, CustomerPatch
from domain.customer import Address, Customer
from domain.errors import Invalid, Issue

_INSTEAD: Final = {"addExternalIds": "externalIds", "putAddresses": "addresses"}
_PATCHED: Final = {"emails", "phones"}


def naming(ref: CustomerRef, draft: CustomerDraft) -> CustomerDraft:
    """The draft with the contact that the reference names, so that it will be found next time."""
    if ref.email is not None:
        return replace(draft, emails=(ref.email, *draft.emails))
    if ref.phone is not None:
        return replace(draft, phones=(ref.phone, *draft.phones))
    external = (ref.external_id,) if ref.external_id else ()
    return replace(draft, external_ids=(*external, *draft.external_ids))


def as_patch(draft: CustomerDraft, found: Customer) -> CustomerPatch:
    """What the draft adds to a customer who is there: what it leaves out is kept."""
    return CustomerPatch(
        name=draft.name if draft.name is not None and draft.name.formatted.strip() else KEEP,
        add_emails=draft.emails,
        add_phones=draft.phones,
        default_phone_region=draft.default_phone_region,
        add_external_ids=draft.external_ids,
        locale=draft.locale if draft.locale is not None else KEEP,
        time_zone=draft.time_zone if draft.time_zone is not None else KEEP,
        birthday=draft.birthday if draft.birthday is not None else KEEP,
        put_addresses=tuple(draft.addresses[place] for place in _new(draft, found)),
        attributes=draft.attributes,
    )


def as_described(problem: Invalid, draft: CustomerDraft, found: Customer) -> Invalid:
    """The problems of the patch, each at the field of the draft that it comes from."""
    places = [str(place) for place in _new(draft, found)]
    return Invalid(*(_described(issue, places) for issue in problem.issues))


def _described(issue: Issue, places: list[str]) -> Issue:
    field, *rest = issue.path[1:] or ("",)
    if issue.path[:1] != ("input",):
        return issue
    if field in _PATCHED and rest[:1] == ["add"]:
        rest = rest[1:]
    if field == "putAddresses" and rest:
        rest = [places[int(rest[0])], *rest[1:]]
    return Issue(("input", _INSTEAD.get(field, field), *rest), issue.code, issue.message)


def _new(draft: CustomerDraft, found: Customer) -> list[int]:
    """Places of the addresses that the customer does not have yet."""
    known = {_place_of(address) for address in found.addresses}
    return [n for n, address in enumerate(draft.addresses) if _place_of(address) not in known]


def _place_of(address: Address | AddressDraft) -> tuple[str, ...]:
    """What makes two addresses the same: lines, postal code and country."""
    lines = (line.strip() for line in address.lines)
    code = (address.postal_code or "").strip()
    return (*(line for line in lines if line), code, address.country.strip().upper())
