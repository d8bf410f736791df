"""Input objects read by functions made once, when the schema is built.

Strawberry reads an input value anew each time: it resolves the annotation of every field, makes its
name, and asks what kind of type it is, also for fields that were not given. For a new customer that
is a fifth of the whole request.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING
from typing import Any, Final

from strawberry import Some
from strawberry.relay import GlobalID
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    StrawberryType,
    has_object_definition,
)
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

Reader = Callable[[Any, InputContext], Any]
"""From a value that graphql-core has coerced to what a resolver gets."""

_Fields = Mapping[str, tuple[str, Reader]]


def make_readers(definitions: Iterable[object], config: StrawberryConfig) -> None:
    """Gives every input type among ``definitions`` a reader.

    One that has its own keeps it, and one with a ``Maybe`` that takes no null stays Strawberry's,
    which looks for such nulls only in types without a reader.

    What a reader makes equals what Strawberry makes, to the type; tests hold the two together.
    """
    known = (each for each in definitions if isinstance(each, StrawberryObjectDefinition))
    for definition in known:
        own = definition.from_input is not None or any(
            _refuses_null(each.type) for each in definition.fields
        )
        if definition.is_input and not own:
            definition.from_input = _Input(definition, config)


class _Input:
    """Builds values of one input type; its fields are looked at when the first one is built."""

    def __init__(self, definition: StrawberryObjectDefinition, config: StrawberryConfig) -> None:
        self._definition = definition
        self._config = config
        self._fields: _Fields | None = None
        # what is left out is None, unless the class has a default of its own
        self._absent: Final = {
            each.python_name: None for each in definition.fields if not _has_default(each)
        }

    def __call__(self, kind: type, given: Mapping[str, Any], context: InputContext) -> Any:
        fields = self._fields
        if fields is None:
            # not before: annotations may name types that were still to be defined
            fields = self._fields = dict(map(self._field, self._definition.fields))
        arguments: dict[str, Any] = dict(self._absent)
        for name, value in given.items():
            python_name, read = fields[name]
            arguments[python_name] = read(value, context)
        return kind(**arguments)

    def _field(self, field: StrawberryField) -> tuple[str, tuple[str, Reader]]:
        kind = field.resolve_type(type_definition=self._definition)
        name = self._config.name_converter.from_field(field)
        return name, (field.python_name, reader(kind))


def _refuses_null(kind: object) -> bool:
    return isinstance(kind, StrawberryMaybe) and not isinstance(kind.of_type, StrawberryOptional)


def _has_default(field: Any) -> bool:
    return field.default_value is not MISSING or field.default_factory is not MISSING


def reader(kind: StrawberryType | type) -> Reader:
    """The function for values of this type, in an input object or as an argument."""
    if _refuses_null(kind) or kind is GlobalID:
        # Strawberry looks at the value first
        return lambda value, context: context.convert(value, kind)
    if isinstance(kind, StrawberryMaybe):
        return _some(reader(kind.of_type))
    if isinstance(kind, StrawberryOptional):
        return _present(reader(kind.of_type))
    if isinstance(kind, StrawberryList):
        return _each(reader(kind.of_type))
    if isinstance(kind, LazyType):
        return reader(kind.resolve_type())
    return _object(kind) if has_object_definition(kind) else _same


def is_as_given(read: Reader) -> bool:
    """Whether the reader hands on what it gets."""
    return read is _same


def _same(value: Any, context: InputContext) -> Any:
    """Scalars and members of enums: graphql-core has made them already."""
    return value


def _object(kind: Any) -> Reader:
    """By the reader of the type itself, where it has one of ours: Strawberry would find it anew."""
    build: Any = kind.__strawberry_definition__.from_input
    if isinstance(build, _Input):
        return lambda value, context: None if value is None else build(kind, value, context)
    return lambda value, context: context.convert(value, kind)


def _some(read: Reader) -> Reader:
    return lambda value, context: Some(read(value, context))


def _present(read: Reader) -> Reader:
    if read is _same:
        return _same
    return lambda value, context: None if value is None else read(value, context)


def _each(read: Reader) -> Reader:
    if read is _same:
        # a copy: graphql-core gives one and the same default to every request
        return lambda values, _: list(values)
    return lambda values, context: [read(value, context) for value in values]
