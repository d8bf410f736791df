"""A small shop that never was: some two hundred customers, the same ones for the same seed.

Their e-mail domains and phone numbers are reserved for examples, so that nothing sent to them by
mistake reaches anybody.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from consent.records import Channel, ConsentAct, ConsentStatus
from customers.defining import DefinitionDraft
from customers.drafts import AddressDraft, AttributeDraft, CustomerDraft
from customers.values import AttributeType
from domain.customer import Birthday, ExternalId, PersonName
from domain.personal import PiiClass
from intake import seeds
from intake.demo_people import Place, places
from intake.demo_regulars import regulars, said
from intake.planting import Nursery, Seedling

PEOPLE: Final = 203
SYSTEM: Final = "demo-shop"

DEFINITIONS: Final = (
    DefinitionDraft("shoe_size", AttributeType.INT, "Shoe size", filterable=True),
    DefinitionDraft(
        "favourite_colour",
        AttributeType.ENUM,
        "Favourite colour",
        filterable=True,
        options=("red", "green", "blue", "black"),
    ),
    DefinitionDraft("company", AttributeType.STRING, "Company", pii_class=PiiClass.IDENTITY),
    DefinitionDraft("first_order", AttributeType.DATE, "First order", filterable=True),
    DefinitionDraft("interests", AttributeType.STRING_LIST, "Interests", filterable=True),
)
INTERESTS: Final = ("running", "tea", "gardening", "books", "chess", "cycling")
_TAGS: Final = {
    "vip": ("VIP", 0.1),
    "wholesale": ("Wholesale", 0.08),
    "early-bird": ("Early bird", 0.25),
    "often-returns": ("Often returns", 0.07),
    "store-pickup": ("Store pickup", 0.3),
    "gift-buyer": ("Gift buyer", 0.15),
}
_DOMAINS: Final = ("example.com", "example.net", "example.org")
# none yet, then one range for each tier the programme starts with
_POINTS: Final = ((0, 0), (20, 499), (500, 1_999), (2_000, 9_999), (10_000, 25_000))
_WEIGHTS: Final = (20, 35, 25, 15, 5)
_Story = tuple[ConsentStatus, ...]
_GRANTED: Final[_Story] = (ConsentStatus.GRANTED,)
_WITHDRAWN: Final[_Story] = (ConsentStatus.GRANTED, ConsentStatus.WITHDRAWN)
_DENIED: Final[_Story] = (ConsentStatus.DENIED,)
_PENDING: Final[_Story] = (ConsentStatus.PENDING,)
_STORIES: Final[Mapping[tuple[str, Channel | None], Mapping[_Story, int]]] = {
    ("marketing.newsletter", Channel.EMAIL): {
        (): 35,
        _GRANTED: 40,
        _WITHDRAWN: 10,
        _PENDING: 10,
        _DENIED: 5,
    },
    ("marketing", Channel.SMS): {(): 80, _GRANTED: 20},
    ("enrichment", None): {(): 35, _GRANTED: 50, _WITHDRAWN: 5, _DENIED: 10},
    ("profiling", None): {(): 80, _GRANTED: 20},
}
"""How often people said what, in which order."""
_DAYS_AGO: Final = {
    ConsentStatus.GRANTED: (60, 360),
    ConsentStatus.DENIED: (30, 360),
    ConsentStatus.WITHDRAWN: (2, 40),
    ConsentStatus.PENDING: (1, 6),
}


@dataclass(slots=True)
class _Dice:
    """The seeded chance, and how many numbers of each place are given away."""

    random: random.Random
    now: datetime
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def falls(self, chance: float) -> bool:
        return self.random.random() < chance

    def days_ago(self, least: int, most: int) -> datetime:
        day = self.now.replace(hour=9, minute=0, second=0, microsecond=0)
        return day - timedelta(days=self.random.randint(least, most))

    def phone(self, place: Place) -> tuple[str, ...]:
        number = self.numbers.get(place.country, 0)
        if place.phone is None or number >= place.phones or self.falls(0.2):
            return ()
        self.numbers[place.country] = number + 1
        return (place.phone.format(number),)


def nursery(now: datetime, *, seed: int = seeds.SHOP) -> Nursery:
    """The customers of the shop; consents lie in the year before ``now``."""
    # a demo must be the same everywhere; nothing here is a secret
    dice = _Dice(random.Random(seed), now)  # noqa: S311
    known = regulars(now, SYSTEM)
    drawn = [_seedling(dice, number) for number in range(1, PEOPLE - len(known) + 1)]
    # how many there are is not in the key: a later version may have more, and is the same shop
    return Nursery(f"{SYSTEM}:{seed}", DEFINITIONS, [*drawn, *known])


def _seedling(dice: _Dice, number: int) -> Seedling:
    place = dice.random.choice(places())
    given, family = dice.random.choice(place.given), dice.random.choice(place.family)
    low, high = dice.random.choices(_POINTS, _WEIGHTS)[0]
    tags = {key: label for key, (label, chance) in _TAGS.items() if dice.falls(chance)}
    phones = dice.phone(place)
    mailbox = f"{given[1]}.{family[1]}.{number}@{dice.random.choice(_DOMAINS)}"
    # one in eight with a phone shops without an e-mail address
    emails = () if phones and dice.falls(0.125) else (mailbox, *_second(dice, number))
    draft = CustomerDraft(
        name=PersonName(given=given[0], family=family[0]),
        emails=emails,
        phones=phones,
        external_ids=(ExternalId(SYSTEM, f"{number:04}"),),
        locale=place.locale,
        time_zone=place.time_zone,
        birthday=_birthday(dice),
        addresses=_addresses(dice, place),
        attributes=tuple(_attributes(dice)),
        tags=tuple(tags),
        consents=tuple(_consents(dice, emails, phones)),
    )
    return Seedling(draft, dice.random.randint(low, high), tags)


def _second(dice: _Dice, number: int) -> tuple[str, ...]:
    return (f"office.{number}@example.org",) if dice.falls(0.1) else ()


def _birthday(dice: _Dice) -> Birthday | None:
    if dice.falls(0.3):
        return None
    year = None if dice.falls(0.4) else dice.random.randint(1940, 2006)
    if dice.falls(0.02):
        return Birthday(2, 29)
    return Birthday(dice.random.randint(1, 12), dice.random.randint(1, 28), year)


def _addresses(dice: _Dice, place: Place) -> tuple[AddressDraft, ...]:
    kinds = [] if dice.falls(0.1) else ["home", "work"] if dice.falls(0.15) else ["home"]
    return tuple(_address(dice, place, kind) for kind in kinds)


def _address(dice: _Dice, place: Place, kind: str) -> AddressDraft:
    city, postal_code, *region = dice.random.choice(place.cities)
    line = dice.random.choice(place.streets).format(dice.random.randint(1, 120))
    return AddressDraft(
        lines=(line,),
        country=place.country,
        city=city,
        region=next(iter(region), None),
        postal_code=postal_code,
        kind=kind,
        is_default=kind == "home",
    )


def _attributes(dice: _Dice) -> Iterator[AttributeDraft]:
    if dice.falls(0.5):
        yield AttributeDraft("shoe_size", dice.random.randint(35, 47))
    if dice.falls(0.4):
        yield AttributeDraft("favourite_colour", dice.random.choice(DEFINITIONS[1].options))
    if dice.falls(0.1):
        yield AttributeDraft("company", f"Example {dice.random.choice(('Ltd', 'GmbH', 'Inc'))}")
    if dice.falls(0.6):
        yield AttributeDraft("first_order", f"{dice.random.randint(2019, 2025)}-05-17")
    if dice.falls(0.35):
        yield AttributeDraft("interests", dice.random.sample(INTERESTS, 2))


def _consents(dice: _Dice, emails: Sequence[str], phones: Sequence[str]) -> Iterator[ConsentAct]:
    reachable = {None, *([Channel.EMAIL] if emails else []), *([Channel.SMS] if phones else [])}
    for (purpose, channel), stories in _STORIES.items():
        (story,) = dice.random.choices(tuple(stories), tuple(stories.values()))
        for status in story if channel in reachable else ():
            yield said(purpose, channel, status, dice.days_ago(*_DAYS_AGO[status]))
