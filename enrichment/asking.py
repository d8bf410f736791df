"""Asking sources: in batches, with a deadline, once a question, and never trusting the answer."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import structlog

from domain.ids import CustomerId
from enrichment.planning import Step
from enrichment.registry import Sources
from enrichment.sources import MatchRequest, MatchResult, Misconfigured, Outcome, Source
from enrichment.values import fits

_log = structlog.get_logger(__name__)

Asked = tuple[CustomerId, str]


class Answers:
    """What sources said in the course of one decision, however often it has to be made again.

    A question is sent once: a commit that failed because somebody else was faster decides again
    on the same answers. A customer whose contacts changed meanwhile is asked about anew.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[Asked, tuple[MatchRequest, MatchResult]] = {}

    async def collect(self, steps: Iterable[tuple[CustomerId, Step]]) -> None:
        """Makes sure that every step with a request has its answer; all sources at once."""
        open_questions: dict[str, list[tuple[Asked, MatchRequest]]] = {}
        for customer_id, step in steps:
            asked = (customer_id, step.capability.key)
            known = self._known.get(asked)
            if step.request is not None and (known is None or known[0] != step.request):
                open_questions.setdefault(step.capability.key, []).append((asked, step.request))
        async with asyncio.TaskGroup() as group:
            for key, questions in open_questions.items():
                group.create_task(self._ask(self._sources.find(key), questions))

    def about(self, customer_id: CustomerId, step: Step) -> MatchResult | None:
        """The answer to exactly this question; None where it was not asked."""
        known = self._known.get((customer_id, step.capability.key))
        return known[1] if known is not None and known[0] == step.request else None

    async def _ask(
        self, source: Source | None, questions: Sequence[tuple[Asked, MatchRequest]]
    ) -> None:
        requests = [request for _, request in questions]
        results = [_GONE] * len(requests) if source is None else await ask(source, requests)
        for (asked, request), result in zip(questions, results, strict=True):
            self._known[asked] = request, result


_GONE = MatchResult(Outcome.UNAVAILABLE, explanation=("the source is no longer configured",))


async def ask(source: Source, requests: Sequence[MatchRequest]) -> list[MatchResult]:
    """One result per request, in order; a source that fails is UNAVAILABLE, never an exception."""
    size = source.capability.max_batch
    results: list[MatchResult] = []
    for start in range(0, len(requests), size):
        batch = requests[start : start + size]
        answered = await _answered(source, batch)
        results += [_checked(source, *pair) for pair in zip(batch, answered, strict=True)]
    return results


async def _answered(source: Source, batch: Sequence[MatchRequest]) -> Sequence[MatchResult]:
    key = source.capability.key
    try:
        async with asyncio.timeout(source.capability.timeout.total_seconds()):
            results = await source.match(batch)
    except TimeoutError:
        return _unavailable(batch, "the source did not answer in time")
    except Misconfigured as problem:
        _log.warning("enrichment.source_misconfigured", source=key, problem=str(problem))
        return _unavailable(batch, str(problem))
    except Exception as problem:  # noqa: BLE001 - a plug-in's failure is its own, whatever it is
        # its message may repeat a key: only the kind of failure is told
        kind = type(problem).__name__
        _log.warning("enrichment.source_failed", source=key, failure=kind)
        return _unavailable(batch, f"the source failed: {kind}")
    if len(results) != len(batch):
        reason = f"the source gave {len(results)} answers to {len(batch)} questions"
        return _unavailable(batch, reason)
    return results


def _unavailable(batch: Sequence[MatchRequest], reason: str) -> list[MatchResult]:
    return [MatchResult(Outcome.UNAVAILABLE, explanation=(reason,)) for _ in batch]


def _checked(source: Source, request: MatchRequest, result: MatchResult) -> MatchResult:
    """The result without values that were not asked for or are not of their declared type."""
    if result.outcome is not Outcome.MATCH:
        return replace(result, values={})
    offered = source.capability.offered()
    values = {
        key: value
        for key, value in result.values.items()
        if key in request.attributes and key in offered and fits(value, offered[key].type)
    }
    dropped = sorted(key for key in result.values if key not in values)
    names = [key if key in offered else "an undeclared attribute" for key in dropped]
    explanation = (*result.explanation, *(f"{name}: not usable" for name in names))
    outcome = Outcome.MATCH if values else Outcome.REJECTED
    return replace(result, outcome=outcome, values=values, explanation=explanation)
