"""What belongs to one customer at a time: identities, and the values of unique attributes."""

from typing import Final

from domain.customer import Attribute, Claim, Customer

UNIQUE_VALUE: Final = "ATTRIBUTE"
"""The kind of claim that a unique value is. No IdentityKind: nobody is looked up by it."""


def claims(customer: Customer) -> frozenset[Claim]:
    """All that the customer claims for themselves alone."""
    return customer.identities().union(unique_values(customer).values())


def unique_values(customer: Customer) -> dict[str, Claim]:
    """The claims to values of unique attributes, by the attribute's key."""
    return {each.key: unique_value(each) for each in customer.attributes if each.unique}


def unique_value(attribute: Attribute) -> Claim:
    """The claim to a value, exactly as it is stored; its key's definition fixes the type.

    The separator cannot occur in a key.
    """
    value = attribute.value
    if isinstance(value, float):
        value += 0.0  # minus zero equals zero, but is written otherwise
    return UNIQUE_VALUE, f"{attribute.key}\x1f{value}"
