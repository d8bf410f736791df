"""What is personal data: the annotation behind export, erasure, masking, audit and record."""

import dataclasses
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PiiClass(StrEnum):
    """The categories that the access log, the masks and the published schema speak of."""

    CONTACT = "contact"
    IDENTITY = "identity"
    DEMOGRAPHIC = "demographic"
    LOCATION = "location"
    BEHAVIOUR = "behaviour"


class Erasure(StrEnum):
    """What an erasure does with the field."""

    DELETE = "delete"
    PSEUDONYMISE = "pseudonymise"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field as personal data (GDPR Art. 4(1)).

    Put it in ``Annotated``: ``address: Annotated[str, Personal(PiiClass.CONTACT)]``.
    ``portable`` says that the person gave the value, so that it belongs in a portability
    export (GDPR Art. 20); ``erasure`` is what an erasure does with it.
    """

    category: PiiClass
    portable: bool = True
    erasure: Erasure = Erasure.DELETE


@dataclass(frozen=True, slots=True)
class NotPersonalMark:
    """The mark behind ``NotPersonal``: says nothing about the person by itself."""


NotPersonal = NotPersonalMark()
"""Marks a field that says nothing about a person: ``version: Annotated[int, NotPersonal]``."""

Contact = Personal(PiiClass.CONTACT)
Identity = Personal(PiiClass.IDENTITY)
Demographic = Personal(PiiClass.DEMOGRAPHIC)
Location = Personal(PiiClass.LOCATION)
Behaviour = Personal(PiiClass.BEHAVIOUR)
Observed = Personal(PiiClass.BEHAVIOUR, portable=False)
"""Behaviour that we, not the person, wrote down: in an access copy, not in a portability export."""


@dataclass(frozen=True, slots=True)
class Classified:
    """One field of one model with its mark; None where it declares neither."""

    model: type
    field: str
    mark: Personal | NotPersonalMark | None


def classification(model: type) -> Iterator[Classified]:
    """Every field of a dataclass, and of the dataclasses inside it, with its mark.

    A field whose type is (a collection of) another dataclass is classified by that one's fields.
    """
    hints = typing.get_type_hints(model, include_extras=True)
    for field in dataclasses.fields(model):
        mark = _mark(hints[field.name])
        inner = [] if mark else list(_models_in(hints[field.name]))
        if mark or not inner:
            yield Classified(model, field.name, mark)
        for child in inner:
            yield from classification(child)


def _mark(hint: object) -> Personal | NotPersonalMark | None:
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Personal | NotPersonalMark):
            return extra
    return None


def _models_in(hint: object) -> Iterator[type]:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for argument in typing.get_args(hint):
        yield from _models_in(argument)
