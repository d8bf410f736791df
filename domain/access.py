"""Who may do what: scopes, the roles that bundle them, and the caller who holds them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from domain.actor import Actor, ActorKind
from domain.errors import Invalid, Issue, invalid
from domain.ids import KeyId

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customers:read": "Look customers up and list them; contacts stay masked.",
        "customers:write": "Create and change customers, and put tags on them.",
        "customers:merge": "Merge two records of one person, and part them again.",
        "tags:write": "Make, rename and delete tags.",
        "attributes:write": "Define custom attributes.",
        "notes:read": "Read what colleagues wrote about a customer.",
        "notes:write": "Write, change and delete notes about a customer.",
        "pii:read": "See names, contacts, addresses and birthdays unmasked; each read is logged.",
        "consent:read": "Read the history of what a customer allowed, with its evidence.",
        "consent:write": "Record what a customer allowed, refused or withdrew.",
        "loyalty:read": "Read the ledger of points.",
        "loyalty:write": "Book points, up or down.",
        "enrichment:read": "Read what outside sources added, with where it came from.",
        "enrichment:run": "Ask outside sources about customers, where their consent allows it.",
        "enrichment:write": "Accept or reject what outside sources proposed.",
        "privacy:read": "Read privacy requests and their progress.",
        "privacy:write": "Take, approve and refuse privacy requests, erasures included.",
        "audit:read": "Read who looked at whose personal data.",
        "bulk:run": "Import, export and change many customers at once.",
        "webhooks:read": "Read webhook endpoints and their deliveries.",
        "webhooks:write": "Change webhook endpoints and send deliveries again.",
    }
)
"""Every scope there is, and what it lets its holder do."""

ROLES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "storefront": frozenset(
            {"customers:read", "customers:write", "pii:read", "consent:read", "consent:write"}
            | {"loyalty:read"}
        ),
        "partner": frozenset(
            {"customers:read", "customers:write", "consent:read", "consent:write"}
            | {"loyalty:read", "loyalty:write", "enrichment:read"}
        ),
        "marketer": frozenset(
            {"customers:read", "tags:write", "consent:read", "loyalty:read"}
            | {"enrichment:read", "enrichment:run", "bulk:run"}
        ),
        "support": frozenset(
            {"customers:read", "customers:write", "pii:read", "notes:read", "notes:write"}
            | {"consent:read", "consent:write", "loyalty:read", "loyalty:write"}
            | {"enrichment:read"}
        ),
        "privacy-officer": frozenset(
            {"customers:read", "pii:read", "notes:read", "consent:read", "consent:write"}
            | {"loyalty:read", "enrichment:read", "enrichment:write"}
            | {"privacy:read", "privacy:write", "audit:read"}
        ),
        "admin": frozenset(SCOPES),
    }
)
"""Named sets of scopes for the usual jobs; a key may also name its scopes one by one."""


def scopes(names: Iterable[str]) -> frozenset[str]:
    """The scopes so named; raises Invalid with an issue for each unknown one, naming the known."""
    wanted = frozenset(names)
    unknown = sorted(wanted - SCOPES.keys())
    if unknown:
        raise Invalid(*(_unknown("scope", name, SCOPES) for name in unknown))
    return wanted


def role(name: str) -> frozenset[str]:
    """The scopes of a role; raises Invalid, naming the known roles."""
    if name not in ROLES:
        raise Invalid(_unknown("role", name, ROLES))
    return ROLES[name]


def granted(*, roles: Iterable[str] = (), names: Iterable[str] = ()) -> frozenset[str]:
    """Everything that these roles and scopes allow together; raises Invalid where it is nothing."""
    found = scopes(names).union(*(role(each) for each in roles))
    if not found:
        raise invalid(("scopes",), "SCOPES_REQUIRED", "Name a role, or at least one scope.")
    return found


def _unknown(kind: str, name: str, known: Iterable[str]) -> Issue:
    message = f"There is no {kind} {name!r}: the {kind}s are {', '.join(known)}."
    return Issue((f"{kind}s",), f"{kind.upper()}_UNKNOWN", message)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds a key that was checked, for the length of one request."""

    key_id: KeyId
    label: str
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        """The caller as records remember it."""
        return Actor(ActorKind.API_KEY, self.key_id, self.label)

    def may(self, scope: str) -> bool:
        """Whether the caller holds the scope."""
        return scope in self.scopes
