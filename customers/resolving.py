"""From the one way a caller names a customer to the customer."""

from typing import Literal, overload

from customers.drafts import CustomerRef
from domain import contact
from domain.customer import Customer, Customers, external_key
from domain.errors import IdentityKind, NotFound, invalid
from domain.ids import CUSTOMER, prefix_of


@overload
async def resolve(customers: Customers, ref: CustomerRef) -> Customer: ...
@overload
async def resolve(
    customers: Customers, ref: CustomerRef, *, missing_ok: Literal[True]
) -> Customer | None: ...
async def resolve(
    customers: Customers, ref: CustomerRef, *, missing_ok: bool = False
) -> Customer | None:
    """The customer whom ``ref`` names.

    Raises Invalid where the reference itself is malformed and NotFound where it names nobody;
    with ``missing_ok`` a contact that names nobody gives None, an id still raises.
    """
    found = await _found(customers, ref)
    if found is None and not (missing_ok and ref.id is None):
        raise NotFound("customer")
    return found


async def _found(customers: Customers, ref: CustomerRef) -> Customer | None:
    if ref.id is not None:
        if prefix_of(ref.id) != CUSTOMER:
            raise invalid(("id",), "ID_INVALID", "A customer's id starts with cus_.")
        return (await customers.get_many([ref.id])).get(ref.id)
    if ref.email is not None:
        return await customers.find(IdentityKind.EMAIL, contact.email(ref.email, "email").norm)
    if ref.phone is not None:
        number = contact.phone(ref.phone, None, "phone")
        return await customers.find(IdentityKind.PHONE, number.norm)
    if ref.external_id is not None:
        return await customers.find(IdentityKind.EXTERNAL_ID, external_key(ref.external_id))
    message = "Name the customer by id, externalId, email or phone."
    raise invalid((), "REFERENCE_EMPTY", message)
