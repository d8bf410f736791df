"""Acts, records and histories of acts, with only what a test is about said."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from consent.purposes import START, PurposeTree
from consent.records import (
    Channel,
    ConsentAct,
    ConsentRecord,
    ConsentStanding,
    ConsentStatus,
    LawfulBasis,
)
from consent.reducing import reduce
from domain.actor import SYSTEM
from domain.ids import CONSENT_RECORD, CUSTOMER, ConsentRecordId, CustomerId, typed

ADA = CustomerId(typed(CUSTOMER, 1))
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TREE = PurposeTree(START)
RECORDED = (
    ConsentStatus.PENDING,
    ConsentStatus.GRANTED,
    ConsentStatus.DENIED,
    ConsentStatus.WITHDRAWN,
)


def hour(number):
    return NOON + timedelta(hours=number)


def act(status=ConsentStatus.GRANTED, purpose="marketing", channel=Channel.EMAIL, at=0, **said):
    evidence = {"source": "shop", "policy_version": "v1", "wording": "May we write to you?"}
    given = {"purpose": purpose, "status": status, "channel": channel, "collected_at": hour(at)}
    return ConsentAct(**{**given, **evidence, **said})


def record(
    status=ConsentStatus.GRANTED,
    at=0,
    *,
    purpose="marketing",
    channel=Channel.EMAIL,
    recorded=None,
    number=1,
    until=None,
    basis=LawfulBasis.CONSENT,
    imported=False,
):
    return ConsentRecord(
        id=ConsentRecordId(typed(CONSENT_RECORD, number)),
        customer_id=ADA,
        seq=number,
        purpose=purpose,
        channel=channel,
        status=status,
        basis=basis,
        collected_at=hour(at),
        recorded_at=hour(at if recorded is None else recorded),
        recorded_by=SYSTEM,
        source="shop",
        policy_version="v1",
        wording_hash="0" * 64,
        expires_at=None if until is None else hour(until),
        imported=imported,
    )


def standing(*records):
    return ConsentStanding(ADA, len(records), reduce(records))


# few moments, so that acts of one instant are common
moments = st.integers(0, 5)


@st.composite
def histories(draw, *, purposes=("marketing", "marketing.newsletter"), most=7):
    numbers = draw(st.permutations(range(1, draw(st.integers(0, most)) + 1)))
    return [
        record(
            draw(st.sampled_from(RECORDED)),
            draw(moments),
            purpose=draw(st.sampled_from(purposes)),
            channel=draw(st.sampled_from([None, Channel.EMAIL, Channel.SMS, Channel.POST])),
            recorded=draw(moments),
            number=number,
            until=draw(st.none() | st.integers(0, 9)),
            basis=draw(st.sampled_from([LawfulBasis.CONSENT, LawfulBasis.SOFT_OPT_IN])),
            imported=draw(st.booleans()),
        )
        for number in numbers
    ]
