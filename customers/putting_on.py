"""Which tags, named by their keys, a write puts on a customer and takes off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from customers.tags import TagService
from domain.actor import Actor
from domain.customer import Tagging
from domain.ids import TagId
from domain.issues import Issues
from domain.work import Decision

MOST_AT_ONCE: Final = 100
MOST_A_CUSTOMER: Final = 500


async def put_on(
    tags: TagService,
    keys: Sequence[str],
    by: Actor,
    now: datetime,
    issues: Issues,
    *,
    path: tuple[str, ...] = ("input", "tags"),
    until: datetime | None = None,
    sensitive: bool = True,
) -> Decision[tuple[Tagging, ...]]:
    """The tags of these keys, as TagService.ensure reads them; problems go to ``issues``."""
    if not _few(keys, issues, path):
        return Decision(())
    ensured: Decision[dict[str, TagId]] = Decision({})
    with issues.collect(*path):
        ensured = await tags.ensure(keys, by, sensitive=sensitive) if keys else ensured
    taggings = (Tagging(tag_id, now, by, until) for tag_id in ensured.value.values())
    return Decision(tuple(taggings), ensured.changes)


async def taken_off(
    tags: TagService, keys: Sequence[str], issues: Issues, *path: str, sensitive: bool
) -> frozenset[TagId]:
    """The tags of those keys that are tags; sensitive ones where these may be seen."""
    if not _few(keys, issues, path):
        return frozenset()
    return frozenset((await tags.known(keys, sensitive=sensitive)).values())


def require_few(
    after: Sequence[Tagging], added: Sequence[Tagging], issues: Issues, *path: str
) -> None:
    """An issue where a write that adds tags leaves a customer with more than there may be."""
    if added and len(after) > MOST_A_CUSTOMER:
        message = f"A customer carries at most {MOST_A_CUSTOMER} tags: take some off first."
        issues.add(path, "TOO_MANY", message)


def _few(keys: Sequence[str], issues: Issues, path: tuple[str, ...]) -> bool:
    if len(keys) > MOST_AT_ONCE:
        issues.add(path, "TOO_MANY", f"Set at most {MOST_AT_ONCE} tags at once.")
    return len(keys) <= MOST_AT_ONCE
