"""The loyalty programme over GraphQL: tiers, accounts, and the booking of points."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, cast

import strawberry

from api.context import Context, Info
from api.customer_refs import Ref
from api.errors import (
    ErasedError,
    IdempotencyMismatchError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.level import Level, Loader, Row, raw
from api.loyalty_types import (
    LIST,
    TRANSACTIONS,
    LoyaltyAccount,
    LoyaltyTier,
    LoyaltyTransaction,
    Membership,
)
from api.pages import wanted
from api.requests import REQUEST, request
from customers.resolving import resolve
from domain import cursors, ids
from domain.errors import NotFound
from domain.idempotency import Answer, Memory
from domain.ids import CustomerId, PointsEntryId
from domain.personal import PiiClass
from domain.query import Page
from domain.work import Decision
from loyalty.ledger import Booking, PointsEntry, after
from loyalty.service import Adjusted

_NUMBER: Final = re.compile("[1-9][0-9]{0,11}")


@strawberry.type(description="What was booked, and where the customer stands after it.")
class LoyaltyPayload:
    level: strawberry.Private[Level]
    membership: strawberry.Private[Membership]
    entry: strawberry.Private[PointsEntry]
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the key.", unmarked=REQUEST
    )

    @field("Where the customer stands after it.", scope="customers:read")
    def account(self) -> LoyaltyAccount:
        return LoyaltyAccount.of(self.level, self.membership)

    @field("What was booked.")
    def transaction(self) -> LoyaltyTransaction:
        return LoyaltyTransaction.of(self.level.context, self.entry)

    @field("Whether it moved the customer to another tier.", pii=PiiClass.BEHAVIOUR)
    def tier_changed(self) -> bool:
        self.level.context.show(self.entry.customer_id, PiiClass.BEHAVIOUR)
        return self.entry.tier_changed


LoyaltyResult = Annotated[
    LoyaltyPayload | ValidationFailedError | NotFoundError | IdempotencyMismatchError | ErasedError,
    strawberry.union("LoyaltyResult", description="What was booked, or why nothing was."),
]


@strawberry.type
class CustomerLoyalty(Row):
    @field("Where they stand in the loyalty programme.")
    def loyalty(self) -> LoyaltyAccount | None:
        membership = cast("Membership | None", self.level.value("loyalty", self.customer_id))
        return LoyaltyAccount.of(self.level, membership) if membership else None


@strawberry.type
class LoyaltyQueries:
    @field("The tiers of the programme, lowest first.", list_size=4)
    async def loyalty_tiers(self, info: Info) -> list[LoyaltyTier]:
        return [LoyaltyTier.of(tier) for tier in await info.context.services.loyalty.tiers.all()]


@strawberry.type
class LoyaltyMutations:
    @mutation("Books points, once for each idempotency key.", scope="loyalty:write")
    async def loyalty_points_adjust(
        self,
        info: Info,
        customer: Ref,
        delta: Annotated[
            int, strawberry.argument(description="How many points come (above 0) or go.")
        ],
        reason: Annotated[str, strawberry.argument(description="Why: 1 to 200 characters.")],
        idempotency_key: Annotated[
            str,
            strawberry.argument(description="The same key never books twice; make one a booking."),
        ],
    ) -> LoyaltyResult:
        ref, by = customer.read(), info.context.caller.actor
        services = info.context.services
        booking = Booking(delta, reason, idempotency_key=idempotency_key)

        async def decide() -> Decision[Adjusted]:
            found = await resolve(services.customers, ref, "customer")
            return await services.loyalty.adjust(found.id, booking, by)

        memory = Memory(_saved, lambda answer: _loaded(info, answer))
        adjusted, replayed = await services.once.run(decide, request(info, idempotency_key), memory)
        return await _payload(info, adjusted, replayed=replayed)


async def _payload(info: Info, adjusted: Adjusted, *, replayed: bool) -> LoyaltyPayload:
    level, holder = Level(info.context), adjusted.standing.customer_id
    await level.load(raw(info), LOADERS, [holder])
    tiers = await info.context.services.loyalty.tiers.all()
    return LoyaltyPayload(
        level=level,
        membership=Membership(adjusted.standing, tiers),
        entry=adjusted.entry,
        replayed=replayed,
    )


def _saved(adjusted: Adjusted) -> Answer:
    return {"entry": adjusted.entry.id}


async def _loaded(info: Info, answer: Answer) -> Adjusted:
    entry_id = PointsEntryId(answer["entry"])
    entry = (await info.context.services.loyalty.ledger.get_many([entry_id])).get(entry_id)
    if entry is None:
        raise NotFound("booking")
    return Adjusted(entry, after(entry))


async def _memberships(
    context: Context, wanted_ids: Sequence[CustomerId], arguments: Mapping[str, Any]
) -> Mapping[CustomerId, Membership]:
    loyalty = context.services.loyalty
    tiers, standings = await loyalty.tiers.all(), await loyalty.standings(wanted_ids)
    return {each: Membership(standing, tiers) for each, standing in standings.items()}


def _is_number(place: str) -> bool:
    return _NUMBER.fullmatch(place) is not None


async def _transactions(
    context: Context, wanted_ids: Sequence[CustomerId], arguments: Mapping[str, Any]
) -> Mapping[CustomerId, Page[PointsEntry]]:
    if not context.caller.may("loyalty:read"):
        return {}
    limit = wanted(arguments["first"], None).limit
    place = cursors.opened_as(_is_number, arguments.get("after"), LIST, "after")
    before = int(place) if place else None
    return await context.services.loyalty.transactions(wanted_ids, limit, before)


LOADERS: Final[Mapping[str, Loader]] = {"loyalty": _memberships, TRANSACTIONS: _transactions}


async def tiers_by_id(info: Info, wanted_ids: Sequence[str]) -> Mapping[str, LoyaltyTier]:
    """Tiers by id, for ``node``."""
    tiers = await info.context.services.loyalty.tiers.all()
    return {str(tier.id): LoyaltyTier.of(tier) for tier in tiers if tier.id in wanted_ids}


async def accounts_by_id(info: Info, wanted_ids: Sequence[str]) -> Mapping[str, LoyaltyAccount]:
    """Accounts by id, for ``node``."""
    holders = [CustomerId(ids.sibling(each, ids.CUSTOMER)) for each in wanted_ids]
    level = Level(info.context)
    await level.load(raw(info), LOADERS, holders)
    found = await _memberships(info.context, holders, {})
    accounts = (LoyaltyAccount.of(level, membership) for membership in found.values())
    return {str(account.id): account for account in accounts}


async def transactions_by_id(
    info: Info, wanted_ids: Sequence[str]
) -> Mapping[str, LoyaltyTransaction]:
    """Bookings by id, for ``node``; none without loyalty:read."""
    if not info.context.caller.may("loyalty:read"):
        return {}
    entry_ids = [PointsEntryId(each) for each in wanted_ids]
    found = await info.context.services.loyalty.ledger.get_many(entry_ids)
    return {str(key): LoyaltyTransaction.of(info.context, entry) for key, entry in found.items()}
