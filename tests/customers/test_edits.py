"""Changes of a customer: a patch says what is to be, so that saying it twice changes nothing."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from customers import edits, tagging, upserts
from customers.drafts import AddressDraft, CustomerDraft
from customers.patches import KEEP, CustomerPatch
from domain.customer import Birthday, Customer, ExternalId, PersonName, Tagging
from domain.errors import Invalid
from domain.issues import Issues
from tests.shop import CLERK, NOON, customer, customer_id, new_id, tag_id

TODAY = date(2026, 3, 1)
EMAILS = st.sampled_from([f"{name}@example.com" for name in ("ada", "ADA", "bo", "cy", "di")])
PHONES = st.sampled_from(["+1202555010" + end for end in "0123"] + ["(202) 555-0101"])
EXTERNAL = st.builds(ExternalId, st.sampled_from(["shop", "erp"]), st.sampled_from("12"))
ADDRESSES = st.builds(
    AddressDraft,
    lines=st.sampled_from([("1 Example Road",), (" 2 Example Road ", "")]),
    country=st.sampled_from(["GB", "US"]),
    is_default=st.booleans(),
)


def few(of):
    return st.lists(of, max_size=3).map(tuple)


PATCHES = st.builds(
    CustomerPatch,
    name=st.sampled_from([KEEP, None, PersonName("Ada"), PersonName(None, "Byron")]),
    add_emails=few(EMAILS),
    remove_emails=few(EMAILS),
    add_phones=few(PHONES),
    remove_phones=few(PHONES),
    default_phone_region=st.just("US"),
    add_external_ids=few(EXTERNAL),
    locale=st.sampled_from([KEEP, None, "en_gb", "uk"]),
    time_zone=st.sampled_from([KEEP, None, "Europe/Kyiv"]),
    birthday=st.sampled_from([KEEP, None, Birthday(2, 29), Birthday(5, 1, 1990)]),
)


def applied(before: Customer, patch: CustomerPatch) -> Customer:
    issues = Issues()
    after = edits.applied(before, patch, TODAY, lambda: new_id("adr"), issues)
    issues.raise_any()
    return after


@given(PATCHES, PATCHES)
def test_applying_a_patch_twice_is_once(first, second):
    before = applied(customer(), first)
    after = applied(before, second)
    assert applied(after, second) == after
    assert edits.changed_fields(after, applied(after, second)) == ()


@given(PATCHES, PATCHES)
def test_what_a_patch_does_not_name_stays(first, second):
    before = applied(customer(), first)
    after = applied(before, second)
    named = {e.casefold() for e in (*second.add_emails, *second.remove_emails)}
    assert [e for e in before.emails if e.email.norm not in named] == [
        e for e in after.emails if e.email.norm not in named
    ]
    assert second.locale is not KEEP or after.locale == before.locale
    assert set(before.external_ids) <= set(after.external_ids)


@given(PATCHES, few(EMAILS), few(EMAILS))
def test_adding_beats_removing(first, added, removed):
    patch = CustomerPatch(add_emails=added, remove_emails=removed)
    held = {e.email.norm for e in applied(applied(customer(), first), patch).emails}
    assert {e.casefold() for e in added} <= held
    assert not held & ({e.casefold() for e in removed} - {e.casefold() for e in added})


@given(few(EMAILS), EMAILS)
def test_the_primary_one_moves_to_the_front_and_the_others_keep_their_order(held, first):
    before = applied(customer(), CustomerPatch(add_emails=(*held, first)))
    after = applied(before, CustomerPatch(primary_email=first))
    assert after.emails[0].email.norm == first.casefold()
    rest = [e for e in before.emails if e.email.norm != first.casefold()]
    assert list(after.emails[1:]) == rest


@given(st.lists(ADDRESSES, max_size=4))
def test_at_most_one_address_is_the_default(drafts):
    after = applied(customer(), CustomerPatch(put_addresses=tuple(drafts)))
    assert sum(a.is_default for a in after.addresses) == any(d.is_default for d in drafts)


@given(st.lists(ADDRESSES, max_size=4), PATCHES)
def test_an_upsert_sent_twice_changes_nothing_the_second_time(drafts, first):
    before = applied(customer(), first)
    draft = CustomerDraft(
        name=PersonName(), emails=("ada@example.com",), addresses=tuple(drafts), locale="en"
    )
    once = applied(before, upserts.as_patch(draft, before))
    assert applied(once, upserts.as_patch(draft, once)) == once
    assert once.name == before.name


def test_a_problem_of_an_upsert_is_told_at_the_field_of_its_form():
    known = AddressDraft(("1 Example Road",), "GB")
    before = applied(customer(), CustomerPatch(put_addresses=(known,)))
    bad = AddressDraft(("x" * 201,), "GB")
    draft = CustomerDraft(emails=("nobody",), addresses=(known, bad))
    try:
        applied(before, upserts.as_patch(draft, before))
    except Invalid as problem:
        told = upserts.as_described(problem, draft, before)
    assert [issue.path for issue in told.issues] == [
        ("input", "addresses", "1", "lines", "0"),
        ("input", "emails", "0"),
    ]


def test_a_tag_that_had_ended_begins_anew_and_one_that_is_on_stays():
    ended, on = tag_id(), tag_id()
    day = timedelta(days=1)
    tags = (
        Tagging(ended, NOON - 2 * day, CLERK, NOON - day),
        Tagging(on, NOON - 2 * day, CLERK, NOON + day),
    )
    added = tuple(Tagging(each, NOON, CLERK) for each in (ended, on))
    assert tagging.joined(tags, added, NOON) == (tags[1], added[0])
    again = tagging.retagged(tags, added, frozenset(), NOON)
    assert again == (replace(tags[1], expires_at=None), added[0])


def test_a_new_customer_says_what_is_said_of_them():
    one = Customer(customer_id(), 1, NOON, NOON, locale="en")
    assert edits.described(one) == ("locale",)
