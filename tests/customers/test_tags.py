"""Tags: keys, drafts, and tags that come to be because somebody is tagged."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tags import TagDraft, TagService, checked_key, key_of
from domain.errors import Invalid, InvalidState, NotFound
from domain.wording import Localised, Translation
from tests.customers.shelves import Shelf
from tests.shop import CLERK, Clock, new_id, tag_id

VIP = TagDraft("vip", "VIP", color="#C0392B", group="value")


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def service(shelf):
    return TagService(shelf, Clock(), new_id)


@pytest.mark.parametrize("key", ["vip", "b2b-2026", "a.b:c_d", "оптовик", "7"])
def test_a_key_is_lower_case_letters_digits_and_a_few_signs(key):
    assert checked_key(key) == key


@pytest.mark.parametrize("key", ["", "VIP", "very important", "x" * 65, "a/b", "straße", "vip\n"])
def test_anything_else_is_no_key(key):
    with pytest.raises(Invalid) as refused:
        checked_key(key, "key")
    assert refused.value.issues[0].path == ("key",)


@given(st.text())
def test_words_as_people_write_them_give_a_key_or_none(text):
    key = key_of(text)
    assert key == "" or checked_key(key) == key
    assert key_of(key) == key


def test_a_key_keeps_what_the_words_say():
    assert key_of(" Loyal  Customer (2026) ") == "loyal-customer-2026"


async def test_a_tag_is_saved_in_its_canonical_spelling(service, shelf):
    draft = replace(VIP, translations=(Translation("DE_at", " Stammkunde "),), description=" ")
    tag = shelf.commit(await service.save(None, draft, CLERK))
    assert tag.label == Localised("VIP", (Translation("de-AT", "Stammkunde"),))
    assert (tag.version, tag.color, tag.description) == (1, "#c0392b", None)


async def test_a_tag_can_change_everything_key_included(service, shelf):
    tag = shelf.commit(await service.save(None, VIP, CLERK))
    after = shelf.commit(await service.save(tag.id, TagDraft("gold", "Gold"), CLERK))
    assert (after.id, after.version, after.key, after.group) == (tag.id, 2, "gold", None)


async def test_a_key_belongs_to_one_tag(service, shelf):
    tag = shelf.commit(await service.save(None, VIP, CLERK))
    shelf.commit(await service.save(None, TagDraft("gold", "Gold"), CLERK))
    for wanted in (None, tag.id):
        with pytest.raises(Invalid) as refused:
            await service.save(wanted, TagDraft("gold", "Or"), CLERK)
        assert refused.value.issues[0].code == "KEY_TAKEN"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"key": "V I P"}, ("key",)),
        ({"label": " "}, ("label",)),
        ({"color": "red"}, ("color",)),
        ({"description": "x" * 501}, ("description",)),
        ({"group": "two\nlines"}, ("group",)),
        ({"translations": (Translation("klingon!", "x"),)}, ("labels", "0", "locale")),
        ({"translations": (Translation("de", ""),)}, ("labels", "0", "text")),
    ],
)
async def test_a_tag_that_makes_no_sense_is_refused(service, change, path):
    with pytest.raises(Invalid) as refused:
        await service.save(None, replace(VIP, **change), CLERK)
    assert [issue.path for issue in refused.value.issues] == [path]


async def test_an_id_that_is_none_is_not_found(service):
    with pytest.raises(NotFound):
        await service.save(tag_id(), VIP, CLERK)


async def test_unknown_keys_become_tags_and_known_ones_stay(service, shelf):
    vip = shelf.commit(await service.save(None, VIP, CLERK))
    decision = await service.ensure(["vip", "new", "new"], CLERK)
    found = shelf.commit(decision)
    assert found["vip"] == vip.id
    assert shelf.things[found["new"]].label == Localised("new")
    assert len(decision.changes) == 1
    assert await service.known(["new", "nobody"]) == {"new": found["new"]}
    assert await service.known([]) == {}


async def test_who_may_not_see_sensitive_tags_does_not_find_them_by_key(service, shelf):
    shelf.commit(await service.save(None, replace(VIP, sensitive=True), CLERK))
    assert await service.known(["vip"], sensitive=False) == {}
    assert "vip" in await service.known(["vip"])


async def test_every_bad_key_is_told_with_its_place(service):
    with pytest.raises(Invalid) as refused:
        await service.ensure(["Bad", "good", "also bad"], CLERK)
    assert [issue.path for issue in refused.value.issues] == [("0",), ("2",)]


async def test_a_tag_that_is_being_deleted_is_put_on_nobody_and_not_changed(service, shelf):
    vip = shelf.commit(await service.save(None, VIP, CLERK))
    shelf.things[vip.id] = replace(vip, deleting=True)
    with pytest.raises(Invalid) as refused:
        await service.ensure(["vip"], CLERK)
    assert refused.value.issues[0].code == "TAG_DELETING"
    with pytest.raises(InvalidState):
        await service.save(vip.id, VIP, CLERK)


def test_a_label_is_read_in_the_nearest_language():
    label = Localised("Loyal", (Translation("de", "Treu"), Translation("de-CH", "Treui")))
    assert label.read_in("de-CH-1996") == "Treui"
    assert label.read_in("DE-at") == "Treu"
    assert label.read_in("uk") == label.read_in(None) == "Loyal"
