"""The operations that a shop's own front ends ask, from the manifest that the settings name."""

from pathlib import Path

from api.app import CannotStart
from api.execution.documents import Documents, ManifestUnfit, manifest
from api.execution.schema import Schema
from api.schema import SCHEMA
from api.settings import Settings


def trusted(settings: Settings) -> tuple[Schema, Documents]:
    """The schema with the manifest's documents prepared, and the way to find them by their ids.

    Raises CannotStart where one of them would be refused, or the manifest cannot be read.
    """
    path = settings.trusted_documents
    if path is None:
        if settings.only_trusted:
            message = "RAPPORT_ONLY_TRUSTED needs RAPPORT_TRUSTED_DOCUMENTS: name the manifest."
            raise CannotStart(message)
        return SCHEMA, Documents()
    try:
        documents = manifest(_read(path))
        schema = SCHEMA.trusting(documents, only=settings.only_trusted)
    except ManifestUnfit as problem:
        raise CannotStart(f"The manifest {path} does not fit: {problem}") from None
    return schema, Documents(documents, registering=not settings.only_trusted)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        message = f"The manifest {path} cannot be read: {problem.strerror}."
        raise CannotStart(message) from None
