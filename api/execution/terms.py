"""Arithmetic of costs that wait for the variables of a request."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.execution.sizes import Size


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A cost, as far as it is known without variables, and what variables multiply."""

    fixed: int = 0
    parts: tuple[tuple[Size, "Term"], ...] = ()

    def value(self, variables: Mapping[str, object]) -> int:
        """The cost with these variables; shared terms are reckoned once."""
        return _reckon(self, variables, {}) if self.parts else self.fixed


_ONCE: Final = Size(1)


def _reckon(term: Term, variables: Mapping[str, object], known: dict[int, int]) -> int:
    found = known.get(id(term))
    if found is None:
        parts = (size.value(variables) * _reckon(of, variables, known) for size, of in term.parts)
        found = known[id(term)] = term.fixed + sum(parts)
    return found


def sum_of(terms: Iterable[Term]) -> Term:
    fixed, parts = 0, list[tuple[Size, Term]]()
    for term in terms:
        if term.parts:
            parts.append((_ONCE, term))
        else:
            fixed += term.fixed
    return Term(fixed, tuple(parts))


def times(size: Size, term: Term) -> Term:
    if size.variables or term.parts:
        return Term(0, ((size, term),))
    return Term(size.fixed * term.fixed)
