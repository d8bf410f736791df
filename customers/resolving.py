"""From the one way a caller names a customer to the customer."""

from customers.drafts import CustomerRef
from domain import contact
from domain.customer import Customer, Customers, external_key
from domain.errors import IdentityKind, Invalid, NotFound, invalid
from domain.ids import CUSTOMER, prefix_of


async def resolve(customers: Customers, ref: CustomerRef, *path: str) -> Customer:
    """The customer whom ``ref`` names, who stands at ``path`` of the input.

    Raises Invalid where the reference itself is malformed and NotFound where it names nobody.
    """
    found = await sought(customers, ref, *path)
    if found is None:
        raise NotFound("customer", path or None)
    return found


async def sought(customers: Customers, ref: CustomerRef, *path: str) -> Customer | None:
    """The same, None where it names nobody."""
    try:
        return await _found(customers, ref)
    except Invalid as problem:
        raise problem.under(*path) from None


async def _found(customers: Customers, ref: CustomerRef) -> Customer | None:
    if ref.id is not None:
        if prefix_of(ref.id) != CUSTOMER:
            message = "A customer's id is cus_ and 26 small letters and digits behind it."
            raise invalid(("id",), "ID_INVALID", message)
        return (await customers.get_many([ref.id])).get(ref.id)
    if ref.email is not None:
        return await customers.find(IdentityKind.EMAIL, contact.email(ref.email, "email").norm)
    if ref.phone is not None:
        number = contact.international_phone(ref.phone, "phone")
        return await customers.find(IdentityKind.PHONE, number.norm)
    if ref.external_id is not None:
        return await customers.find(IdentityKind.EXTERNAL_ID, external_key(ref.external_id))
    message = "Name the customer by id, externalId, email or phone."
    raise invalid((), "REFERENCE_EMPTY", message)
