"""Tags: the words a shop sorts its customers by, each defined once and put on many."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final, Protocol

from domain import ids, places
from domain.actor import Actor
from domain.errors import InvalidState, NotFound, invalid
from domain.ids import TagId
from domain.issues import Issues
from domain.personal import NotPersonal
from domain.ports import Clock, Ids
from domain.query import Page
from domain.text import folded
from domain.wording import Localised, Translation, line, paragraph
from domain.work import Change, Decision

LONGEST_KEY: Final = 64
_LONGEST_LABEL: Final = 100
_LONGEST_DESCRIPTION: Final = 500
_KEY: Final = re.compile(r"[\w.:-]{1,64}")
_NO_KEY: Final = re.compile(r"[^\w.:-]+")
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag's definition. A ``sensitive`` one is shown only to callers who may see personal data.

    ``deleting`` means that it is being taken off its customers: it can be put on nobody any more.
    """

    id: Annotated[TagId, NotPersonal]
    version: Annotated[int, NotPersonal]
    created_at: Annotated[datetime, NotPersonal]
    updated_at: Annotated[datetime, NotPersonal]
    key: Annotated[str, NotPersonal]
    label: Localised
    created_by: Actor
    color: Annotated[str | None, NotPersonal] = None
    description: Annotated[str | None, NotPersonal] = None
    group: Annotated[str | None, NotPersonal] = None
    sensitive: Annotated[bool, NotPersonal] = False
    deleting: Annotated[bool, NotPersonal] = False


@dataclass(frozen=True, slots=True)
class TagDraft:
    """A tag as a caller describes it, not yet checked; ``color`` is written #rrggbb."""

    key: str
    label: str
    translations: tuple[Translation, ...] = ()
    color: str | None = None
    description: str | None = None
    group: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class CreateTag(Change):
    """Adds the tag; Taken where its key has just become another's."""

    tag: Tag


@dataclass(frozen=True, slots=True)
class SaveTag(Change):
    """Replaces ``before`` by ``after``; Stale where the stored version is not ``before``'s."""

    before: Tag
    after: Tag


@dataclass(frozen=True, slots=True)
class DeleteTag(Change):
    """Removes the tag; Stale where the stored version is another."""

    tag: Tag


class Tags(Protocol):
    """Every tag."""

    async def get_many(self, wanted: Sequence[TagId]) -> dict[TagId, Tag]:
        """Those that exist, by id; one query."""
        ...

    async def by_keys(self, keys: Sequence[str]) -> dict[str, Tag]:
        """Those that exist, by key; one query."""
        ...

    async def page(
        self,
        *,
        search: str | None = None,
        group: str | None = None,
        sensitive: bool = True,
        first: int = 50,
        after: str | None = None,
    ) -> Page[Tag]:
        """By key. ``search`` is the beginning of the key or of a word of a label, in any case.

        ``sensitive`` False leaves sensitive tags out.
        """
        ...

    async def count(
        self, *, search: str | None, group: str | None, sensitive: bool, limit: int
    ) -> int:
        """How many match, counted up to ``limit + 1``."""
        ...

    async def customer_counts(
        self, wanted: Sequence[TagId], now: datetime, limit: int
    ) -> dict[TagId, int]:
        """How many customers carry each tag, counted up to ``limit + 1``; one command for all."""
        ...


def checked_key(key: str, *path: str) -> str:
    """The key itself; raises Invalid at ``path`` where it is none."""
    if not _KEY.fullmatch(key) or key != folded(key):
        message = "A tag's key is 1 to 64 lower-case letters, digits and - _ . : without blanks."
        raise invalid(path, "TAG_KEY_INVALID", message)
    return key


def key_of(text: str) -> str:
    """The key for words as people write them, "Loyal Customer" is loyal-customer; "" for none."""
    return _NO_KEY.sub("-", folded(text)).strip("-")[:LONGEST_KEY].strip("-")


