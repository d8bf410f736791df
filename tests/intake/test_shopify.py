"""Shopify's exports of every generation say the same about the same person."""

import pytest

from consent.records import Channel, ConsentStatus
from customers.drafts import AddressDraft
from domain.customer import ExternalId, PersonName
from domain.errors import Invalid
from intake.lines import UnreadableFile
from intake.rows import Row
from intake.shopify import ShopifyExport
from tests.intake.exports import ANNA, BORIS, COLLECTED, MIDDLE, NEW, OLD

EVIDENCE = {"policy_version": "2026-01", "wording": "Write to me.", "dated": True}


def read(row, columns=NEW):
    return ShopifyExport(tuple(columns), COLLECTED, **EVIDENCE)(Row(2, row))


def said(drafted):
    return [(act.purpose, act.channel, act.status) for act in drafted.draft.consents]


def test_a_row_becomes_a_draft():
    draft = read(ANNA).draft
    assert draft.name == PersonName("Anna", "Example")
    assert draft.external_ids == (ExternalId("shopify", "7001"),)
    assert (draft.emails, draft.phones) == (("Anna@Example.com",), ("+447700900123",))
    assert draft.addresses == (
        AddressDraft(("12 Example Road",), "GB", "London", None, "SW1A 1AA", is_default=True),
    )
    assert {a.key: a.value for a in draft.attributes} == {
        "shopify_total_spent": 120.5,
        "shopify_total_orders": 3,
        "shopify_tax_exempt": False,
    }


def test_tags_get_keys_and_keep_their_spelling():
    drafted = read({**ANNA, "Tags": "VIP, Early Bird,, vip, Жюль, !!!"})
    assert drafted.labels == {"vip": "VIP", "early-bird": "Early Bird", "жюль": "Жюль"}
    assert drafted.draft.tags == tuple(drafted.labels)
    assert [remark.code for remark in drafted.remarks] == ["TAG_INVALID"]


def test_yes_is_a_grant_and_no_a_refusal_each_with_the_evidence_given():
    drafted = read(ANNA)
    assert said(drafted) == [
        ("marketing", Channel.EMAIL, ConsentStatus.GRANTED),
        ("marketing", Channel.SMS, ConsentStatus.DENIED),
    ]
    grant = drafted.draft.consents[0]
    assert (grant.source, grant.collected_at) == ("shopify-import", COLLECTED)
    assert (grant.policy_version, grant.wording) == ("2026-01", "Write to me.")


def test_a_no_is_heard_in_a_row_that_is_refused():
    export = ShopifyExport(tuple(NEW), COLLECTED)
    row = Row(2, {**BORIS, "Total Spent": "a lot", "Accepts SMS Marketing": "maybe"})
    with pytest.raises(Invalid):
        export(row)
    heard = export.answers(row)
    assert heard.external_ids == (ExternalId("shopify", "7002"),)
    assert [(act.channel, act.status) for act in heard.consents] == [
        (Channel.EMAIL, ConsentStatus.DENIED)
    ]


def test_an_empty_answer_says_nothing():
    assert said(read({**ANNA, "Accepts Email Marketing": "", "Accepts SMS Marketing": ""})) == []


def test_whatsapp_is_a_channel_of_its_own():
    columns = [*NEW, "Accepts WhatsApp Marketing"]
    found = said(read({**BORIS, "Accepts WhatsApp Marketing": "yes"}, columns))
    assert found[-1] == ("marketing", Channel.MESSENGER, ConsentStatus.GRANTED)


@pytest.mark.parametrize("columns", [MIDDLE, OLD])
def test_older_exports_are_read_alike(columns):
    old = {name.removeprefix("Default Address "): cell for name, cell in ANNA.items()}
    old["Accepts Marketing"] = old["Accepts Email Marketing"]
    row = {name: old.get(name, "") for name in columns}
    draft = read(row, columns).draft
    assert draft.addresses == read(ANNA).draft.addresses
    assert draft.consents[0] == read(ANNA).draft.consents[0]
    assert draft.external_ids == ()


def test_a_national_number_is_read_in_the_country_of_the_address():
    assert read(ANNA).draft.default_phone_region == "GB"


def test_an_address_without_a_country_is_left_out_and_said_so():
    drafted = read({**ANNA, "Default Address Country Code": ""})
    assert drafted.draft.addresses == ()
    assert [remark.code for remark in drafted.remarks] == ["ADDRESS_WITHOUT_COUNTRY"]


def test_every_problem_of_a_row_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        read({**ANNA, "Total Spent": "a lot", "Accepts SMS Marketing": "maybe"})
    assert [issue.path for issue in refused.value.issues] == [
        ("Total Spent",),
        ("Accepts SMS Marketing",),
    ]


def test_columns_that_nothing_is_taken_from_are_named():
    export = ShopifyExport((*NEW, "Size (customer.metafields.facts.size)"), COLLECTED)
    assert export.unread == ("Default Address Phone", "Size (customer.metafields.facts.size)")


def test_another_file_is_not_mistaken_for_an_export():
    with pytest.raises(UnreadableFile, match="--format csv"):
        ShopifyExport(("Vorname", "Nachname"), COLLECTED)


@pytest.mark.parametrize("missing", EVIDENCE)
def test_a_yes_without_all_of_its_evidence_is_no_grant(missing):
    evidence = {name: value for name, value in EVIDENCE.items() if name != missing}
    said = ShopifyExport(tuple(NEW), COLLECTED, **evidence)(Row(2, ANNA)).draft.consents
    assert [act.status for act in said] == [ConsentStatus.PENDING, ConsentStatus.DENIED]
