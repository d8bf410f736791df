"""Who did it: the caller behind every write and every logged read."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from domain.personal import NotPersonal


class ActorKind(StrEnum):
    STAFF = "STAFF"
    API_KEY = "API_KEY"
    CUSTOMER = "CUSTOMER"
    SYSTEM = "SYSTEM"
    IMPORT = "IMPORT"


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller as records remember it; ``label`` is the name of its key, never a person's."""

    kind: Annotated[ActorKind, NotPersonal]
    id: Annotated[str | None, NotPersonal]
    label: Annotated[str, NotPersonal]


SYSTEM = Actor(ActorKind.SYSTEM, None, "Rapport")
