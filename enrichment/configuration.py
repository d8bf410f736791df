"""The sources of a server from its ``sources.toml`` (or JSON): what partners gave us and how."""

import json
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.personal import PiiClass
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.providers.email_domain import EmailDomain
from enrichment.providers.phone_metadata import PhoneMetadata
from enrichment.providers.table_file import TableFile
from enrichment.providers.table_shape import KeyColumn, TableShape, ValueColumn
from enrichment.registry import Sources
from enrichment.sources import Misconfigured, Source, SourceCapability, Trust
from enrichment.values import EnrichedField, ValueType

_SUFFIXES: Final = {".csv", ".parquet"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Key(_Strict):
    column: str
    recipe: str | None = None
    confidence: float = Field(default=0.9, ge=0, le=1)


class _Match(_Strict):
    email_hash: _Key | None = None
    phone_hash: _Key | None = None
    email_domain: _Key | None = None
    email: _Key | None = None
    phone: _Key | None = None

    def keys(self) -> dict[KeyKind, _Key]:
        found = {kind: getattr(self, kind.lower()) for kind in KeyKind}
        return {kind: key for kind, key in found.items() if key is not None}


class _Attribute(_Strict):
    column: str
    type: ValueType = ValueType.STRING
    label: str | None = None
    pii: PiiClass = PiiClass.DEMOGRAPHIC
    separator: str = Field(default="|", min_length=1)


class _Partner(_Strict):
    kind: Literal["table_file"]
    key: str
    name: str
    file: Path
    licence: str
    version: str = "1"
    region: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    purpose: str = "enrichment"
    trust: Trust = Trust.PARTNER
    plain_keys: bool = False
    ttl_days: int | None = Field(default=None, gt=0)
    timeout_seconds: float = Field(default=60, gt=0)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    record: str | None = None
    observed_at: str | None = None
    match: _Match
    attributes: dict[str, _Attribute] = Field(min_length=1)


class _Configuration(_Strict):
    phone_metadata: bool = True
    email_domain: bool = True
    source: tuple[_Partner, ...] = ()


def load(path: Path | None, *, required: bool = False) -> Sources:
    """The sources that ``path`` describes; the two built-in ones alone where there is no file.

    A file that is ``required`` must be there.

    Files of partners are found relative to the configuration. Raises Misconfigured with the
    place and what to write there. Nothing is opened yet: see ``Sources.check``.
    """
    there = path is not None and (required or path.exists())
    found = _read(path) if path is not None and there else _Configuration()
    folder = path.parent if path is not None else Path()
    sources: list[Source] = [_partner(partner, folder) for partner in found.source]
    if found.phone_metadata:
        sources.append(PhoneMetadata())
    if found.email_domain:
        sources.append(EmailDomain())
    return Sources(sources)


def _read(path: Path) -> _Configuration:
    try:
        text = path.read_text("utf-8-sig")
        raw = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        return _Configuration.model_validate(raw)
    except ValidationError as problem:
        issues = "; ".join(
            f"{'.'.join(map(str, issue['loc']))}: {issue['msg']}" for issue in problem.errors()
        )
        raise Misconfigured(f"{path}: {issues}.") from None
    except OSError as problem:
        raise Misconfigured(f"{path} cannot be read: {problem.strerror}.") from None
    except ValueError as problem:
        raise Misconfigured(f"{path} cannot be read: {problem}.") from None


def _partner(partner: _Partner, folder: Path) -> TableFile:
    if partner.file.suffix.lower() not in _SUFFIXES:
        raise Misconfigured(f"Source {partner.key!r}: its file must end with .csv or .parquet.")
    shape = TableShape(
        path=folder / partner.file,
        keys=tuple(KeyColumn(k.column, kind, k.recipe) for kind, k in partner.match.keys().items()),
        values=tuple(
            ValueColumn(
                a.column, EnrichedField(key, a.type, a.label or _label(key), a.pii), a.separator
            )
            for key, a in partner.attributes.items()
        ),
        record=partner.record,
        observed_at=partner.observed_at,
        delimiter=partner.delimiter,
    )
    return TableFile(_capability(partner, shape), shape)


def _capability(partner: _Partner, shape: TableShape) -> SourceCapability:
    return SourceCapability(
        key=partner.key,
        name=partner.name,
        licence=partner.licence,
        version=partner.version,
        accepts=tuple(AcceptedKey(key.kind, key.recipe) for key in shape.keys),
        fields=tuple(value.field for value in shape.values),
        trust=partner.trust,
        purpose=partner.purpose,
        region=partner.region,
        plain_keys=partner.plain_keys,
        calibration={kind: key.confidence for kind, key in partner.match.keys().items()},
        ttl=None if partner.ttl_days is None else timedelta(days=partner.ttl_days),
        timeout=timedelta(seconds=partner.timeout_seconds),
    )


def _label(key: str) -> str:
    return key.replace("_", " ").replace(".", " ").capitalize()
