"""An importing over memory, and files of drafts: for properties that need hundreds of runs."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from consent.ledger import AppendConsents
from consent.purposes import START
from consent.recording import act_key
from customers.drafts import CustomerDraft
from domain.customer import Customer, SaveCustomer
from domain.work import Stale, UnitOfWork
from intake.importing import Importing, Run, Summary
from intake.progress import ImportProgress, SaveImport
from intake.report import Report
from intake.rows import Drafted
from intake.shelf import Shelf, Stock
from intake.shelved import shelved
from tests.intake.stocked import IMPORTER
from tests.shop import Clock, new_id


class _Unasked:
    """What no import asks for."""


class Memory(UnitOfWork):
    """Keeps what is committed, and answers what an import asks."""

    def __init__(self) -> None:
        self.shelf = Shelf({}, {}, {}, {}, {}, START)
        self.clock = Clock()
        self._acts: dict[tuple[str, str], Any] = {}
        self._imports: dict[str, ImportProgress] = {}

    async def commit(self, changes) -> None:
        self._try(changes)
        self.shelf.apply(changes)
        for change in changes:
            if isinstance(change, AppendConsents):
                self._acts |= {(r.customer_id, act_key(r)): r for r in change.records}
            elif isinstance(change, SaveImport):
                self._imports[change.after.id] = change.after

    def _try(self, changes) -> None:
        """Raises Stale where one was decided on something else than what the others leave."""
        tried = replace(
            self.shelf,
            **{
                name: dict(getattr(self.shelf, name))
                for name in ("customers", "standings", "holders")
            },
        )
        for change in changes:
            if isinstance(change, AppendConsents):
                stands = tried.standing(change.before.customer_id).seq == change.before.seq
            elif isinstance(change, SaveCustomer):
                stands = tried.customers[change.before.id].version == change.before.version
            else:
                stands = True
            if not stands:
                raise Stale
            tried.apply([change])

    async def get(self, import_id):
        return self._imports.get(import_id)

    async def holders(self, wanted):
        return {i: self.shelf.holders[i] for i in wanted if i in self.shelf.holders}

    async def of_acts(self, customer_id, acts):
        known = {act: self._acts.get((customer_id, act)) for act in acts}
        return {act: record for act, record in known.items() if record}

    def importing(self, batch: int, work: Any) -> Importing:
        unasked: Any = _Unasked()
        stock = Stock(unasked, self, unasked, unasked, self, unasked)
        near = replace(shelved(self.shelf, stock), holders=self)
        return Importing(near, work or self, self, self.clock, new_id, batch)

    def everything(self) -> Any:
        """All that is kept, to the last version and moment."""
        return dict(self.shelf.customers), dict(self.shelf.standings), dict(self.shelf.tags)

    async def take(
        self,
        sheet: "Sheet",
        *,
        batch: int = 200,
        work: Any = None,
        write: bool = True,
        **options: Any,
    ) -> tuple[Summary, str]:
        """Imports the sheet a day after whatever came before; also gives the report."""
        self.clock.pass_by(days=1)
        run = Run(IMPORTER, write=write, **options)
        importing = self.importing(batch, work)
        text = io.StringIO()
        begun = await importing.begun(sheet, run)
        summary = await importing.run(sheet, run, begun, Report(text))
        return summary, text.getvalue()

    def told(self) -> dict[Any, Any]:
        """Everybody by their identities, without what only counts or names: ids, versions."""
        return {customer.identities(): self._known(customer) for customer in self.people()}

    def people(self) -> list[Customer]:
        return list(self.shelf.customers.values())

    def _known(self, customer: Customer) -> Any:
        labels = {tag.id: key for key, tag in self.shelf.tags.items()}
        states = self.shelf.standing(customer.id).states
        return (
            customer.name,
            {labels[each.tag_id] for each in customer.tags},
            {(s.purpose, s.channel): (s.status, s.since, s.imported) for s in states},
        )


@dataclass(frozen=True)
class Sheet:
    """A file of drafts."""

    drafts: tuple[CustomerDraft, ...]
    key: str = "sheet"
    definitions: tuple[()] = ()

    @contextmanager
    def opened(self) -> Iterator["_Rows"]:
        yield _Rows(self.drafts)


@dataclass
class _Rows:
    drafts: tuple[CustomerDraft, ...]
    unread: tuple[str, ...] = field(default=())

    @property
    def rows(self):
        return (Drafted(line, draft) for line, draft in enumerate(self.drafts, 2))

    @property
    def answers(self):
        return iter(self.drafts)

    def done(self) -> int:
        return 0
