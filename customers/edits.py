"""How a patch changes a customer: pure, field by field."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from customers import contact_edits, shaping
from customers.drafts import CustomerDraft
from customers.patches import KEEP, CustomerPatch, Keep
from domain import places
from domain.customer import Birthday, Customer, PersonName
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
    silent = {"status"} if customer.name != PersonName() else {"status", "name"}
    return tuple(
        name for field, name in FIELDS.items() if field not in silent and getattr(customer, field)
    )


def applied(
    before: Customer, patch: CustomerPatch, today: date, new_id: Callable[[], str], issues: Issues
) -> Customer:
    """The customer after the patch, attributes aside; problems go to ``issues``."""
    plain = profile(
        Profile(before.name, before.locale, before.time_zone, before.birthday),
        patch,
        patch.name if patch.name is not None else PersonName(),
        today,
        issues,
    )
    after = replace(
        before,
        name=plain.name,
        locale=plain.locale,
        time_zone=plain.time_zone,
        birthday=plain.birthday,
        addresses=contact_edits.addresses(before, patch, new_id, issues),
    )
    region = _region(after, patch, issues)
    after = replace(
        after,
        emails=contact_edits.emails(after, patch, issues),
        phones=contact_edits.phones(after, patch, region, issues),
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


class Profile(NamedTuple):
    """The plain fields of a customer."""

    name: PersonName
    locale: str | None
    time_zone: str | None
    birthday: Birthday | None


NO_PROFILE: Final = Profile(PersonName(), None, None, None)


def profile(
    before: Profile,
    said: CustomerDraft | CustomerPatch,
    name: PersonName | Keep,
    today: date,
    issues: Issues,
) -> Profile:
    """The plain fields as said, each checked; what is refused stays as it was."""
    named, language, zone, day = before
    with issues.collect():
        if name is not KEEP:
            named = shaping.person_name(name, "input", "name")
    with issues.collect():
        if said.locale is not KEEP:
            language = places.locale(said.locale, "input", "locale") if said.locale else None
    with issues.collect():
        if said.time_zone is not KEEP:
            zone = places.time_zone(said.time_zone, "input", "timeZone") if said.time_zone else None
    with issues.collect():
        if said.birthday is not KEEP:
            day = said.birthday and shaping.birthday(said.birthday, today, "input", "birthday")
    return Profile(named, language, zone, day)


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
