"""What a dry run remembers of the rows it has taken, since nothing of them is in the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from customers import conflicts
from customers.drafts import AttributeDraft
from domain.claims import claims, unique_values
from domain.customer import Claim, CreateCustomer, Customer, SaveCustomer
from intake.judging import Judged
from intake.progress import Outcome

_MOST_REMEMBERED: Final = 300_000


@dataclass(slots=True)
class Rehearsal:
    """Who would have claimed and given up what, as far as it fits; all as hashes."""

    _holders: dict[int, int] = field(default_factory=dict[int, int])
    _freed: set[int] = field(default_factory=set[int])

    def freed(self, stored: Iterable[Claim]) -> Sequence[Claim]:
        """Those of the stored claims that an earlier row gave up."""
        return [claim for claim in stored if hash(claim) in self._freed]

    def told(self, attributes: Sequence[AttributeDraft], judged: Judged) -> Judged:
        """What would have become of a row with these attributes, had those before it been written.

        Somebody who comes twice is created once. A unique value of an earlier row is refused.
        """
        for change in judged.changes:
            if isinstance(change, CreateCustomer):
                return self._taken(attributes, judged, frozenset(), change.customer)
            if isinstance(change, SaveCustomer):
                return self._taken(attributes, judged, claims(change.before), change.after)
        return judged

    def _taken(
        self,
        attributes: Sequence[AttributeDraft],
        judged: Judged,
        had: frozenset[Claim],
        after: Customer,
    ) -> Judged:
        known = self._person(after.identities())
        person = hash(after.id) if known is None else known
        unique = unique_values(after).items()
        theirs = [key for key, claim in unique if self._holders.get(hash(claim), person) != person]
        if refused := conflicts.not_unique(attributes, theirs):
            return replace(judged, outcome=Outcome.REFUSED, issues=refused.issues, changes=())
        self._remember(had, claims(after), person)
        created_before = judged.outcome is Outcome.CREATED and known is not None
        return replace(judged, outcome=Outcome.UPDATED) if created_before else judged

    def _person(self, identities: Iterable[Claim]) -> int | None:
        return next((h for i in identities if (h := self._holders.get(hash(i))) is not None), None)

    def _remember(self, had: frozenset[Claim], has: frozenset[Claim], person: int) -> None:
        for claim in had - has:
            self._holders.pop(hash(claim), None)
            if len(self._freed) < _MOST_REMEMBERED:
                self._freed.add(hash(claim))
        for claim in has - had:
            if len(self._holders) < _MOST_REMEMBERED:
                self._holders.setdefault(hash(claim), person)
