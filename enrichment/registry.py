"""The sources of this server, checked against each other before the first question."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

from domain.errors import invalid
from enrichment.recipes import RECIPES
from enrichment.sources import Misconfigured, Source, SourceCapability
from enrichment.values import EnrichedField

_KEY: Final = re.compile(r"[a-z][a-z0-9_.]{0,62}")


class Sources:
    """Every configured source by its key, in the order of the configuration."""

    def __init__(self, sources: Iterable[Source]) -> None:
        """Raises Misconfigured where one contradicts itself or another."""
        self._by_key: dict[str, Source] = {}
        for source in sources:
            key = source.capability.key
            if key in self._by_key:
                raise Misconfigured(f"Source {key!r} is configured twice: rename one of them.")
            _check(source.capability)
            self._by_key[key] = source
        self.fields: Mapping[str, EnrichedField] = _fields(self)

    def __iter__(self) -> Iterator[Source]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    def find(self, key: str) -> Source | None:
        return self._by_key.get(key)

    def chosen(self, keys: Sequence[str] | None, *path: str) -> tuple[Source, ...]:
        """Those named, or all of them; raises Invalid at ``path`` for an unknown one."""
        if keys is None:
            return tuple(self)
        for key in keys:
            if key not in self._by_key:
                known = ", ".join(self._by_key) or "none"
                message = f"There is no source of this name. Configured are: {known}."
                raise invalid(path, "SOURCE_UNKNOWN", message)
        return tuple(self._by_key[key] for key in dict.fromkeys(keys))

    async def check(self) -> None:
        """Asks every source whether it can work; raises the first Misconfigured."""
        for source in self:
            await source.check()

    async def aclose(self) -> None:
        """Closes every source, the later ones first, even where one fails."""
        async with AsyncExitStack() as stack:
            for source in self:
                stack.push_async_callback(source.aclose)


def _check(capability: SourceCapability) -> None:
    problem = next(_problems(capability), None)
    if problem is not None:
        raise Misconfigured(f"Source {capability.key!r}: {problem}")


def _problems(capability: SourceCapability) -> Iterator[str]:
    if not _KEY.fullmatch(capability.key):
        yield "its key must be lower-case letters, digits, dots and underscores."
    if not capability.accepts or not capability.fields:
        yield "it must accept at least one kind of key and offer at least one attribute."
    yield from _key_problems(capability)
    offered = [field.key for field in capability.fields]
    yield from (f"attribute {key!r} is no valid key." for key in offered if not _KEY.fullmatch(key))
    if len(set(offered)) < len(offered):
        yield "it offers an attribute twice."
    scores = [*capability.calibration.values(), capability.default_confidence]
    if not all(0 <= score <= 1 for score in scores):
        yield "confidences must lie between 0 and 1."
    if capability.max_batch < 1:
        yield "max_batch must be at least 1."


def _key_problems(capability: SourceCapability) -> Iterator[str]:
    for accepted in capability.accepts:
        if accepted.kind.hashed and accepted.recipe not in RECIPES:
            known = ", ".join(RECIPES)
            yield f"{accepted.kind} needs a hash recipe, one of: {known}."
        if not accepted.kind.hashed and accepted.recipe is not None:
            yield f"{accepted.kind} is not hashed and takes no recipe."
    if not capability.plain_keys and all(accepted.kind.plain for accepted in capability.accepts):
        yield "it takes only plain contacts: permit that with plain_keys = true, or match by hash."


def _fields(sources: Iterable[Source]) -> Mapping[str, EnrichedField]:
    """Every attribute that any source offers; one key has one type everywhere."""
    found: dict[str, EnrichedField] = {}
    for source in sources:
        for field in source.capability.fields:
            known = found.setdefault(field.key, field)
            if (known.type, known.pii) != (field.type, field.pii):
                raise Misconfigured(
                    f"Source {source.capability.key!r}: attribute {field.key!r} has another type "
                    "or category in another source; give it another key."
                )
    return found
