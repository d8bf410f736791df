"""What becomes of one row: decided by the same services that a single write goes through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from consent.records import ConsentStanding
from consent.service import Consents
from customers.drafts import CustomerDraft, CustomerRef
from customers.service import CustomerService, Written
from customers.tags import TagDraft, TagService
from domain.actor import Actor
from domain.customer import Customer, PersonName
from domain.errors import Expected, IdentityConflict, Invalid, Issue
from domain.ids import CustomerId
from domain.ports import Clock, Ids
from domain.work import Change, Decision
from intake import matching
from intake.columns import Named, nameless
from intake.consents import Elsewhere, Taken, first_told, taken
from intake.matching import Identity
from intake.noes import Lane
from intake.progress import Outcome
from intake.rows import Drafted, Refused
from intake.shelf import Shelf, Stock
from intake.shelved import shelved

_NOBODY = ConsentStanding(CustomerId(""))


@dataclass(frozen=True, slots=True)
class Judged:
    """A row's outcome. ``issues`` are the reasons of a refusal, else remarks.

    ``named`` says which column of the file each of them is about.
    """

    line: int
    outcome: Outcome
    issues: tuple[Issue, ...] = ()
    changes: tuple[Change, ...] = ()
    named: Named = nameless


@dataclass(frozen=True, slots=True)
class Terms:
    """How rows are taken in; see intake.importing.Run. The file is being imported ``since``."""

    write: bool
    refusals: bool
    imported: bool
    since: datetime
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides row after row on one shelf; ``noes`` are those of the whole file about its people."""

    shelf: Shelf
    noes: Mapping[Identity, frozenset[Lane]]
    customers: CustomerService
    tags: TagService
    by: Actor
    now: datetime
    terms: Terms

    async def judged(self, row: Drafted | Refused, known_by: Sequence[Identity]) -> Judged:
        """What becomes of the row; the shelf is left as if a refused row had never been there."""
        judged = await self._judged(row, known_by)
        # only a report of issues asks
        return replace(judged, named=row.named) if judged.issues else judged

    async def _judged(self, row: Drafted | Refused, known_by: Sequence[Identity]) -> Judged:
        if isinstance(row, Refused):
            return Judged(row.line, Outcome.REFUSED, row.issues)
        before = dict(self.shelf.tags)
        try:
            return await self._accepted(row, known_by)
        except IdentityConflict as problem:
            self.shelf.tags = before
            path = matching.behind(problem, row.draft, self.shelf.holders)
            return Judged(row.line, Outcome.REFUSED, (_issue(problem, path),))
        except Expected as problem:
            self.shelf.tags = before
            return Judged(row.line, Outcome.REFUSED, _issues(problem))

    async def _accepted(self, row: Drafted, known_by: Sequence[Identity]) -> Judged:
        shelf = self.shelf
        found = matching.matched(row.draft, known_by, shelf.holders, shelf.customers)
        if found and self.terms.keep:
            return Judged(row.line, Outcome.UNCHANGED)
        consents = self._consents(row, known_by, found)
        draft = row.draft
        if consents.acts != draft.consents:
            draft = replace(draft, consents=consents.acts)
        tagged = await self._new_tags(row)
        remarks = (*row.remarks, *consents.remarks)
        if found:
            changes = (*tagged, *await self._updated(found, draft))
            outcome = Outcome.UPDATED if changes else Outcome.UNCHANGED
            return Judged(row.line, outcome, remarks, changes)
        changes = (*tagged, *await self._created(draft))
        return Judged(row.line, Outcome.CREATED, remarks, changes)

    def _consents(
        self, row: Drafted, known_by: Sequence[Identity], found: Customer | None
    ) -> Taken:
        said, terms = row.draft.consents, self.terms
        standing = self.shelf.standing(found.id) if found else _NOBODY
        if not terms.imported:
            return first_told(said, standing)
        # every row about this person that was taken in has left an identity with them
        people = chain(known_by, found.identities() if found else ())
        noes = chain.from_iterable(self.noes.get(each, ()) for each in people)
        elsewhere = Elsewhere(tuple(noes), terms.since)
        return taken(said, standing, self.now, elsewhere, refusals=terms.refusals)

    async def _created(self, draft: CustomerDraft) -> tuple[Change, ...]:
        matching.require_findable(draft)
        decision = await self.customers.create(draft, self.by, imported=self.terms.imported)
        return self._applied(draft, decision)

    async def _updated(self, found: Customer, draft: CustomerDraft) -> tuple[Change, ...]:
        filled = replace(draft, name=_filled(draft.name, found.name))
        ref = CustomerRef(id=found.id)
        decision = await self.customers.upsert(ref, filled, self.by, imported=self.terms.imported)
        return self._applied(draft, decision)

    def _applied(self, draft: CustomerDraft, decision: Decision[Written]) -> tuple[Change, ...]:
        after = decision.value.customer
        matching.require_unclaimed(after, draft.attributes, self.shelf.holders)
        self.shelf.apply(decision.changes)
        return decision.changes

    async def _new_tags(self, row: Drafted) -> tuple[Change, ...]:
        """Tags nobody has used yet keep the spelling of the file as their label."""
        changes: list[Change] = []
        for key, label in row.labels.items():
            if key not in self.shelf.tags:
                saved = await self.tags.save(None, TagDraft(key, label), self.by)
                self.shelf.apply(saved.changes)
                changes += saved.changes
        return tuple(changes)


def judge(
    shelf: Shelf,
    noes: Mapping[Identity, frozenset[Lane]],
    stock: Stock,
    clock: Clock,
    ids: Ids,
    by: Actor,
    terms: Terms,
) -> Judge:
    """The services over the shelf; what they decide is not written until it is committed."""
    near = shelved(shelf, stock)
    tags = TagService(near.tags, clock, ids)
    consents = Consents(near.consents, near.purposes, clock, ids)
    customers = CustomerService(near.customers, tags, near.definitions, consents, clock, ids)
    return Judge(shelf, noes, customers, tags, by, clock(), terms)


def _filled(said: PersonName | None, known: PersonName) -> PersonName | None:
    """A file that has no column for a part of the name does not erase that part."""
    if said is None:
        return None
    return PersonName(
        said.given or known.given, said.family or known.family, said.middle or known.middle
    )


def _issues(problem: Expected) -> tuple[Issue, ...]:
    if isinstance(problem, Invalid):
        return problem.issues
    return (_issue(problem, problem.path or ()),)


def _issue(problem: Expected, path: Sequence[str]) -> Issue:
    return Issue(tuple(path), problem.code.value, str(problem))
