"""Documents of the floor, read and written by hand: the same fields, the same indexes to keep."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import ids
from domain.secret import Secret

Document = dict[str, Any]

_BY = {"kind": "API_KEY", "id": "key_00000000000000000000000000", "label": "bench"}


def customer(document: Document) -> Document:
    """One customer, as the API shows them."""
    name, email, phone = document["name"], document["emails"][0], document["phones"][0]
    return {
        "id": document["_id"],
        "version": document["version"],
        "status": document["status"],
        "displayName": f"{name['given']} {name['family']}",
        "name": {"given": name["given"], "family": name["family"]},
        "locale": document["locale"],
        "country": document["country"],
        "createdAt": document["created_at"],
        "updatedAt": document["updated_at"],
        "primaryEmail": {
            "address": email["address"],
            "deliverability": email["deliverability"],
            "verifiedAt": email.get("verified_at"),
        },
        "primaryPhone": {"e164": phone["e164"]},
    }


def row(
    document: Document, tags: dict[str, Document], tiers: dict[str, str], now: datetime
) -> Document:
    """One customer of a page, with tags, tier and the decision about writing to them."""
    loyalty, shown = document["loyalty"], [tags[each["id"]] for each in document["tags"]]
    allowed = any(
        state["purpose"] == "marketing"
        and state["channel"] == "EMAIL"
        and state["status"] == "GRANTED"
        and (state["expires_at"] is None or state["expires_at"] > now)
        for state in document["consent"]["states"]
    )
    name = document["name"]
    return {
        "id": document["_id"],
        "version": document["version"],
        "status": document["status"],
        "displayName": f"{name['given']} {name['family']}",
        "country": document["country"],
        "createdAt": document["created_at"],
        "updatedAt": document["updated_at"],
        "primaryEmail": {"address": document["emails"][0]["address"]},
        "tags": {"nodes": [{"key": tag["key"], "label": tag["label"]["text"]} for tag in shown]},
        "loyalty": {
            "points": loyalty["points"],
            "tier": {"key": loyalty["tier"], "name": tiers[loyalty["tier"]]},
        },
        "consent": {"allowed": allowed, "reason": "GRANTED" if allowed else "REFUSED"},
    }


@dataclass(frozen=True, slots=True)
class Creation:
    """A customer to create, the moment, and the 62 random bits that their ids have in common."""

    asked: Document
    at: datetime
    milliseconds: int
    randomness: int

    def documents(self, tag_ids: dict[str, str], secret: Secret) -> list[tuple[str, Document]]:
        """What is inserted in one transaction, by collection; the customer first."""
        customer_id = self._id(ids.CUSTOMER)
        return [
            ("customers", self._customer(customer_id, tag_ids)),
            ("identities", self._identity(customer_id, "EMAIL", self.asked["emails"][0], secret)),
            ("identities", self._identity(customer_id, "PHONE", self.asked["phones"][0], secret)),
            ("consent_records", self._consent(customer_id)),
            ("outbox", self._fact(customer_id, "CONSENT_CHANGED", 1)),
            ("outbox", self._fact(customer_id, "CUSTOMER_CREATED", 2)),
        ]

    def _id(self, prefix: str, number: int = 0) -> str:
        randomness = self.randomness ^ number
        return ids.typed(prefix, ids.uuid7(milliseconds=self.milliseconds, randomness=randomness))

    def _customer(self, customer_id: str, tag_ids: dict[str, str]) -> Document:
        name, email, phone = self.asked["name"], self.asked["emails"][0], self.asked["phones"][0]
        given, family = name["given"], name["family"]
        key, title = f"{self.milliseconds:012x}.{customer_id}", f"{given} {family}".casefold()
        return {
            "_id": customer_id,
            "version": 1,
            "created_at": self.at,
            "updated_at": self.at,
            "status": "ACTIVE",
            "name": name,
            "emails": [{"address": email, "norm": email.casefold(), "deliverability": "UNKNOWN"}],
            "phones": [{"e164": phone, "region": "US"}],
            "external_ids": [],
            "locale": None,
            "time_zone": None,
            "birthday": None,
            "addresses": [],
            "attributes": [],
            "country": "US",
            "family": family.casefold(),
            "tags": [
                {"id": tag_ids[tag], "at": self.at, "by": _BY, "until": None}
                for tag in self.asked["tags"]
            ],
            "search": [*title.split(), email, phone, phone[1:]],
            "sort": {
                "created": key,
                "updated": key,
                "name": f"{title.encode()[:48].hex():0<12}.{customer_id}",
            },
            "consent": {"seq": 1, "states": [self._state()]},
            "loyalty": {
                "seq": 0,
                "points": 0,
                "earned": 0,
                "tier": "bronze",
                "sort": f"{1 << 40:012x}.{customer_id}",
            },
            "enriched": [],
        }

    def _state(self) -> Document:
        said = self.asked["consents"][0]
        return {
            "channel": said["channel"],
            "status": said["status"],
            "basis": "CONSENT",
            "purpose": said["purpose"],
            "since": self.at,
            "record_id": self._id("con"),
            "recorded_at": self.at,
            "expires_at": None,
            "imported": False,
            "double_opt_in_at": None,
        }

    def _identity(self, customer_id: str, kind: str, norm: str, secret: Secret) -> Document:
        key = f"{kind.lower()}:{secret.digest(f'identity:{kind}', norm)}"
        return {"_id": key, "customer_id": customer_id, "kind": kind}

    def _consent(self, customer_id: str) -> Document:
        said = self.asked["consents"][0]
        wording = hashlib.sha256(said["wording"].encode()).hexdigest()
        return {
            "_id": self._id("con"),
            "customer_id": customer_id,
            "channel": said["channel"],
            "status": said["status"],
            "basis": "CONSENT",
            "recorded_by": _BY,
            "act": f"{customer_id}:{wording}",
            "seq": 1,
            "purpose": said["purpose"],
            "collected_at": self.at,
            "recorded_at": self.at,
            "source": said["source"],
            "policy_version": said["policyVersion"],
            "wording_hash": wording,
            "locale": None,
            "double_opt_in_at": None,
            "expires_at": None,
            "imported": False,
        }

    def _fact(self, customer_id: str, topic: str, number: int) -> Document:
        return {
            "_id": self._id(ids.FACT, number),
            "topic": topic,
            "customer_id": customer_id,
            "at": self.at,
            "by": _BY,
            "changed_fields": ["name", "emails", "phones", "tags"],
            "version": 1,
            "status": "pending",
            "next_at": self.at,
        }
