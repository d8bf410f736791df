"""Consent's vocabulary in the schema, and what a caller may report of a person's decision."""

from typing import NewType

import strawberry

from api.enums import publish
from api.scalars import Instant, LocaleTag
from consent.records import Channel, ConsentAct, ConsentStatus, LawfulBasis

PurposeKey = NewType("PurposeKey", str)

PURPOSE_KEY = strawberry.scalar(
    name="PurposeKey",
    description="The key of a purpose, like marketing.newsletter; `purposes` lists them.",
    serialize=str,
    parse_value=str,
)

publish(
    Channel,
    "How a person may be reached.",
    EMAIL="E-mail.",
    SMS="Text messages.",
    PHONE="Calls.",
    PUSH="Notifications of an app or browser.",
    MESSENGER="Messengers, like WhatsApp.",
    POST="Letters.",
    ONSITE="What the shop itself shows them.",
)
publish(
    ConsentStatus,
    "Where consent stands.",
    NEVER_ASKED="Nobody asked; derived, never recorded.",
    PENDING="Asked, waiting for a confirmation: not a yes.",
    GRANTED="The person said yes.",
    DENIED="The person said no.",
    WITHDRAWN="The person said yes and took it back.",
    EXPIRED="The yes has lapsed; derived, never recorded.",
)
publish(
    LawfulBasis,
    "Why data may be used (GDPR Art. 6(1)).",
    CONSENT="The person agreed.",
    EXPLICIT_CONSENT="The person agreed in so many words (Art. 9(2)(a)).",
    CONTRACT="A contract with the person needs it.",
    LEGAL_OBLIGATION="A law demands it.",
    VITAL_INTEREST="A life depends on it.",
    PUBLIC_TASK="A public task needs it.",
    LEGITIMATE_INTEREST="A legitimate interest that was weighed against the person's.",
    SOFT_OPT_IN="A sale to the person, with a way out offered (ePrivacy Art. 13(2)).",
)


@strawberry.input(description="What a person decided, with the evidence.")
class ConsentInput:
    purpose: PurposeKey = strawberry.field(description="What it is about.")
    channel: Channel | None = strawberry.field(
        default=None, description="The channel; left out, every channel of the purpose."
    )
    status: ConsentStatus = strawberry.field(
        description="GRANTED, DENIED, WITHDRAWN or PENDING; the others are derived."
    )
    basis: LawfulBasis = strawberry.field(
        default=LawfulBasis.CONSENT, description="The lawful basis; the purpose limits which."
    )
    collected_at: Instant = strawberry.field(description="When the person decided.")
    source: str = strawberry.field(description="Where, like checkout or newsletter-form.")
    policy_version: str = strawberry.field(description="The version of the policy they saw.")
    wording: str = strawberry.field(
        description="The exact text they saw; only its SHA-256 is kept with the record."
    )
    locale: LocaleTag | None = strawberry.field(
        default=None, description="The language of the text."
    )
    expires_at: Instant | None = strawberry.field(
        default=None, description="When a yes lapses, where it does."
    )

    def read(self) -> ConsentAct:
        return ConsentAct(
            purpose=self.purpose,
            status=self.status,
            collected_at=self.collected_at,
            source=self.source,
            policy_version=self.policy_version,
            wording=self.wording,
            channel=self.channel,
            basis=self.basis,
            locale=self.locale,
            expires_at=self.expires_at,
        )
