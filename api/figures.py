"""Whom a figure about customers tells of, for the access log.

A figure about few is about each of them. One about many is still about whoever its filter names:
who adds a known crowd to one person, or takes it away, reads from the sum what holds of that one.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from api.context import Context
from api.customer_where import Asked
from domain import telling
from domain.ids import CustomerId
from domain.personal import PiiClass
from domain.query import AnyOf, Where
from enrichment.records import EnrichmentRun

FEW: Final = 10
"""A figure about no more customers than these is about each of them."""


async def told(
    context: Context, whom: Asked, *by: PiiClass, whole: Sequence[CustomerId] | None = None
) -> None:
    """A figure about all of these was asked for, by what is counted too; ``whole``: all of them."""
    tells = whom.tells.union(by)
    if tells:
        few = await _few(context, whom.where) if whole is None else whole
        context.show_many(few if len(few) <= FEW else (), tells)
        context.show_many(await _named(context, whom.where), tells)


async def told_by_runs(context: Context, runs: Iterable[EnrichmentRun]) -> None:
    """The figures of a run over few are about each of them; one query, none for other runs."""
    few = {
        run.id: run.tells
        for run in runs
        if run.tells and run.expected is not None and run.expected <= FEW
    }
    if few:
        members = await context.services.enrichment.runs.members(list(few))
        for run_id, whom in members.items():
            context.show_many(whom, few[run_id])


async def _few(context: Context, where: Where) -> Sequence[CustomerId]:
    return await context.services.customers.ids(where, FEW + 1)


async def _named(context: Context, where: Where) -> Sequence[CustomerId]:
    names = telling.names(where)
    most = sum(len(each.values) for each in names)
    return await context.services.customers.ids(AnyOf(names), most) if most else ()
