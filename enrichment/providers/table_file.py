"""A partner's file (CSV or Parquet, of any size) asked by e-mail, phone or their hashes."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from domain.customer import AttributeValue
from enrichment.keys import KeyKind
from enrichment.providers.table import Hit, Table, is_pattern
from enrichment.providers.table_shape import TableShape, ValueColumn
from enrichment.sources import (
    MatchedOn,
    MatchRequest,
    MatchResult,
    Misconfigured,
    Outcome,
    SourceCapability,
)
from enrichment.values import read


class TableFile:
    """Answers from a file that is read once and again when it has changed.

    Two rows for one key, or different rows for different contacts of one person, are AMBIGUOUS:
    a wrong person's value is worse than none. Cells that are no value of their type are left
    out and the column is named. The score is the strongest kind of key that matched.
    """

    def __init__(self, capability: SourceCapability, shape: TableShape) -> None:
        """Raises Misconfigured for a path that DuckDB would take for a pattern."""
        if is_pattern(shape.path):
            message = f"Source {capability.key!r}: its file must be one file, not a pattern."
            raise Misconfigured(message)
        self._capability = capability
        self._shape = shape
        self._table = Table(shape)

    @property
    def capability(self) -> SourceCapability:
        return self._capability

    async def check(self) -> None:
        await asyncio.to_thread(self._table.check)

    async def match(self, requests: Sequence[MatchRequest]) -> Sequence[MatchResult]:
        wanted = [
            (number, column, key.value)
            for number, request in enumerate(requests)
            for key in request.keys
            for column, form in enumerate(self._shape.keys)
            if (form.kind, form.recipe) == (key.kind, key.recipe)
        ]
        hits: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in await asyncio.to_thread(self._table.find, wanted):
            hits[hit.request].append(hit)
        return [self._answer(request, hits[number]) for number, request in enumerate(requests)]

    async def aclose(self) -> None:
        await asyncio.to_thread(self._table.close)

    def _answer(self, request: MatchRequest, hits: list[Hit]) -> MatchResult:
        if not hits:
            return MatchResult(Outcome.MISS)
        doubt = _doubt(hits)
        if doubt is not None:
            return MatchResult(Outcome.AMBIGUOUS, explanation=(doubt,))
        first = min(hits, key=lambda hit: list(KeyKind).index(hit.key.kind))
        values, explanation = self._values(request, first)
        record = first.cells[self._shape.record] if self._shape.record else None
        return MatchResult(
            Outcome.MATCH if values else Outcome.MISS,
            values=values,
            record=record or f"row {first.row}",
            matched_on=tuple(dict.fromkeys(MatchedOn(h.key.kind, h.key.recipe) for h in hits)),
            score=first.key.kind,
            observed_at=self._observed(first),
            explanation=explanation,
        )

    def _values(
        self, request: MatchRequest, hit: Hit
    ) -> tuple[dict[str, AttributeValue], tuple[str, ...]]:
        values: dict[str, AttributeValue] = {}
        problems: list[str] = []
        for source in self._shape.values:
            if source.field.key not in request.attributes:
                continue
            try:
                value = _cell(source, hit)
            except ValueError as problem:
                problems.append(f"column {source.column!r}: {problem}")
            else:
                values |= {} if value is None else {source.field.key: value}
        return values, tuple(problems)

    def _observed(self, hit: Hit) -> datetime | None:
        text = hit.cells[self._shape.observed_at] if self._shape.observed_at else None
        try:
            found = datetime.fromisoformat(text.strip()) if text else None
        except ValueError:
            return None
        return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _cell(source: ValueColumn, hit: Hit) -> AttributeValue | None:
    text = hit.cells[source.column]
    return None if text is None else read(text, source.field.type, separator=source.separator)


def _doubt(hits: list[Hit]) -> str | None:
    for hit in hits:
        if hit.rows > 1:
            return f"the file has {hit.rows} rows for one {hit.key.kind} in {hit.key.column!r}"
    if len({hit.row for hit in hits}) > 1:
        return "different rows answer to different contacts of this person"
    return None
