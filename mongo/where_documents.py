"""A filter as it is kept with a run, so that another process can continue it."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from domain import query
from domain.query import Field, Where
from mongo.driver import Document

_KINDS: Final = {
    kind.__name__: kind
    for kind in (
        *(query.All, query.AnyOf, query.Not, query.In, query.StartsWith, query.Exists),
        *(query.Between, query.HasAttribute, query.HasTag, query.HasConsent, query.HasGrant),
    )
}


def where_document(where: Where) -> Document:
    """The tree with the name of each node's kind."""
    parts = {f.name: _packed(getattr(where, f.name)) for f in dataclasses.fields(where)}
    return {"kind": type(where).__name__, **parts}


def where_of(document: Document) -> Where:
    """The tree again; raises KeyError for a kind this version does not know."""
    parts = {name: _unpacked(value) for name, value in document.items() if name != "kind"}
    return _KINDS[document["kind"]](**parts)


def _packed(value: object) -> Any:
    pack = _PACK.get(type(value))
    if pack is not None:
        return pack(value)
    is_node = type(value).__name__ in _KINDS
    return where_document(cast("Where", value)) if is_node else value


def _unpacked(value: object) -> Any:
    unpack = _UNPACK.get(type(value))
    return value if unpack is None else unpack(value)


def _unpacked_document(document: Document) -> Any:
    if "field" in document and len(document) == 1:
        return Field(document["field"])
    if "set" in document and len(document) == 1:
        return frozenset(document["set"])
    return where_of(document)


_PACK: Final[Mapping[type, Callable[[Any], Any]]] = {
    Field: lambda field: {"field": field.value},
    frozenset: lambda members: {"set": sorted(members)},
    tuple: lambda parts: [_packed(part) for part in parts],
}
_UNPACK: Final[Mapping[type, Callable[[Any], Any]]] = {
    dict: _unpacked_document,
    list: lambda parts: tuple(_unpacked(part) for part in parts),
}
