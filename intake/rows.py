"""What a file is made of on its way to customers: rows, drafts, refusals."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from customers.drafts import CustomerDraft
from domain.errors import Invalid, Issue
from intake.columns import Named, itself, nameless


@dataclass(frozen=True, slots=True)
class Row:
    """One record by column name; ``line`` is where it starts in the file, counted from 1."""

    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that will not become a customer, and every reason found; no value of the person."""

    line: int
    issues: tuple[Issue, ...]
    named: Named = nameless


@dataclass(frozen=True, slots=True)
class Drafted:
    """A row understood. ``remarks`` say what of it had to be left out.

    ``labels`` holds, by key, the tags of the draft as they were written. ``named`` says which
    column a field of the draft comes from.
    """

    line: int
    draft: CustomerDraft
    remarks: tuple[Issue, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    named: Named = nameless


Understand = Callable[[Row], Drafted]
"""Turns a row into a draft; raises Invalid with every issue of the row."""


def refused(line: int, code: str, message: str, *path: str) -> Refused:
    """A row with one reason."""
    return Refused(line, (Issue(path, code, message),))


def understood(
    rows: Iterable[Row | Refused], understand: Understand
) -> Iterator[Drafted | Refused]:
    """Every row as a draft or a refusal, in the order of the file."""
    for row in rows:
        if isinstance(row, Refused):
            yield row
            continue
        try:
            yield understand(row)
        except Invalid as problem:
            yield Refused(row.line, problem.issues, itself)
