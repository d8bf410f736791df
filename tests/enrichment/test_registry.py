"""Sources that contradict themselves or each other stop the start, with a sentence."""

from dataclasses import replace

import pytest

from domain.errors import Invalid
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.providers.email_domain import EmailDomain
from enrichment.providers.phone_metadata import PhoneMetadata
from enrichment.registry import Sources
from enrichment.sources import Misconfigured
from enrichment.values import EnrichedField, ValueType


class Fixed:
    def __init__(self, **changes) -> None:
        self.capability = replace(EmailDomain().capability, key="fixed", **changes)
        self.closed = False

    async def check(self) -> None: ...

    async def match(self, requests):
        raise AssertionError

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"accepts": (AcceptedKey(KeyKind.EMAIL_HASH),)}, "needs a hash recipe"),
        ({"accepts": (AcceptedKey(KeyKind.EMAIL_HASH, "md5.v1"),)}, "needs a hash recipe"),
        ({"accepts": (AcceptedKey(KeyKind.EMAIL, "meta.v1"),)}, "takes no recipe"),
        ({"accepts": (AcceptedKey(KeyKind.EMAIL),)}, "plain_keys = true"),
        ({"accepts": ()}, "at least one kind of key"),
        ({"fields": (EnrichedField("Bad Key", ValueType.INT, "x"),)}, "no valid key"),
        ({"fields": (EnrichedField("a", ValueType.INT, "x"),) * 2}, "twice"),
        ({"calibration": {"HIGH": 1.5}}, "between 0 and 1"),
        ({"max_batch": 0}, "max_batch"),
        ({"fields": (EnrichedField("email_kind", ValueType.INT, "x"),)}, "another type"),
    ],
)
def test_a_contradiction_is_named(changes, sentence):
    with pytest.raises(Misconfigured, match=sentence):
        Sources([EmailDomain(), Fixed(**changes)])


def test_a_key_names_one_source():
    with pytest.raises(Misconfigured, match="twice"):
        Sources([EmailDomain(), EmailDomain()])


def test_unknown_names_are_refused_and_known_ones_listed():
    sources = Sources([EmailDomain(), PhoneMetadata()])
    assert [s.capability.key for s in sources.chosen(None)] == ["email_domain", "phone_metadata"]
    assert [s.capability.key for s in sources.chosen(["phone_metadata"] * 2)] == ["phone_metadata"]
    with pytest.raises(Invalid, match="email_domain, phone_metadata"):
        sources.chosen(["acme"], "input", "sources")


async def test_closing_reaches_every_source():
    fixed = Fixed()
    sources = Sources([fixed, PhoneMetadata()])
    await sources.check()
    await sources.aclose()
    assert fixed.closed


def test_an_id_follows_from_the_key():
    assert EmailDomain().capability.id == EmailDomain().capability.id
    assert EmailDomain().capability.id != PhoneMetadata().capability.id