class TagService:
    """What a shop decides about its tags."""

    def __init__(self, tags: Tags, clock: Clock, new_id: Ids) -> None:
        self._tags = tags
        self._clock = clock
        self._new_id = new_id

    async def save(
        self, tag_id: TagId | None, draft: TagDraft, by: Actor, *, sees_sensitive: bool = True
    ) -> Decision[Tag]:
        """A new tag, or a changed one. Raises Invalid, NotFound, InvalidState while it is deleted.

        The key may change: customers keep the tag by its id. Who does not see sensitive tags does
        not find them here either.
        """
        checked = _checked(draft)
        before = (await self._tags.get_many([tag_id])).get(tag_id) if tag_id else None
        if tag_id and (before is None or (before.sensitive and not sees_sensitive)):
            raise NotFound("tag", ("id",))
        holder = (await self._tags.by_keys([draft.key])).get(draft.key)
        if holder is not None and holder.id != tag_id:
            message = "Another tag has this key: change that one by its id, or take another key."
            raise invalid(("key",), "KEY_TAKEN", message)
        after = _drawn(before or self._blank(checked.key, by), checked, self._clock())
        if before is None:
            return Decision(after, (CreateTag(after),))
        require_usable(before)
        return Decision(after, (SaveTag(before, after),))

    async def ensure(
        self, keys: Sequence[str], by: Actor, *, sensitive: bool = True
    ) -> Decision[dict[str, TagId]]:
        """The tags of these keys, by key; a key that no tag has yet becomes one.

        Raises Invalid at the place of a key that is malformed or whose tag is being deleted, or
        is sensitive where ``sensitive`` is False: for callers who may not see such tags.
        """
        issues = Issues()
        wanted = dict.fromkeys(keys)
        found = await self._tags.by_keys([key for key in wanted if _KEY.fullmatch(key)])
        for place, key in enumerate(keys):
            with issues.collect(str(place)):
                if key not in found:  # else it has been checked, when it became a tag's
                    checked_key(key)
                elif found[key].sensitive and not sensitive:
                    message = "This key is not free for you to use: take another one."
                    raise invalid((), "TAG_NOT_ALLOWED", message)
                elif found[key].deleting:
                    message = "This tag is being deleted: take another one."
                    raise invalid((), "TAG_DELETING", message)
        issues.raise_any()
        new = {key: replace(self._blank(key, by), version=1) for key in wanted if key not in found}
        tags = {key: (found.get(key) or new[key]).id for key in wanted}
        return Decision(tags, tuple(CreateTag(tag) for tag in new.values()))

    async def known(self, keys: Sequence[str], *, sensitive: bool = True) -> dict[str, TagId]:
        """The ids of those keys that are tags; not of sensitive ones for who may not see them."""
        found = await self._tags.by_keys(list(dict.fromkeys(keys))) if keys else {}
        return {key: tag.id for key, tag in found.items() if sensitive or not tag.sensitive}

    def _blank(self, key: str, by: Actor) -> Tag:
        now = self._clock()
        return Tag(TagId(self._new_id(ids.TAG)), 0, now, now, key, Localised(key), by)


def require_usable(tag: Tag) -> None:
    """Raises InvalidState while the tag is being deleted."""
    if tag.deleting:
        message = "This tag is being deleted: make a new one."
        raise InvalidState(message, state="DELETING", allowed=["ACTIVE"])


def _checked(draft: TagDraft) -> TagDraft:
    """The draft in its canonical spelling; raises Invalid with every problem of it."""
    issues, translations = Issues(), list[Translation]()
    with issues.collect():
        checked_key(draft.key, "key")
    with issues.collect():
        line(draft.label, _LONGEST_LABEL, "label")
    for place, translation in enumerate(draft.translations):
        with issues.collect("labels", str(place)):
            locale = places.locale(translation.locale, "locale")
            text = line(translation.text, _LONGEST_LABEL, "text")
            translations.append(Translation(locale, text))
    if draft.color is not None and not _COLOR.fullmatch(draft.color):
        issues.add(("color",), "COLOR_INVALID", "A colour is written #rrggbb, like #c0392b.")
    with issues.collect():
        paragraph(_present(draft.description) or "-", _LONGEST_DESCRIPTION, "description")
    with issues.collect():
        line(_present(draft.group) or "-", LONGEST_KEY, "group")
    issues.raise_any()
    return replace(draft, translations=tuple(translations))


def _drawn(before: Tag, draft: TagDraft, now: datetime) -> Tag:
    return replace(
        before,
        version=before.version + 1,
        updated_at=now,
        key=draft.key,
        label=Localised(draft.label.strip(), draft.translations),
        color=draft.color.lower() if draft.color else None,
        description=_present(draft.description),
        group=_present(draft.group),
        sensitive=draft.sensitive,
    )


def _present(text: str | None) -> str | None:
    """Trimmed; None where nothing is left."""
    return (text or "").strip() or None
