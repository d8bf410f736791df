"""Enriched values in the schema, each with where it came from and by what right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, cast

import strawberry
from strawberry.dataloader import DataLoader

from api.actors import Actor
from api.consent_records import ConsentRecord, Evidence
from api.context import Context
from api.customer_parts import PiiAccess
from api.enrichment_sources import EnrichmentSource, source
from api.enums import publish
from api.fields import attribute, field
from api.level import Node
from api.scalars import JSON, Instant
from consent.records import LawfulBasis
from domain.customer import AttributeValue
from domain.errors import IdentityKind
from domain.ids import RunId
from domain.personal import PiiClass
from enrichment import records
from enrichment.holding import Held
from enrichment.records import AttributeStatus
from enrichment.resolving import judgement_of
from enrichment.sources import MatchedOn

if TYPE_CHECKING:
    from api.enrichment_runs import EnrichmentRun

publish(
    AttributeStatus,
    "Where an enriched value stands.",
    PROPOSED="A run found it and nobody decided; it is not on the profile.",
    ACCEPTED="In use.",
    REJECTED="A person rejected it; it is never used again.",
    SUPERSEDED="A better value is in use; this one is kept behind it.",
    EXPIRED="Older than its source vouches for, or than the consent it was fetched under.",
    ERASED="Erased at the person's request.",
)
_HIDDEN: Final = "•••"
_OWN: Final = "logged under the kind that its source says"


@dataclass(frozen=True, slots=True)
class Shared:
    """What the values of one answer share: records and runs behind them are read once for all."""

    context: Context
    evidence: Evidence
    runs: DataLoader[RunId, "EnrichmentRun"]


@strawberry.type(description="Where an enriched value came from, and by what right.")
class Provenance:
    shared: strawberry.Private[Shared]
    stored: strawberry.Private[records.EnrichedAttribute]
    permitted: strawberry.Private[bool]
    source: EnrichmentSource = attribute("The source.", pii=PiiClass.BEHAVIOUR)
    matched_on: list[IdentityKind] = attribute(
        "What the person was recognised by.", pii=PiiClass.BEHAVIOUR
    )
    matched_by: list[str] = attribute(
        "The form in which the source was asked, like EMAIL_HASH (lower_trim.v1).",
        pii=PiiClass.BEHAVIOUR,
    )
    confidence: float = attribute("How sure the match is, from 0 to 1.")
    fetched_at: Instant = attribute("When it was fetched.")
    observed_at: Instant | None = attribute("When the source learned it, where it says so.")
    expires_at: Instant | None = attribute("When it ceases to be used; null for never.")
    basis: LawfulBasis = attribute("The lawful basis it was fetched on.", pii=PiiClass.BEHAVIOUR)

    @field("The source's own record of the person; masked where `value` is.", pii=PiiClass.CONTACT)
    def source_record(self) -> str:
        context = self.shared.context
        shown = self.permitted and context.disclose(self.stored.customer_id, PiiClass.CONTACT)
        return self.stored.provenance.record if shown else _HIDDEN

    @field("The run that fetched it.")
    async def run(self) -> Annotated["EnrichmentRun", strawberry.lazy("api.enrichment_runs")]:
        return await self.shared.runs.load(self.stored.provenance.run_id)

    @field("The consent record that allowed it.", scope="consent:read")
    async def consent_record(self) -> ConsentRecord | None:
        record_id = self.stored.provenance.permission.record_id
        return await self.shared.evidence.load(record_id) if record_id else None

    @classmethod
    def of(cls, stored: records.EnrichedAttribute, held: Held, shared: Shared) -> "Provenance":
        origin = stored.provenance
        return cls(
            shared=shared,
            stored=stored,
            permitted=held.shows(stored),
            source=source(shared.context, origin.source),
            matched_on=identity_kinds(origin.matched_on),
            matched_by=[on.label for on in origin.matched_on],
            confidence=origin.confidence,
            fetched_at=Instant(origin.fetched_at),
            observed_at=Instant(origin.observed_at) if origin.observed_at else None,
            expires_at=Instant(origin.expires_at) if origin.expires_at else None,
            # what allows always names its basis
            basis=cast("LawfulBasis", origin.permission.basis),
        )


@strawberry.type(description="What an outside source says about one attribute of a customer.")
class EnrichedAttribute(Node):
    shared: strawberry.Private[Shared]
    stored: strawberry.Private[records.EnrichedAttribute]
    held: strawberry.Private[Held]
    key: str = attribute("Which attribute it is; filters name it by this.", pii=PiiClass.BEHAVIOUR)
    status: AttributeStatus = attribute("Where the value stands now.", pii=PiiClass.BEHAVIOUR)
    decided_by: Actor | None = attribute(
        "Who accepted or rejected it, where somebody did.", pii=PiiClass.BEHAVIOUR
    )

    @field("The attribute's name for people, in English.", pii=PiiClass.BEHAVIOUR)
    def label(self) -> str:
        known = self.shared.context.services.enrichment.sources.fields.get(self.key)
        return known.label if known else self.key

    @field("The value; null without pii:read, and where consent does not stand.", unmarked=_OWN)
    def value(self) -> JSON | None:
        return JSON(_json(self.stored.value)) if self._disclosed() else None

    @field("The value as a person reads it; null where `value` is.", unmarked=_OWN)
    def display(self) -> str | None:
        return _display(self.stored.value) if self._disclosed() else None

    @field("Whether the value is shown, and why not.", pii=PiiClass.BEHAVIOUR)
    def access(self) -> PiiAccess:
        if not self.held.shows(self.stored):
            return PiiAccess.MASKED_NO_CONSENT
        may = self.shared.context.caller.may("pii:read")
        return PiiAccess.GRANTED if may else PiiAccess.MASKED_NO_SCOPE

    @field("Where it came from, and by what right.")
    def provenance(self) -> Provenance:
        return Provenance.of(self.stored, self.held, self.shared)

    @field("What other sources say about the same attribute, the better ones first.", list_size=3)
    def conflicts_with(self) -> list["EnrichedAttribute"]:
        return [
            EnrichedAttribute.of(rival, self.held, self.shared)
            for rival in self.held.values
            if rival.key == self.key and rival.id != self.stored.id
        ]

    def _disclosed(self) -> bool:
        shown = self.held.shows(self.stored)
        return shown and self.shared.context.disclose(self.stored.customer_id, self.stored.pii)

    @classmethod
    def of(
        cls,
        stored: records.EnrichedAttribute,
        held: Held,
        shared: Shared,
    ) -> "EnrichedAttribute":
        """``held`` are all values of the customer, as they stand."""
        # that a source said something of this kind is told with every field, also a masked one
        shared.context.show(stored.customer_id, PiiClass.BEHAVIOUR)
        judgement = judgement_of(stored)
        return cls(
            id=strawberry.ID(stored.id),
            shared=shared,
            stored=stored,
            held=held,
            key=stored.key,
            status=stored.status,
            decided_by=Actor.of(judgement.by) if judgement else None,
        )


def identity_kinds(matched_on: Sequence[MatchedOn]) -> list[IdentityKind]:
    """Each kind once, in the order of the match."""
    return list(dict.fromkeys(on.kind.identity for on in matched_on))


def _json(value: AttributeValue) -> object:
    return list(value) if isinstance(value, tuple) else value


def _display(value: AttributeValue) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value)
