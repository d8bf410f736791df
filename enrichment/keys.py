"""What a customer may be matched by, in the least revealing form that a source accepts.

A hash goes before the domain of a mailbox, and that before the plain value. Mailboxes and lines
that many people share are withheld with a reason: a match on one would be somebody else's data.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from domain.contact import Email, Phone, is_shared_line
from domain.customer import Customer
from domain.errors import IdentityKind
from domain.personal import Contact, NotPersonal
from enrichment.recipes import RECIPES, Unhashable


class KeyKind(StrEnum):
    """Forms of a contact, least revealing first."""

    EMAIL_HASH = "EMAIL_HASH"
    PHONE_HASH = "PHONE_HASH"
    EMAIL_DOMAIN = "EMAIL_DOMAIN"
    EMAIL = "EMAIL"
    PHONE = "PHONE"

    @property
    def identity(self) -> IdentityKind:
        """What kind of identity stands behind the form."""
        phone = self in {KeyKind.PHONE, KeyKind.PHONE_HASH}
        return IdentityKind.PHONE if phone else IdentityKind.EMAIL

    @property
    def hashed(self) -> bool:
        return self in {KeyKind.EMAIL_HASH, KeyKind.PHONE_HASH}

    @property
    def plain(self) -> bool:
        """Whether it reveals the whole contact, so that a source must be allowed it by name."""
        return self in {KeyKind.EMAIL, KeyKind.PHONE}


def labelled(kind: KeyKind, recipe: str | None) -> str:
    return f"{kind} ({recipe})" if recipe else str(kind)


@dataclass(frozen=True, slots=True)
class AcceptedKey:
    """A form that a source can look people up by; hashes name their recipe."""

    kind: KeyKind
    recipe: str | None = None

    @property
    def label(self) -> str:
        """As people read it: ``EMAIL_HASH (lower_trim.v1)``."""
        return labelled(self.kind, self.recipe)


@dataclass(frozen=True, slots=True)
class MatchKey:
    """One value to look a person up by; its text never shows the value."""

    kind: Annotated[KeyKind, NotPersonal]
    recipe: Annotated[str | None, NotPersonal]
    value: Annotated[str, Contact] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys in order of preference, primary contacts first, and why others were withheld."""

    usable: tuple[MatchKey, ...]
    withheld: tuple[str, ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ROLES: Final = _words(
    "abuse accounting accounts admin administrator billing contact customerservice enquiries "
    "hello help hostmaster hr info inbox invoice jobs legal mail mailer-daemon marketing media "
    "newsletter no-reply nobody noreply office orders postmaster press privacy reception root "
    "sales security service shop spam staff support team test tests unsubscribe webmaster "
    "null none unknown anonymous undefined"
)


def is_shared_mailbox(email: Email) -> bool:
    """Whether the mailbox belongs to a role, a machine or a placeholder instead of a person.

    RFC 2142 names, the usual office names, and local parts without a letter in any script but
    one repeated sign (``0000``, ``-``).
    """
    local = email.norm.rpartition("@")[0].partition("+")[0]
    return local in _ROLES or (len(set(local)) == 1 and not local.isalpha())


def match_keys(customer: Customer, accepted: Collection[AcceptedKey], *, plain: bool) -> Keys:
    """The strongest form of every contact; a plain one only where ``plain`` permits it."""
    forms = sorted(accepted, key=lambda a: (list(KeyKind).index(a.kind), a.recipe or ""))
    usable: dict[MatchKey, None] = {}
    withheld: dict[str, None] = {}
    for kind, contact in _contacts(customer):
        fitting = [form for form in forms if form.kind.identity is kind]
        found = _strongest(contact, fitting, plain=plain) if fitting else None
        if isinstance(found, MatchKey):
            usable[found] = None
        elif found is not None:
            withheld[f"{kind}: {found}"] = None
    return Keys(tuple(usable), tuple(withheld))


def _contacts(customer: Customer) -> Iterator[tuple[IdentityKind, Email | Phone]]:
    for mail in customer.emails:
        yield IdentityKind.EMAIL, mail.email
    for line in customer.phones:
        yield IdentityKind.PHONE, line.phone


def _strongest(contact: Email | Phone, forms: list[AcceptedKey], *, plain: bool) -> MatchKey | str:
    """The key, or the reason why there is none; ``forms`` come strongest first."""
    domain_only = all(form.kind is KeyKind.EMAIL_DOMAIN for form in forms)
    if _is_shared(contact) and not domain_only:
        return "shared by many people"
    reason = "no form is accepted"
    for form in forms:
        if form.kind.plain and not plain:
            reason = "the source is not permitted plain values"
            continue
        try:
            return MatchKey(form.kind, form.recipe, _value(contact, form))
        except Unhashable as problem:
            reason = str(problem)
    return reason


def _is_shared(contact: Email | Phone) -> bool:
    if isinstance(contact, Email):
        return is_shared_mailbox(contact)
    return is_shared_line(contact)


def _value(contact: Email | Phone, form: AcceptedKey) -> str:
    """The address as written is hashed: recipes differ in what they fold."""
    if form.kind is KeyKind.EMAIL_DOMAIN:
        return contact.norm.rpartition("@")[2]
    if not form.kind.hashed or form.recipe is None:
        return contact.norm
    recipe = RECIPES[form.recipe]
    if isinstance(contact, Email):
        return recipe.hash_email(contact.address)
    return recipe.hash_phone(contact.e164)
