"""What a customer allowed, as fields of Customer; loaded once a level."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import strawberry

from api.consent_inputs import PurposeKey
from api.consent_records import (
    ConsentDecision,
    ConsentRecordConnection,
    ConsentState,
    Evidence,
    read_cursor,
)
from api.context import Context
from api.fields import field
from api.level import Loader, Row
from api.pages import wanted
from consent.records import Channel
from domain.ids import CustomerId
from domain.personal import PiiClass

Ids = Sequence[CustomerId]
Arguments = Mapping[str, Any]


async def _consents(context: Context, ids: Ids, _: Arguments) -> Mapping[CustomerId, Any]:
    consents, now = context.services.consents, context.services.clock()
    evidence = Evidence(context)
    # also of those who decided nothing: that is told, too
    context.show_many(ids, [PiiClass.BEHAVIOUR])
    return {
        id_: [ConsentState.of(state, id_, now, evidence) for state in standing.states]
        for id_, standing in (await consents.standings(ids)).items()
    }


async def _consent(context: Context, ids: Ids, asked: Arguments) -> Mapping[CustomerId, Any]:
    consents, now = context.services.consents, context.services.clock()
    evidence = Evidence(context)
    found = await consents.decide_many(ids, asked["purpose"], asked.get("channel"), now)
    return {id_: ConsentDecision.of(decision, id_, evidence) for id_, decision in found.items()}


async def _history(context: Context, ids: Ids, asked: Arguments) -> Mapping[CustomerId, Any]:
    if not context.caller.may("consent:read"):
        return {}  # the field itself says no, customer by customer
    limit, after = wanted(asked["first"], None).limit, read_cursor(asked.get("after"))
    context.show_many(ids, [PiiClass.BEHAVIOUR])
    found = await context.services.consents.history(ids, limit, after)
    return {
        id_: ConsentRecordConnection.of(context, history, has_previous=after is not None)
        for id_, history in found.items()
    }


LOADERS: Final[Mapping[str, Loader]] = {
    "consents": _consents,
    "consent": _consent,
    "consentHistory": _history,
}
"""What is fetched once a level, by the name of the field that shows it."""


@strawberry.type
class CustomerConsents(Row):
    """The fields of Customer that speak of consent."""

    @field("Where consent stands, for everything the person ever decided.", list_size=5)
    def consents(self) -> list[ConsentState]:
        found: list[ConsentState] | None = self.level.value("consents", self.customer_id)
        return found or []

    @field("Whether this may be done to the customer now: ask before every use of their data.")
    def consent(
        self,
        purpose: Annotated[PurposeKey, strawberry.argument(description="What for.")],
        channel: Annotated[
            Channel | None,
            strawberry.argument(description="By which way; left out, by every way at once."),
        ] = None,
    ) -> ConsentDecision:
        found: ConsentDecision = self.level.value(
            "consent", self.customer_id, purpose=purpose, channel=channel
        )
        return found

    @field("Everything the person decided, the newest first.", scope="consent:read")
    def consent_history(
        self,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> ConsentRecordConnection:
        found: ConsentRecordConnection = self.level.value(
            "consentHistory", self.customer_id, first=first, after=after
        )
        return found
