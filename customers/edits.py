"""How a patch changes a customer: pure, field by field."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from customers import shaping
from customers.drafts import CustomerDraft, CustomerRef
from customers.patches import KEEP, CustomerPatch, Keep
from domain import contact, places
from domain.customer import (
    Address,
    Birthday,
    Customer,
    EmailIdentity,
    PersonName,
    PhoneIdentity,
    Tagging,
)
from domain.errors import invalid
from domain.ids import TagId
from domain.issues import Issues

FIELDS: Final = {
    "name": "name",
    "emails": "emails",
    "phones": "phones",
    "external_ids": "externalIds",
    "locale": "locale",
    "time_zone": "timeZone",
    "birthday": "birthday",
    "addresses": "addresses",
    "attributes": "attributes",
    "tags": "tags",
    "status": "status",
}
"""The fields a write may change, with the names that callers know them by."""


def changed_fields(before: Customer, after: Customer) -> tuple[str, ...]:
    """Names of the fields that differ, as the API spells them."""
    return tuple(
        name for field, name in FIELDS.items() if getattr(before, field) != getattr(after, field)
    )


def described(customer: Customer) -> tuple[str, ...]:
    """Names of the fields that say anything."""
    silent = (None, (), PersonName())
    said = (name for field, name in FIELDS.items() if getattr(customer, field) not in silent)
    return tuple(name for name in said if name != "status")


def applied(
    before: Customer, patch: CustomerPatch, today: date, new_id: Callable[[], str], issues: Issues
) -> Customer:
    """The customer after the patch, attributes aside; problems go to ``issues``."""
    after = with_profile(
        before,
        name=patch.name if patch.name is not None else PersonName(),
        locale=patch.locale,
        time_zone=patch.time_zone,
        birthday=patch.birthday,
        today=today,
        issues=issues,
    )
    after = replace(after, addresses=_addresses(after, patch, new_id, issues))
    region = _region(after, patch, issues)
    after = replace(
        after,
        emails=_emails(after, patch, issues),
        phones=_phones(after, patch, region, issues),
        external_ids=tuple(
            dict.fromkeys(
                (
                    *after.external_ids,
                    *shaping.external_ids(
                        patch.add_external_ids, issues, "input", "addExternalIds"
                    ),
                )
            )
        ),
    )
    return _within_limits(after, issues)


def with_profile(
    customer: Customer,
    *,
    name: PersonName | Keep,
    locale: str | Keep | None,
    time_zone: str | Keep | None,
    birthday: Birthday | Keep | None,
    today: date,
    issues: Issues,
) -> Customer:
    """The customer with the plain fields set, each checked."""
    after = customer
    with issues.collect():
        if name is not KEEP:
            after = replace(after, name=shaping.person_name(name, "input", "name"))
    with issues.collect():
        if locale is not KEEP:
            checked = places.locale(locale, "input", "locale") if locale else None
            after = replace(after, locale=checked)
    with issues.collect():
        if time_zone is not KEEP:
            zone = places.time_zone(time_zone, "input", "timeZone") if time_zone else None
            after = replace(after, time_zone=zone)
    with issues.collect():
        if birthday is not KEEP:
            day = birthday and shaping.birthday(birthday, today, "input", "birthday")
            after = replace(after, birthday=day)
    return after


def one_default(addresses: Sequence[Address]) -> tuple[Address, ...]:
    """At most one default address: the last one that claims it."""
    claims = [address.id for address in addresses if address.is_default]
    return tuple(
        replace(address, is_default=bool(claims) and address.id == claims[-1])
        for address in addresses
    )


def retagged(
    tags: Sequence[Tagging], added: Sequence[Tagging], removed: frozenset[TagId]
) -> tuple[Tagging, ...]:
    """A tag that is there already keeps its date and takes the new end; adding beats removing."""
    new = {tagging.tag_id: tagging for tagging in added}
    stay = [
        replace(tagging, expires_at=new[tagging.tag_id].expires_at)
        if tagging.tag_id in new
        else tagging
        for tagging in tags
        if tagging.tag_id in new or tagging.tag_id not in removed
    ]
    return joined(stay, added)


def joined(tags: Sequence[Tagging], added: Sequence[Tagging]) -> tuple[Tagging, ...]:
    """The tags there are, and those that are new."""
    held = {tagging.tag_id for tagging in tags}
    return (*tags, *(tagging for tagging in added if tagging.tag_id not in held))


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
    known = {_same(address): address.id for address in found.addresses}
    return CustomerPatch(
        name=draft.name if draft.name is not None else KEEP,
        add_emails=draft.emails,
        add_phones=draft.phones,
        default_phone_region=draft.default_phone_region,
        add_external_ids=draft.external_ids,
        locale=draft.locale if draft.locale is not None else KEEP,
        time_zone=draft.time_zone if draft.time_zone is not None else KEEP,
        birthday=draft.birthday if draft.birthday is not None else KEEP,
        put_addresses=tuple(
            address
            for address in draft.addresses
            if (*map(str.strip, address.lines), address.postal_code) not in known
        ),
        attributes=draft.attributes,
    )


def _same(address: Address) -> tuple[str | None, ...]:
    return (*address.lines, address.postal_code)


def _emails(customer: Customer, patch: CustomerPatch, issues: Issues) -> tuple[EmailIdentity, ...]:
    removed = shaping.emails(patch.remove_emails, issues, "input", "emails", "remove")
    added = shaping.emails(patch.add_emails, issues, "input", "emails", "add")
    gone = {e.email.norm for e in removed} - {e.email.norm for e in added}
    by_norm = {e.email.norm: e for e in (*added, *customer.emails) if e.email.norm not in gone}
    order = dict.fromkeys(e.email.norm for e in (*customer.emails, *added))
    kept_emails = [by_norm[norm] for norm in order if norm in by_norm]
    if patch.primary_email is None:
        return tuple(kept_emails)
    with issues.collect():
        wanted = contact.email(patch.primary_email, "input", "primaryEmail").norm
        _known(wanted in by_norm, "input", "primaryEmail")
        kept_emails.sort(key=lambda e: e.email.norm != wanted)
    return tuple(kept_emails)


def _phones(
    customer: Customer, patch: CustomerPatch, region: str | None, issues: Issues
) -> tuple[PhoneIdentity, ...]:
    removed = shaping.phones(patch.remove_phones, region, issues, "input", "phones", "remove")
    added = shaping.phones(patch.add_phones, region, issues, "input", "phones", "add")
    gone = {p.phone for p in removed} - {p.phone for p in added}
    by_norm = {p.phone: p for p in (*added, *customer.phones) if p.phone not in gone}
    order = dict.fromkeys(p.phone for p in (*customer.phones, *added))
    kept_phones = [by_norm[number] for number in order if number in by_norm]
    if patch.primary_phone is None:
        return tuple(kept_phones)
    with issues.collect():
        wanted = contact.phone(patch.primary_phone, region, "input", "primaryPhone")
        _known(wanted in by_norm, "input", "primaryPhone")
        kept_phones.sort(key=lambda p: p.phone != wanted)
    return tuple(kept_phones)


def _known(held: bool, *path: str) -> None:  # noqa: FBT001 - an assertion about a path
    if not held:
        message = "The customer does not have this contact: add it in the same update."
        raise invalid(path, "NOT_OF_CUSTOMER", message)


def _addresses(
    customer: Customer, patch: CustomerPatch, new_id: Callable[[], str], issues: Issues
) -> tuple[Address, ...]:
    put = shaping.addresses(patch.put_addresses, new_id, issues, "input", "putAddresses")
    known = {address.id for address in customer.addresses}
    for position, draft in enumerate(patch.put_addresses):
        if draft.id is not None and draft.id not in known:
            path = ("input", "putAddresses", str(position), "id")
            issues.add(path, "NOT_OF_CUSTOMER", "The customer has no address with this id.")
    replaced = {address.id: address for address in put}
    stay = [a for a in customer.addresses if a.id not in patch.remove_addresses]
    if any(address.is_default for address in put):
        stay = [replace(address, is_default=False) for address in stay]
    merged = [replaced.pop(address.id, address) for address in stay]
    return one_default([*merged, *replaced.values()])


def _region(customer: Customer, patch: CustomerPatch, issues: Issues) -> str | None:
    with issues.collect():
        if patch.default_phone_region:
            return places.country(patch.default_phone_region, "input", "defaultPhoneRegion")
    return customer.country


def _within_limits(customer: Customer, issues: Issues) -> Customer:
    limits = (
        ("emails", customer.emails, shaping.MOST_CONTACTS),
        ("phones", customer.phones, shaping.MOST_CONTACTS),
        ("addExternalIds", customer.external_ids, shaping.MOST_CONTACTS),
        ("putAddresses", customer.addresses, shaping.MOST_ADDRESSES),
    )
    for field, values, limit in limits:
        if len(values) > limit:
            issues.add(("input", field), "TOO_MANY", f"A customer has at most {limit} of these.")
    return customer
