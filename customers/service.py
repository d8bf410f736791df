"""The verbs of the customer record. Each decides on what is stored and returns the changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from consent.service import Consents
from customers import contact_edits, edits, shaping, tagging, upserts
from customers.attributes import AttributeDefinitions, typed_attributes
from customers.conflicts import Explain, explaining
from customers.drafts import CustomerDraft, CustomerRef
from customers.patches import CustomerPatch
from customers.putting_on import put_on, require_few, taken_off
from customers.resolving import resolve, sought
from customers.tags import TagService
from domain import ids as kinds
from domain import places
from domain.actor import Actor
from domain.customer import (
    Attribute,
    CreateCustomer,
    Customer,
    Customers,
    PersonName,
    SaveCustomer,
)
from domain.errors import Invalid, NotFound, VersionConflict
from domain.events import Fact, Topic
from domain.ids import CustomerId, FactId
from domain.issues import Issues
from domain.ports import Clock, Ids
from domain.work import Change, Decision, Stale, Taken


@dataclass(frozen=True, slots=True)
class Written:
    """The customer as it is now, and the names of the fields that this write changed."""

    customer: Customer
    changed_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerService:
    """Create, update, upsert and tag customers.

    Every verb raises Invalid with all problems at once, IdentityConflict where a contact belongs
    to somebody else, NotFound where the customer is not there. What belongs to somebody else is
    known when the changes are committed, see customers/conflicts.py.
    """

    customers: Customers
    tags: TagService
    definitions: AttributeDefinitions
    consents: Consents
    clock: Clock
    ids: Ids

    async def create(
        self,
        draft: CustomerDraft,
        by: Actor,
        *,
        imported: bool = False,
        sees_sensitive: bool = True,
    ) -> Decision[Written]:
        """A new customer with tags and consents, all in one commit."""
        now, issues = self.clock(), Issues()
        shaped = await self._shaped(draft, by, now, issues, sensitive=sees_sensitive)
        customer = shaped.value
        consents: tuple[Change, ...] = ()
        with issues.collect("input"):
            consents = await self.consents.first(customer.id, draft.consents, by, imported=imported)
        issues.raise_any()
        fields = edits.described(customer)
        fact = self._fact(Topic.CUSTOMER_CREATED, customer, by, now, fields)
        changes = (*shaped.changes, CreateCustomer(customer), *consents, fact)
        explain = explaining(self.customers, draft.attributes)
        return Decision(Written(customer, fields), changes, explain)

    async def update(
        self,
        ref: CustomerRef,
        patch: CustomerPatch,
        by: Actor,
        *,
        expected_version: int | None = None,
    ) -> Decision[Written]:
        """Applies the patch to what is stored.

        Without ``expected_version`` the last writer of a field wins; with it a change in between
        raises VersionConflict.
        """
        before = await resolve(self.customers, ref, "input", "ref")
        if expected_version is not None and before.version != expected_version:
            raise VersionConflict(before.id, expected=expected_version)
        now = self.clock()
        after = await self._updated(before, patch, now)
        saved = self._saved(before, after, by, Topic.CUSTOMER_UPDATED, now)
        return replace(saved, explain=explaining(self.customers, patch.attributes))

    async def upsert(
        self,
        ref: CustomerRef,
        draft: CustomerDraft,
        by: Actor,
        *,
        imported: bool = False,
        sees_sensitive: bool = True,
    ) -> Decision[Written]:
        """Creates the customer whom ``ref`` names, or adds to them what the draft says.

        What the draft leaves out stays; an id that names nobody raises NotFound.
        """
        found = await sought(self.customers, ref, "by")
        if found is None and ref.id is not None:
            raise NotFound("customer", ("by", "id"))
        if found is None:
            created = await self.create(upserts.naming(ref, draft), by, imported=imported)
            return replace(created, explain=self._overtaken(ref, draft))
        now, issues = self.clock(), Issues()
        after = found
        try:
            after = await self._updated(found, upserts.as_patch(draft, found), now)
        except Invalid as problem:
            issues.take(upserts.as_described(problem, draft, found))
        tagged = await put_on(self.tags, draft.tags, by, now, issues, sensitive=sees_sensitive)
        after = replace(after, tags=tagging.joined(found.tags, tagged.value, now))
        require_few(after.tags, tagged.value, issues, "input", "tags")
        consents: tuple[Change, ...] = ()
        with issues.collect("input"):
            if draft.consents:
                recorded = await self.consents.record(
                    found.id, draft.consents, by, imported=imported
                )
                consents = recorded.changes
        issues.raise_any()
        saved = self._saved(found, after, by, Topic.CUSTOMER_UPDATED, now)
        changes = (*tagged.changes, *saved.changes, *consents)
        return Decision(saved.value, changes, explaining(self.customers, draft.attributes))

    async def tag(
        self,
        ref: CustomerRef,
        by: Actor,
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
        expires_at: datetime | None = None,
        sees_sensitive: bool = True,
    ) -> Decision[Written]:
        """Puts and takes tags by key; a key that no tag has yet becomes one.

        Who does not see sensitive tags neither puts nor takes them, nor learns who carries them.
        """
        before = await resolve(self.customers, ref, "customer")
        issues, now = Issues(), self.clock()
        with issues.collect():
            shaping.later_than(expires_at, now, "expiresAt")
        added = await put_on(
            self.tags,
            add,
            by,
            now,
            issues,
            until=expires_at,
            sensitive=sees_sensitive,
            path=("add",),
        )
        gone = await taken_off(self.tags, remove, issues, "remove", sensitive=sees_sensitive)
        tags = tagging.retagged(before.tags, added.value, gone, now)
        require_few(tags, added.value, issues, "add")
        issues.raise_any()
        after = replace(before, tags=tags)
        saved = self._saved(before, after, by, Topic.TAGS_CHANGED, now)
        return Decision(saved.value, (*added.changes, *saved.changes))

    async def _updated(self, before: Customer, patch: CustomerPatch, now: datetime) -> Customer:
        issues = Issues()
        after = edits.applied(before, patch, now.date(), lambda: self.ids(kinds.ADDRESS), issues)
        attributes = before.attributes
        with issues.collect("input"):
            attributes = await typed_attributes(self.definitions, attributes, patch.attributes)
        issues.raise_any()
        return replace(after, attributes=attributes)

    async def _shaped(
        self, draft: CustomerDraft, by: Actor, now: datetime, issues: Issues, *, sensitive: bool
    ) -> Decision[Customer]:
        """The customer as described, with the tags that they are the first to carry."""
        customer_id = CustomerId(self.ids(kinds.CUSTOMER))
        addresses = shaping.new_addresses(
            draft.addresses, lambda: self.ids(kinds.ADDRESS), issues, "input", "addresses"
        )
        region = draft.default_phone_region
        with issues.collect():
            region = region and places.country(region, "input", "defaultPhoneRegion")
        region = region or (addresses[0].country if addresses else None)
        attributes: tuple[Attribute, ...] = ()
        with issues.collect("input"):
            attributes = await typed_attributes(self.definitions, (), draft.attributes)
        emails = shaping.emails(draft.emails, issues, "input", "emails")
        phones = shaping.phones(draft.phones, region, issues, "input", "phones")
        external = shaping.external_ids(draft.external_ids, issues, "input", "externalIds")
        name, today = draft.name or PersonName(), now.date()
        plain = edits.profile(edits.NO_PROFILE, draft, name, today, issues)
        tagged = await put_on(self.tags, draft.tags, by, now, issues, sensitive=sensitive)
        customer = Customer(
            *(customer_id, 1, now, now),
            name=plain.name,
            emails=emails,
            phones=phones,
            external_ids=external,
            locale=plain.locale,
            time_zone=plain.time_zone,
            birthday=plain.birthday,
            addresses=contact_edits.one_default(addresses),
            attributes=attributes,
            tags=tagged.value,
        )
        return Decision(customer, tagged.changes)

    def _saved(
        self, before: Customer, after: Customer, by: Actor, topic: Topic, now: datetime
    ) -> Decision[Written]:
        fields = edits.changed_fields(before, after)
        if not fields:
            return Decision(Written(before, ()))
        saved = after.saved(at=now)
        fact = self._fact(topic, saved, by, now, fields)
        return Decision(Written(saved, fields), (SaveCustomer(before, saved), fact))

    def _fact(
        self, topic: Topic, customer: Customer, by: Actor, at: datetime, fields: tuple[str, ...]
    ) -> Fact:
        fact_id = FactId(self.ids(kinds.FACT))
        return Fact(fact_id, topic, customer.id, at, by, fields, customer.version)

    def _overtaken(self, ref: CustomerRef, draft: CustomerDraft) -> Explain:
        """Whoever is found by now was created meanwhile: add to them instead."""
        conflict = explaining(self.customers, draft.attributes)

        async def explain(taken: Taken) -> Exception:
            found = await sought(self.customers, ref)
            return Stale() if found is not None else await conflict(taken)

        return explain
