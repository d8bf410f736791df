"""What a caller is told whose write wanted what belongs to another customer.

An identity tells its holder, so that the two records can be made one. A unique value does not: it
is a problem of one field of the form, like any other rule about values.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from customers.drafts import AttributeDraft
from domain.claims import unique_values
from domain.customer import CreateCustomer, Customer, Customers, SaveCustomer
from domain.errors import IdentityConflict, Invalid, Issue
from domain.work import Stale, Taken

Explain = Callable[[Taken], Awaitable[Exception]]


def explaining(customers: Customers, drafts: Sequence[AttributeDraft] = ()) -> Explain:
    """For a write that sets these attributes: which claim of it another customer holds.

    The failure is Stale where they gave it up since.
    """

    async def explain(taken: Taken) -> Exception:
        change = taken.change
        wanted = change.customer if isinstance(change, CreateCustomer) else None
        wanted = change.after if isinstance(change, SaveCustomer) else wanted
        problem = await _conflict(customers, wanted, drafts) if wanted else None
        return problem or Stale()

    return explain


def not_unique(drafts: Sequence[AttributeDraft], keys: Collection[str]) -> Invalid | None:
    """The failure of a write whose values of these keys belong to others; None of no such write."""
    issues = [
        Issue(("input", "attributes", str(place), "value"), "NOT_UNIQUE", _message(draft.key))
        for place, draft in enumerate(drafts)
        if draft.key in keys
    ]
    return Invalid(*issues) if issues else None


def _message(key: str) -> str:
    return f"Another customer has this value of {key}, and no two may: give another value."


async def _conflict(
    customers: Customers, wanted: Customer, drafts: Sequence[AttributeDraft]
) -> Exception | None:
    nobodys = (None, wanted.id)
    for kind, norm in sorted(wanted.identities()):
        holder = await customers.holder(kind, norm)
        if holder not in nobodys:
            return IdentityConflict(kind, holder)
    unique = unique_values(wanted).items()
    theirs = [key for key, claim in unique if await customers.holder(*claim) not in nobodys]
    return not_unique(drafts, theirs)
