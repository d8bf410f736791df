"""How the tags of a customer change: pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.customer import Tagging
from domain.ids import TagId


def retagged(
    tags: Sequence[Tagging], added: Sequence[Tagging], removed: frozenset[TagId], now: datetime
) -> tuple[Tagging, ...]:
    """A tag that is on keeps its date and takes the new end; adding beats removing."""
    new = {tagging.tag_id: tagging for tagging in added}
    stay = [
        replace(tagging, expires_at=new[tagging.tag_id].expires_at)
        if tagging.tag_id in new and tagging.active(now)
        else tagging
        for tagging in tags
        if tagging.tag_id in new or tagging.tag_id not in removed
    ]
    return joined(stay, added, now)


def joined(tags: Sequence[Tagging], added: Sequence[Tagging], now: datetime) -> tuple[Tagging, ...]:
    """The tags there are, and those that are new; one that had ended begins anew."""
    new = {tagging.tag_id: tagging for tagging in added}
    stay = [tag for tag in tags if tag.active(now) or tag.tag_id not in new]
    held = {tagging.tag_id for tagging in stay}
    return (*stay, *(tagging for tagging in added if tagging.tag_id not in held))
