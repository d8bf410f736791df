"""Tags over GraphQL: the list of them, and the verbs that change it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

import strawberry

from api import tag_type
from api.context import Info
from api.customer_refs import Key
from api.deletions import DeletedPayload, DeleteResult
from api.errors import (
    IdempotencyMismatchError,
    InvalidStateError,
    NotFoundError,
    ValidationFailedError,
)
from api.fields import attribute, field, mutation
from api.pages import MOST_COUNTED, Count, PageInfo, wanted
from api.requests import request
from api.tag_type import Tag, sees_sensitive
from api.translations import TranslationInput
from customers import tags
from customers.tags import TagDraft
from domain import cursors
from domain.errors import NotFound
from domain.idempotency import Answer, Memory
from domain.ids import TagId

_LIST: Final = "tags"


@strawberry.type(description="A page of tags, by key.")
class TagConnection:
    search: strawberry.Private[str | None]
    group: strawberry.Private[str | None]
    nodes: list[Tag] = attribute("The tags.")
    page_info: PageInfo = attribute("Where the page stands in the list.")

    @field("How many tags fit in all, counted up to 10,000.", cost=5)
    async def total_count(self, info: Info) -> Count:
        counted = await info.context.services.tag_definitions.count(
            search=self.search,
            group=self.group,
            sensitive=sees_sensitive(info.context),
            limit=MOST_COUNTED,
        )
        return Count.of(counted, MOST_COUNTED)


@strawberry.type(description="The tag after the write.")
class TagPayload:
    tag: Tag = attribute("The tag as it is now.")
    replayed: bool = attribute(
        "Whether this is the answer to an earlier request with the same key."
    )


TagResult = Annotated[
    TagPayload
    | ValidationFailedError
    | NotFoundError
    | InvalidStateError
    | IdempotencyMismatchError,
    strawberry.union("TagResult", description="The tag, or why it was not saved."),
]


@strawberry.type
class TagQueries:
    @field("Tags by key; sensitive ones need pii:read.")
    async def tags(
        self,
        info: Info,
        search: Annotated[
            str | None,
            strawberry.argument(description="The beginning of the key or of a word of a label."),
        ] = None,
        group: Annotated[
            str | None, strawberry.argument(description="Only tags of this group.")
        ] = None,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")] = 50,
        after: Annotated[
            str | None, strawberry.argument(description="Start behind this cursor.")
        ] = None,
    ) -> TagConnection:
        page = await info.context.services.tag_definitions.page(
            search=search,
            group=group,
            sensitive=sees_sensitive(info.context),
            first=wanted(first, None).limit,
            after=cursors.opened(after, _LIST, "after"),
        )
        ends = [cursors.sealed(row.cursor, _LIST) for row in page.rows]
        return TagConnection(
            search=search,
            group=group,
            nodes=tag_type.shown(info.context, [row.item for row in page.rows]),
            page_info=PageInfo.of(ends, has_next=page.has_next, has_previous=page.has_previous),
        )


@strawberry.type
class TagMutations:
    @mutation("Makes a tag, or with `id` replaces all that it says.", scope="tags:write")
    async def tag_save(
        self,
        info: Info,
        *,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Which tag; a new one without.")
        ] = None,
        key: Annotated[
            str,
            strawberry.argument(description="1 to 64 lower-case letters, digits and - _ . :"),
        ],
        label: Annotated[str, strawberry.argument(description="What people call it.")],
        labels: Annotated[
            list[TranslationInput] | None,
            strawberry.argument(description="The label in other languages."),
        ] = None,
        color: Annotated[
            str | None, strawberry.argument(description="A colour, written #rrggbb.")
        ] = None,
        description: Annotated[
            str | None, strawberry.argument(description="What it is for.")
        ] = None,
        group: Annotated[
            str | None, strawberry.argument(description="The group it belongs to.")
        ] = None,
        sensitive: Annotated[
            bool, strawberry.argument(description="Shows it only to callers with pii:read.")
        ] = False,
        idempotency_key: Key = None,
    ) -> TagResult:
        translations = tuple(each.read() for each in labels or ())
        draft = TagDraft(key, label, translations, color, description, group, sensitive)
        tag_id, by = TagId(id) if id is not None else None, info.context.caller.actor
        service, sees = info.context.services.tags, sees_sensitive(info.context)
        saved, replayed = await info.context.services.once.run(
            lambda: service.save(tag_id, draft, by, sees_sensitive=sees),
            request(info, idempotency_key),
            Memory(lambda tag: {"tag": tag.id}, lambda answer: _loaded(info, answer)),
        )
        return TagPayload(tag=tag_type.shown(info.context, [saved])[0], replayed=replayed)

    @mutation(
        "Takes a tag off every customer, or moves them to another tag, and deletes it. With many "
        "customers this takes a while; after a time-out call it again and it goes on.",
        scope="tags:write",
    )
    async def tag_delete(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which tag.")],
        move_to: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The tag to put on its customers instead."),
        ] = None,
    ) -> DeleteResult:
        await info.context.services.tag_removal.delete(
            TagId(id),
            TagId(move_to) if move_to is not None else None,
            info.context.caller.actor,
            sees_sensitive=sees_sensitive(info.context),
        )
        return DeletedPayload(id=id)


async def _loaded(info: Info, answer: Answer) -> tags.Tag:
    tag_id = TagId(answer["tag"])
    found = await info.context.services.tag_definitions.get_many([tag_id])
    if tag_id not in found:
        raise NotFound("tag", ("id",))
    return found[tag_id]


async def tags_by_id(info: Info, ids: Sequence[str]) -> Mapping[str, Tag]:
    """Tags by id, for ``node``; none that the caller may not see."""
    found = await info.context.services.tag_definitions.get_many([TagId(each) for each in ids])
    seen = [record for record in found.values() if tag_type.visible(info.context, record)]
    return {str(tag.id): tag for tag in tag_type.shown(info.context, seen)}
