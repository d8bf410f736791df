"""A server's enrichment over a real database, with a source that does what a test says."""

from dataclasses import dataclass, field, replace
from itertools import count

from consent.purposes import seeding
from consent.records import ConsentAct, ConsentStatus
from consent.service import Consents
from domain import ids
from domain.actor import Actor, ActorKind
from domain.customer import CreateCustomer
from domain.query import All
from domain.secret import Secret
from domain.work import settle
from enrichment.deciding import Deciding
from enrichment.judging import Judging
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.records import EnrichmentMode, Terms
from enrichment.registry import Sources
from enrichment.service import Enrichment
from enrichment.sources import MatchedOn, MatchResult, Outcome, SourceCapability, Trust
from enrichment.sweeping import Sweeping
from enrichment.values import EnrichedField, ValueType
from mongo import consent, customers, enrichment, outbox
from mongo.consent import MongoConsentRecords, MongoPurposes
from mongo.customers import MongoCustomers, identity_hash
from mongo.enrichment import MongoEnrichedValues
from mongo.enrichment_runs import MongoRuns
from mongo.unit_of_work import MongoUnitOfWork
from tests.enrichment.people import person
from tests.shop import Clock

STAFF = Actor(ActorKind.API_KEY, "key_00000000000000000000000000", "desk")
KEY = identity_hash(Secret(bytes(32)))
EVERYBODY = All(())
NOW = Clock().now


def capability(key="acme", **changes) -> SourceCapability:
    return replace(
        SourceCapability(
            key=key,
            name=key.title(),
            licence="contract",
            version="1",
            accepts=(AcceptedKey(KeyKind.EMAIL_HASH, "lower_trim.v1"),),
            fields=(
                EnrichedField("segment", ValueType.STRING, "Segment"),
                EnrichedField("household_size", ValueType.INT, "Household"),
            ),
            trust=Trust.PARTNER,
            default_confidence=0.9,
        ),
        **changes,
    )


def match(**values) -> MatchResult:
    on = (MatchedOn(KeyKind.EMAIL_HASH, "lower_trim.v1"),)
    return MatchResult(Outcome.MATCH, values or {"segment": "gold"}, "row 1", on)


class Scripted:
    """Knows everybody, unless ``answer`` (request -> MatchResult, may be async) says otherwise."""

    def __init__(self, answer=None, **changes) -> None:
        self.capability = capability(**changes)
        self.answer = answer
        self.questions = []

    async def check(self) -> None: ...

    async def match(self, requests):
        self.questions += requests
        found = [self.answer(request) if self.answer else match() for request in requests]
        return [await one if hasattr(one, "__await__") else one for one in found]

    async def aclose(self) -> None: ...


class Forbidden(Scripted):
    """Fails the test when anything reaches it."""

    async def match(self, requests):
        self.questions += requests
        raise AssertionError("a key reached a source that must not be asked")


@dataclass
class Rig:
    database: object
    sources: list
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        numbers = count(1)

        def new_id(prefix):
            value = ids.uuid7(milliseconds=next(numbers), randomness=0)
            return ids.typed(prefix, value)

        self.ids = new_id
        parts = (consent.WRITES, enrichment.WRITES, outbox.WRITES, customers.writes(KEY))
        writes = {kind: write for part in parts for kind, write in part.items()}
        self.work = MongoUnitOfWork(self.database, writes)
        self.customers = MongoCustomers(self.database, KEY)
        self.consents = Consents(
            MongoConsentRecords(self.database), MongoPurposes(self.database), self.clock, new_id
        )
        self.values = MongoEnrichedValues(self.database)
        self.runs = MongoRuns(self.database)
        self.deciding = Deciding(
            Sources(self.sources), self.customers, self.consents, self.values, self.clock, new_id
        )
        self.enrichment = Enrichment(self.deciding, self.runs)
        self.judging = Judging(self.deciding, self.runs)

    def sweeping(self, worker="one", **options) -> Sweeping:
        return Sweeping(self.deciding, self.runs, self.work, worker, **options)

    async def opened(self):
        await self.work.commit(seeding().changes)
        return self

    async def customer(self, number=1, *, granted=True, **given):
        """Somebody with an e-mail, who allowed enrichment unless said otherwise."""
        one = person(number, emails=[f"ada{number}@example.com"], **given)
        one = replace(one, created_at=self.clock.now, updated_at=self.clock.now)
        await self.work.commit([CreateCustomer(one)])
        if granted:
            await self.consent(one.id)
        return one.id

    async def consent(self, customer_id, status=ConsentStatus.GRANTED, until=None):
        act = ConsentAct(
            purpose="enrichment",
            status=status,
            collected_at=self.clock.now,
            source="form",
            policy_version="v1",
            wording="May partners tell us about you?",
            expires_at=until,
        )
        await settle(self.work, lambda: self.consents.record(customer_id, [act], STAFF))

    async def start(self, target, mode=EnrichmentMode.EXECUTE, **terms):
        return await settle(
            self.work, self.enrichment.start(target, Terms(mode=mode, **terms), STAFF)
        )

    async def enriched(self, customer_id):
        """Values by source and attribute."""
        found = (await self.values.of([customer_id]))[customer_id]
        return {(v.provenance.source, v.key): v for v in found.values}

    async def projection(self, customer_id):
        document = await self.database["customers"].find_one({"_id": customer_id})
        return {pair["k"]: pair["v"] for pair in document["enriched"]}

    async def stored(self, collection):
        return await self.database[collection].count_documents({})
