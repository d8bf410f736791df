"""A source is never trusted: late, broken, short or wrong answers are outcomes, not crashes."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from enrichment.asking import Answers, ask
from enrichment.keys import AcceptedKey, KeyKind, MatchKey
from enrichment.planning import Step
from enrichment.records import Permission
from enrichment.registry import Sources
from enrichment.sources import (
    MatchRequest,
    MatchResult,
    Misconfigured,
    Outcome,
    SourceCapability,
    Trust,
)
from enrichment.values import EnrichedField, ValueType
from tests.enrichment.people import person

ADA, GRACE = person(1).id, person(2).id
GRANTED = Permission(allowed=True, purpose="enrichment", reason="GRANTED")


class Scripted:
    """Answers with what the test says, and remembers what it was asked."""

    def __init__(self, answer=None, **capability) -> None:
        self.capability = replace(
            SourceCapability(
                key="acme",
                name="Acme",
                licence="contract",
                version="1",
                accepts=(AcceptedKey(KeyKind.EMAIL_DOMAIN),),
                fields=(EnrichedField("size", ValueType.INT, "Size"),),
                trust=Trust.PARTNER,
            ),
            **capability,
        )
        self.answer = answer or (lambda requests: [MatchResult(Outcome.MISS) for _ in requests])
        self.asked = []

    async def check(self) -> None: ...

    async def match(self, requests):
        self.asked.append(requests)
        return (
            await self.answer(requests)
            if asyncio.iscoroutinefunction(self.answer)
            else (self.answer(requests))
        )

    async def aclose(self) -> None: ...


def request(value="example.com"):
    return MatchRequest((MatchKey(KeyKind.EMAIL_DOMAIN, None, value),), frozenset({"size"}))


async def outcome(answer, **capability):
    (result,) = await ask(Scripted(answer, **capability), [request()])
    return result


async def test_a_source_that_is_late_is_unavailable():
    async def sleep(_):
        await asyncio.sleep(60)

    result = await outcome(sleep, timeout=timedelta(milliseconds=1))
    assert result.outcome is Outcome.UNAVAILABLE


async def test_a_failure_is_named_by_its_kind_since_its_text_may_hold_a_key():
    def fail(requests):
        raise RuntimeError(requests[0].keys[0].value)

    result = await outcome(fail)
    assert result.explanation == ("the source failed: RuntimeError",)


async def test_a_mistake_of_configuration_is_told_in_full():
    def fail(_):
        raise Misconfigured("acme.csv has no column 'hh'")

    assert (await outcome(fail)).explanation == ("acme.csv has no column 'hh'",)


async def test_too_few_answers_are_no_answers():
    result = await outcome(lambda _: [])
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.explanation == ("the source gave 0 answers to 1 questions",)


async def test_values_not_asked_for_or_of_another_type_are_left_out():
    wrong = MatchResult(Outcome.MATCH, values={"size": "many", "secret": 1})
    result = await outcome(lambda _: [wrong])
    assert (result.outcome, result.values) == (Outcome.REJECTED, {})
    assert result.explanation == ("an undeclared attribute: not usable", "size: not usable")
    assert (await outcome(lambda _: [MatchResult(Outcome.MISS, values={"size": 1})])).values == {}


async def test_a_batch_is_never_larger_than_the_source_takes():
    source = Scripted(max_batch=2)
    assert len(await ask(source, [request()] * 5)) == 5
    assert [len(batch) for batch in source.asked] == [2, 2, 1]


async def test_a_question_is_sent_once_and_a_changed_one_again():
    source = Scripted()
    answers = Answers(Sources([source]))
    step = Step(source.capability, GRANTED, request())
    await answers.collect([(ADA, step), (GRACE, Step(source.capability, GRANTED))])
    await answers.collect([(ADA, step)])
    assert [len(batch) for batch in source.asked] == [1]
    changed = replace(step, request=request("example.org"))
    assert answers.about(ADA, changed) is None
    await answers.collect([(ADA, changed)])
    assert len(source.asked) == 2
    assert answers.about(ADA, changed).outcome is Outcome.MISS


async def test_a_source_that_is_gone_is_unavailable():
    answers = Answers(Sources([]))
    step = Step(Scripted().capability, GRANTED, request())
    await answers.collect([(ADA, step)])
    assert answers.about(ADA, step).outcome is Outcome.UNAVAILABLE
