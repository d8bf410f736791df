"""From reported acts to records: hashes, numbers, and when two acts are the same act."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from consent.records import ConsentAct, ConsentRecord, ConsentStanding
from consent.reducing import extend
from domain.actor import Actor
from domain.ids import CONSENT_RECORD, ConsentRecordId
from domain.ports import Ids


# a shop shows few texts, and records each of them many times
@lru_cache(maxsize=256)
def wording_hash(wording: str) -> str:
    """SHA-256 of the text that was shown, in NFC with LF line ends, as 64 hex digits."""
    text = wording.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def act_key(said: ConsentAct | ConsentRecord) -> str:
    """Equal for two reports of one act: same purpose, channel, status, basis, times, evidence."""
    hashed = said.wording_hash if isinstance(said, ConsentRecord) else wording_hash(said.wording)
    return _digest(
        *(said.purpose, said.channel or "", said.status, said.basis),
        *(_instant(said.collected_at), said.expires_at and _instant(said.expires_at)),
        *(said.source.strip(), said.policy_version.strip(), hashed),
    )


# an act is asked for its key as it is checked and again as it is written, and a file says the same
# act of many people
@lru_cache(maxsize=256)
def _digest(*parts: str | datetime | None) -> str:
    told = (part.isoformat() if isinstance(part, datetime) else part or "" for part in parts)
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Recording:
    """Who records, when, and whether out of another system's file."""

    by: Actor
    at: datetime
    imported: bool = False


def append(
    standing: ConsentStanding, acts: Iterable[ConsentAct], recording: Recording, ids: Ids
) -> tuple[tuple[ConsentRecord, ...], ConsentStanding]:
    """The records of checked acts, numbered on from the standing, and the standing after them."""
    records = tuple(_numbered(standing, acts, recording, ids))
    states = extend(standing.states, records)
    seq = standing.seq + len(records)
    return records, ConsentStanding(standing.customer_id, seq, states, standing.status)


def _numbered(
    standing: ConsentStanding, acts: Iterable[ConsentAct], recording: Recording, ids: Ids
) -> Iterator[ConsentRecord]:
    for seq, act in enumerate(acts, standing.seq + 1):
        yield ConsentRecord(
            id=ConsentRecordId(ids(CONSENT_RECORD)),
            customer_id=standing.customer_id,
            seq=seq,
            purpose=act.purpose,
            channel=act.channel,
            status=act.status,
            basis=act.basis,
            collected_at=_instant(act.collected_at),
            recorded_at=recording.at,
            recorded_by=recording.by,
            source=act.source.strip(),
            policy_version=act.policy_version.strip(),
            wording_hash=wording_hash(act.wording),
            locale=act.locale,
            expires_at=_instant(act.expires_at) if act.expires_at else None,
            imported=recording.imported,
        )


def _instant(moment: datetime) -> datetime:
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    if not moment.microsecond % 1000:
        return moment
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
