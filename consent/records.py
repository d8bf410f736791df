"""Consent as it is kept: append-only records (evidence), the states that follow, decisions."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from domain.actor import Actor
from domain.customer import CustomerStatus
from domain.ids import ConsentRecordId, CustomerId
from domain.personal import Behaviour, NotPersonal, Observed
from domain.wording import Localised


class Channel(StrEnum):
    EMAIL = "EMAIL"
    SMS = "SMS"
    PHONE = "PHONE"
    PUSH = "PUSH"
    MESSENGER = "MESSENGER"
    POST = "POST"
    ONSITE = "ONSITE"


class ConsentStatus(StrEnum):
    """NEVER_ASKED and EXPIRED are derived, never recorded."""

    NEVER_ASKED = "NEVER_ASKED"
    PENDING = "PENDING"
    GRANTED = "GRANTED"
    DENIED = "DENIED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class LawfulBasis(StrEnum):
    """GDPR Art. 6(1), with explicit consent (Art. 9(2)(a)) and soft opt-in (ePrivacy 13(2))."""

    CONSENT = "CONSENT"
    EXPLICIT_CONSENT = "EXPLICIT_CONSENT"
    CONTRACT = "CONTRACT"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    VITAL_INTEREST = "VITAL_INTEREST"
    PUBLIC_TASK = "PUBLIC_TASK"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST"
    SOFT_OPT_IN = "SOFT_OPT_IN"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What data may be used for; purposes are data and form a tree by their dotted keys."""

    key: Annotated[str, NotPersonal]
    title: Localised
    allowed_bases: Annotated[frozenset[LawfulBasis], NotPersonal]
    channels: Annotated[frozenset[Channel], NotPersonal]
    parent: Annotated[str | None, NotPersonal] = None
    double_opt_in: Annotated[bool, NotPersonal] = False
    active: Annotated[bool, NotPersonal] = True


@dataclass(frozen=True, slots=True)
class ConsentAct:
    """What a person did, as a caller reports it; not yet checked against the purposes.

    ``channel`` None stands for every channel of the purpose. ``wording`` is the exact text that
    was shown; only its hash is kept with the record.
    """

    purpose: str
    status: ConsentStatus
    collected_at: datetime
    source: str
    policy_version: str
    wording: str
    channel: Channel | None = None
    basis: LawfulBasis = LawfulBasis.CONSENT
    locale: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """One act, never changed. ``seq`` counts the customer's records from 1 without a gap."""

    id: Annotated[ConsentRecordId, NotPersonal]
    customer_id: Annotated[CustomerId, Observed]
    seq: Annotated[int, NotPersonal]
    purpose: Annotated[str, Behaviour]
    channel: Annotated[Channel | None, Behaviour]
    status: Annotated[ConsentStatus, Behaviour]
    basis: Annotated[LawfulBasis, NotPersonal]
    collected_at: Annotated[datetime, Behaviour]
    recorded_at: Annotated[datetime, NotPersonal]
    recorded_by: Actor
    source: Annotated[str, NotPersonal]
    policy_version: Annotated[str, NotPersonal]
    wording_hash: Annotated[str, NotPersonal]
    locale: Annotated[str | None, NotPersonal] = None
    double_opt_in_at: Annotated[datetime | None, NotPersonal] = None
    expires_at: Annotated[datetime | None, NotPersonal] = None
    imported: Annotated[bool, NotPersonal] = False


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What the records of one purpose and channel amount to; a projection, rebuilt at will.

    ``channel`` None is the state of every channel without one of its own. GRANTED is as recorded:
    whether a grant has lapsed depends on the moment, see ``policy.status_at``.
    """

    purpose: Annotated[str, Behaviour]
    channel: Annotated[Channel | None, Behaviour]
    status: Annotated[ConsentStatus, Behaviour]
    basis: Annotated[LawfulBasis, NotPersonal]
    since: Annotated[datetime, Behaviour]
    record_id: Annotated[ConsentRecordId, NotPersonal]
    recorded_at: Annotated[datetime, NotPersonal]
    expires_at: Annotated[datetime | None, NotPersonal] = None
    imported: Annotated[bool, NotPersonal] = False
    double_opt_in_at: Annotated[datetime | None, NotPersonal] = None


@dataclass(frozen=True, slots=True)
class ConsentStanding:
    """Every state of one customer, and the number of the last record they follow from.

    ``status`` is the customer's own, read together with the states.
    """

    customer_id: Annotated[CustomerId, Observed]
    seq: Annotated[int, NotPersonal] = 0
    states: tuple[ConsentState, ...] = ()
    status: Annotated[CustomerStatus, NotPersonal] = CustomerStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """May it be done? ``reason`` is a stable word; ``record_id`` is the evidence that decided."""

    allowed: bool
    purpose: str
    channel: Channel | None
    reason: str
    basis: LawfulBasis | None = None
    record_id: ConsentRecordId | None = None
    valid_until: datetime | None = None
