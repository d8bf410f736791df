"""Shopify's customer export becomes drafts; the column sets of all its generations are known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import product
from typing import Any, Final

from consent.records import Channel, ConsentAct, ConsentStatus
from customers.defining import DefinitionDraft
from customers.drafts import AddressDraft, AttributeDraft, CustomerDraft
from customers.values import AttributeType
from domain.customer import ExternalId, PersonName
from domain.errors import Issue
from domain.issues import Issues
from domain.personal import PiiClass
from intake import cells
from intake.columns import column_behind
from intake.lines import UnreadableFile
from intake.rows import Drafted, Row
from intake.shopify_evidence import UNKNOWN_VERSION, UNKNOWN_WORDING
from intake.tags import keyed

SOURCE: Final = "shopify"
CONSENT_SOURCE: Final = "shopify-import"

# the newest export first; "Accepts Marketing" and unprefixed addresses are the older ones
_CONSENTS: Final[Mapping[str, Channel]] = {
    "Accepts Email Marketing": Channel.EMAIL,
    "Accepts Marketing": Channel.EMAIL,
    "Accepts SMS Marketing": Channel.SMS,
    "Accepts WhatsApp Marketing": Channel.MESSENGER,
}
_PREFIX: Final = "Default Address "
_ADDRESS: Final = ("Company", "Address1", "Address2", "City", "Province Code", "Province")
_COUNTRY: Final = ("Country Code", "Country")
_ZIP: Final = "Zip"
_TARGETS: Final = (
    *((f"external_id.{SOURCE}", "Customer ID"), (f"external_id.{SOURCE}", "ID")),
    *(("name.given", "First Name"), ("name.family", "Last Name")),
    *(("emails", "Email"), ("phones", "Phone"), ("tags", "Tags")),
)
_PLACES: Final = (
    *(("address.lines", name) for name in _ADDRESS[:3]),
    *(
        ("address.city", "City"),
        ("address.region", "Province Code"),
        ("address.region", "Province"),
    ),
    *(("address.country", "Country Code"), ("address.postal_code", _ZIP)),
)
"""What a mapping would call the columns; those of an address have a prefix in newer exports."""
_PLAIN: Final = ("Customer ID", "ID", "First Name", "Last Name", "Email", "Phone", "Tags")


@dataclass(frozen=True, slots=True)
class ShopAttribute:
    """A column that Rapport has no field for and keeps as a custom attribute."""

    column: str
    read: Callable[..., object]
    definition: DefinitionDraft


def _kept(column: str, key: str, kind: AttributeType, read: Callable[..., object]) -> ShopAttribute:
    filterable = kind is not AttributeType.STRING
    label, pii = f"{column} (Shopify)", PiiClass.BEHAVIOUR
    draft = DefinitionDraft(key, kind, label, filterable=filterable, pii_class=pii)
    return ShopAttribute(column, read, draft)


ATTRIBUTES: Final = (
    _kept("Total Spent", "shopify_total_spent", AttributeType.FLOAT, cells.decimal),
    _kept("Total Orders", "shopify_total_orders", AttributeType.INT, cells.integer),
    _kept("Tax Exempt", "shopify_tax_exempt", AttributeType.BOOLEAN, cells.flag),
    _kept("Note", "shopify_note", AttributeType.STRING, cells.text),
)


@dataclass(frozen=True, slots=True)
class ShopifyExport:
    """Reads rows of one export.

    A "yes" becomes a grant of ``marketing`` collected at ``collected_at`` under ``wording`` where
    version, wording and date were all given (``dated``: somebody named that date); else it awaits
    its evidence as PENDING. A "no" becomes a refusal, of which the import keeps only what it was
    told to.
    """

    columns: tuple[str, ...]
    collected_at: datetime
    policy_version: str = UNKNOWN_VERSION
    wording: str = UNKNOWN_WORDING
    dated: bool = False
    _places: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _acts: Mapping[tuple[Channel, bool], ConsentAct] = field(init=False, repr=False, compare=False)
    _behind: dict[str, Sequence[str]] = field(
        init=False, repr=False, compare=False, default_factory=dict[str, Sequence[str]]
    )

    def __post_init__(self) -> None:
        if "Email" not in self.columns or "First Name" not in self.columns:
            raise UnreadableFile(
                "This is no customer export of Shopify, which has the columns First Name and "
                "Email: use --format csv with a mapping file."
            )
        places = {name: self._address_column(name) for name in (*_ADDRESS, *_COUNTRY, _ZIP)}
        object.__setattr__(self, "_places", places)
        # what all rows say in the same words is the same act of each
        said = product(_CONSENTS.values(), (True, False))
        acts = {(by, granted): self._act(by, granted=granted) for by, granted in said}
        object.__setattr__(self, "_acts", acts)

    @property
    def asks(self) -> bool:
        """Whether any column is about consent."""
        return not _CONSENTS.keys().isdisjoint(self.columns)

    @property
    def unread(self) -> tuple[str, ...]:
        """Columns that nothing is taken from."""
        attributes = (each.column for each in ATTRIBUTES)
        known = {*_PLAIN, *_CONSENTS, *attributes, *self._places.values()}
        return tuple(name for name in self.columns if name and name not in known)

    def __call__(self, row: Row) -> Drafted:
        """The row as a draft; raises Invalid with every problem that can be seen in the row."""
        issues = Issues()
        remarks: list[Issue] = []
        attributes = tuple(_attributes(row, issues))
        labels = keyed((cells.text(row.values.get("Tags")) or "").split(","), remarks)
        draft = self._said(
            row,
            issues,
            name=_name(row),
            addresses=self._addresses(row, remarks),
            attributes=attributes,
            tags=tuple(labels),
        )
        issues.raise_any()
        named = partial(column_behind, draft, partial(self._columns_of, row))
        return Drafted(row.line, draft, tuple(remarks), labels, named)

    def answers(self, row: Row) -> CustomerDraft:
        """Of the row whom it is about and what of consent it says, as far as it can be read."""
        return self._said(row, Issues())

    def _columns_of(self, row: Row, target: str) -> Sequence[str]:
        """Of a target of a mapping: the columns that the row fills, else all there may be."""
        found = self._behind.get(target)
        if found is None:
            known = [name for own, name in self._targets() if f"{own}.".startswith(f"{target}.")]
            found = self._behind[target] = [name for name in known if name in self.columns]
        return [name for name in found if cells.text(row.values.get(name))] or found

    def _targets(self) -> Iterator[tuple[str, str]]:
        yield from _TARGETS
        yield from ((target, self._address_column(name)) for target, name in _PLACES)
        yield from ((f"attribute.{a.definition.key}", a.column) for a in ATTRIBUTES)
        yield from ((f"consents.marketing.{by.value}", name) for name, by in _CONSENTS.items())

    def _said(self, row: Row, issues: Issues, **more: Any) -> CustomerDraft:
        """What ``answers`` are about, and ``more`` of the row."""
        return CustomerDraft(
            emails=_listed(cells.text(row.values.get("Email"))),
            phones=_listed(cells.unguarded(row.values.get("Phone"))),
            default_phone_region=self._country(row),
            external_ids=_external_id(row),
            consents=tuple(self._consents(row, issues)),
            **more,
        )

    def _country(self, row: Row) -> str | None:
        code = cells.text(row.values.get(self._places["Country Code"]))
        return code.upper() if code else None

    def _addresses(self, row: Row, remarks: list[Issue]) -> tuple[AddressDraft, ...]:
        company, first, second, city, code, province = (
            cells.text(row.values.get(self._places[name])) for name in _ADDRESS
        )
        postal = cells.unguarded(row.values.get(self._places[_ZIP]))
        lines = tuple(line for line in (company, first, second) if line)
        if not (lines or city or postal):
            return ()
        country = self._country(row)
        if country is None:
            message = "The address has no country code and was left out."
            column = self._places["Country Code"]
            remarks.append(Issue((column,), "ADDRESS_WITHOUT_COUNTRY", message))
            return ()
        address = AddressDraft(lines, country, city, code or province, postal, is_default=True)
        return (address,)

    def _address_column(self, name: str) -> str:
        prefixed = f"{_PREFIX}{name}"
        return prefixed if prefixed in self.columns else name

    def _consents(self, row: Row, issues: Issues) -> list[ConsentAct]:
        acts: list[ConsentAct] = []
        for column, channel in _CONSENTS.items():
            if (cell := row.values.get(column)) is None:
                continue
            with issues.collect():
                said = cells.flag(cell, column)
                if said is not None:
                    acts.append(self._acts[channel, said])
        return acts

    @property
    def _agreed(self) -> ConsentStatus:
        # consent that cannot be proved is none (GDPR Art. 7(1), EDPB guidelines 05/2020)
        told = self.policy_version != UNKNOWN_VERSION and self.wording != UNKNOWN_WORDING
        return ConsentStatus.GRANTED if told and self.dated else ConsentStatus.PENDING

    def _act(self, channel: Channel, *, granted: bool) -> ConsentAct:
        return ConsentAct(
            purpose="marketing",
            status=self._agreed if granted else ConsentStatus.DENIED,
            collected_at=self.collected_at,
            source=CONSENT_SOURCE,
            policy_version=self.policy_version,
            wording=self.wording,
            channel=channel,
        )


def _name(row: Row) -> PersonName | None:
    given, family = (cells.text(row.values.get(name)) for name in ("First Name", "Last Name"))
    return PersonName(given=given, family=family) if given or family else None


def _external_id(row: Row) -> tuple[ExternalId, ...]:
    value = cells.unguarded(row.values.get("Customer ID") or row.values.get("ID"))
    return (ExternalId(SOURCE, value),) if value else ()


def _attributes(row: Row, issues: Issues) -> list[AttributeDraft]:
    found: list[AttributeDraft] = []
    for attribute in ATTRIBUTES:
        with issues.collect():
            value = attribute.read(row.values.get(attribute.column), attribute.column)
            if value is not None:
                found.append(AttributeDraft(attribute.definition.key, value))
    return found


def _listed(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
