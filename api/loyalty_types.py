"""Tiers, accounts and transactions in the schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, cast

import strawberry

from api.actors import Actor
from api.context import Context
from api.enums import publish
from api.fields import attribute, field
from api.level import Level, Node
from api.pages import PageInfo
from api.scalars import Instant
from api.tag_type import Locale
from api.versions import Versioned
from domain import cursors, ids
from domain.ids import CustomerId
from domain.personal import PiiClass
from domain.query import Page
from loyalty import ledger, tiers
from loyalty.ledger import PointsKind

TRANSACTIONS = "LoyaltyAccount.transactions"
LIST = "points"

publish(
    PointsKind,
    "Why points were booked.",
    EARN="The customer earned them.",
    ADJUST="Somebody booked them by hand, up or down.",
)


@strawberry.type(description="A step of the loyalty programme.")
class LoyaltyTier(Node, Versioned):
    record: strawberry.Private[tiers.Tier]
    key: str = attribute("What programs call it.")
    rank: int = attribute("Its place among the tiers; 0 is the lowest.")
    threshold_points: int = attribute("From how many earned points on it holds.")
    benefits: list[str] = attribute("What its members get.")

    @field("What people call it.")
    def name(self, locale: Locale = None) -> str:
        return self.record.name.read_in(locale)

    @classmethod
    def of(cls, record: tiers.Tier) -> "LoyaltyTier":
        return cls(
            id=strawberry.ID(record.id),
            version=record.version,
            created_at=Instant(record.created_at),
            updated_at=Instant(record.updated_at),
            key=record.key,
            rank=record.rank,
            threshold_points=record.threshold_points,
            benefits=list(record.benefits),
            record=record,
        )


@strawberry.type(description="A booking of points; never changed, corrected by another one.")
class LoyaltyTransaction(Node):
    kind: PointsKind = attribute("Why points were booked.")
    delta: int = attribute("How many points came (above 0) or went.", pii=PiiClass.BEHAVIOUR)
    balance: int = attribute(
        "The balance after it.", scope="customers:read", pii=PiiClass.BEHAVIOUR
    )
    reason: str = attribute("Why, in words.", pii=PiiClass.BEHAVIOUR)
    at: Instant = attribute("When it was booked.", pii=PiiClass.BEHAVIOUR)
    by: Actor = attribute("Who booked it.", unmarked="the caller then")

    @classmethod
    def of(cls, context: Context, entry: ledger.PointsEntry) -> "LoyaltyTransaction":
        context.show(entry.customer_id, PiiClass.BEHAVIOUR)
        return cls(
            id=strawberry.ID(entry.id),
            kind=entry.kind,
            delta=entry.delta,
            balance=entry.balance,
            reason=entry.reason,
            at=Instant(entry.at),
            by=Actor.of(entry.by),
        )


@strawberry.type(description="A page of bookings, newest first.")
class LoyaltyTransactionConnection:
    nodes: list[LoyaltyTransaction] = attribute("The bookings.")
    page_info: PageInfo = attribute("Where the page stands in the list.")

    @classmethod
    def of(cls, context: Context, page: Page[ledger.PointsEntry]) -> "LoyaltyTransactionConnection":
        ends = [cursors.sealed(row.cursor, LIST) for row in page.rows]
        return cls(
            nodes=[LoyaltyTransaction.of(context, row.item) for row in page.rows],
            page_info=PageInfo.of(ends, has_next=page.has_next, has_previous=page.has_previous),
        )


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a customer stands, and the tiers that give it a meaning."""

    standing: ledger.Standing
    tiers: Sequence[tiers.Tier]


@strawberry.type(description="Where a customer stands in the loyalty programme.")
class LoyaltyAccount(Node):
    level: strawberry.Private[Level]
    membership: strawberry.Private[Membership]
    points: int = attribute("The balance.", pii=PiiClass.BEHAVIOUR)

    @field("The tier that follows from what they have earned.", pii=PiiClass.BEHAVIOUR)
    def tier(self) -> LoyaltyTier:
        standing = self.membership.standing
        return LoyaltyTier.of(tiers.tier_for(standing.earned, self.membership.tiers))

    @field("How many points are missing to the next tier; null at the top.", pii=PiiClass.BEHAVIOUR)
    def points_to_next_tier(self) -> int | None:
        return tiers.points_to_next(self.membership.standing.earned, self.membership.tiers)

    @field("The tier above; null at the top.", pii=PiiClass.BEHAVIOUR)
    def next_tier(self) -> LoyaltyTier | None:
        following = tiers.next_tier(self.membership.standing.earned, self.membership.tiers)
        return LoyaltyTier.of(following) if following else None

    @field("What was booked, newest first.", scope="loyalty:read")
    def transactions(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> LoyaltyTransactionConnection:
        holder = self.membership.standing.customer_id
        page = self.level.value(TRANSACTIONS, holder, first=first, after=after)
        found = cast("Page[ledger.PointsEntry]", page)
        return LoyaltyTransactionConnection.of(self.level.context, found)

    @classmethod
    def of(cls, level: Level, membership: Membership) -> "LoyaltyAccount":
        standing = membership.standing
        level.context.show(standing.customer_id, PiiClass.BEHAVIOUR)
        return cls(
            id=account_id(standing.customer_id),
            level=level,
            membership=membership,
            points=standing.points,
        )


def account_id(customer_id: CustomerId) -> strawberry.ID:
    """The account of a customer; it has the customer's own suffix."""
    return strawberry.ID(ids.sibling(customer_id, ids.LOYALTY_ACCOUNT))
