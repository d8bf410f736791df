"""Every collection is in the census, and every field it keeps says whether it is personal."""

from collections.abc import Collection, Iterator, Mapping

from domain.personal import Personal, classification


def unclassified(models: Mapping[str, tuple[type, ...]]) -> Iterator[str]:
    """Fields that say neither; for a person their loss would go unnoticed."""
    for collection, kept in models.items():
        for model in kept:
            for found in classification(model):
                if found.mark is None:
                    yield f"{collection}: {found.model.__name__}.{found.field} says neither"


def uncounted(
    collections: Collection[str],
    models: Mapping[str, tuple[type, ...]],
    person_free: Collection[str],
) -> Iterator[str]:
    """Collections that the census misses or misjudges."""
    for collection in sorted({*collections} - {*models} - {*person_free}):
        yield f"{collection}: name its models in mongo/schema.py, or declare it person-free"
    for collection in sorted({*models, *person_free} - {*collections}):
        yield f"{collection}: there is no such collection"
    for collection, kept in models.items():
        personal = any(_is_personal(model) for model in kept)
        if personal and collection in person_free:
            yield f"{collection}: declared person-free, yet it keeps personal fields"
        if not personal and collection not in person_free:
            yield f"{collection}: declare it person-free, an erasure passes it over"


def _is_personal(model: type) -> bool:
    return any(isinstance(found.mark, Personal) for found in classification(model))
