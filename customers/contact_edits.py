"""How a patch changes the contacts and addresses of a customer: pure, list by list."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from customers import shaping
from customers.patches import CustomerPatch
from domain import contact
from domain.customer import Address, Customer, EmailIdentity, PhoneIdentity
from domain.errors import invalid
from domain.issues import Issues

One = TypeVar("One")


def emails(customer: Customer, patch: CustomerPatch, issues: Issues) -> tuple[EmailIdentity, ...]:
    """What is there keeps its place and its spelling; adding beats removing."""
    removed = shaping.emails(patch.remove_emails, issues, "input", "emails", "remove")
    added = shaping.emails(patch.add_emails, issues, "input", "emails", "add")
    after = _patched(customer.emails, added, removed, _address)
    with issues.collect():
        if patch.primary_email is not None:
            path = ("input", "primaryEmail")
            after = _led(after, contact.email(patch.primary_email, *path).norm, _address, path)
    return after


def phones(
    customer: Customer, patch: CustomerPatch, region: str | None, issues: Issues
) -> tuple[PhoneIdentity, ...]:
    """The same for numbers; national ones are read in ``region``."""
    removed = shaping.phones(patch.remove_phones, region, issues, "input", "phones", "remove")
    added = shaping.phones(patch.add_phones, region, issues, "input", "phones", "add")
    after = _patched(customer.phones, added, removed, _number)
    with issues.collect():
        if patch.primary_phone is not None:
            path = ("input", "primaryPhone")
            wanted = contact.phone(patch.primary_phone, region, *path)
            after = _led(after, wanted.norm, _number, path)
    return after


def _address(identity: EmailIdentity) -> str:
    return identity.email.norm


def _number(identity: PhoneIdentity) -> str:
    return identity.phone.norm


def _patched(
    held: Sequence[One], added: Sequence[One], removed: Sequence[One], norm: Callable[[One], str]
) -> tuple[One, ...]:
    gone = {norm(one) for one in removed} - {norm(one) for one in added}
    known = {norm(one) for one in held}
    new = (one for one in added if norm(one) not in known)
    return (*(one for one in held if norm(one) not in gone), *new)


def _led(
    identities: Sequence[One], first: str, norm: Callable[[One], str], path: tuple[str, ...]
) -> tuple[One, ...]:
    """The same with one in front; the others keep their order."""
    if all(norm(one) != first for one in identities):
        message = "The customer does not have this contact: add it in the same update."
        raise invalid(path, "NOT_OF_CUSTOMER", message)
    return tuple(sorted(identities, key=lambda one: norm(one) != first))


def addresses(
    customer: Customer, patch: CustomerPatch, new_id: Callable[[], str], issues: Issues
) -> tuple[Address, ...]:
    """Those put with an id replace the one of that id in its place; the others come behind."""
    if len(patch.remove_addresses) > shaping.MOST_ADDRESSES:
        message = f"Take at most {shaping.MOST_ADDRESSES} addresses out at once."
        issues.add(("input", "removeAddresses"), "TOO_MANY", message)
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


def one_default(given: Sequence[Address]) -> tuple[Address, ...]:
    """At most one default address: the last one that claims it."""
    claims = [address.id for address in given if address.is_default]
    chosen = claims[-1] if claims else None
    return tuple(_as_default(address, is_default=address.id == chosen) for address in given)


def _as_default(address: Address, *, is_default: bool) -> Address:
    if address.is_default is is_default:
        return address
    return replace(address, is_default=is_default)
