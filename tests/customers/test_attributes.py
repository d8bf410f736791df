"""Definitions of attributes, and what a patch makes of a customer's values."""

from dataclasses import replace

import pytest

from customers import defining
from customers.attributes import display, json_value, patched, typed, typed_attributes
from customers.defining import AttributeService, DefinitionDraft
from customers.drafts import AttributeDraft
from customers.values import AttributeType
from domain.customer import Attribute
from domain.errors import Invalid, InvalidState, LimitExceeded, NotFound
from domain.ids import AttributeDefinitionId
from domain.personal import PiiClass
from tests.customers.shelves import Shelf
from tests.shop import Clock, new_id

SIZE = DefinitionDraft("shoe_size", AttributeType.FLOAT, "Shoe size")
COLOR = DefinitionDraft("color", AttributeType.ENUM, "Colour", options=("red", "blue"))


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def service(shelf):
    return AttributeService(shelf, Clock(), new_id)


async def define(service, shelf, draft, of=None):
    return shelf.commit(await service.save(of, draft))


async def test_a_definition_is_made_and_found_by_its_key(service, shelf):
    made = await define(service, shelf, replace(SIZE, pii_class=PiiClass.DEMOGRAPHIC))
    assert (await shelf.by_keys(["shoe_size"]))["shoe_size"] == made
    assert (made.version, made.pii_class) == (1, PiiClass.DEMOGRAPHIC)


async def test_everything_but_key_and_type_can_be_changed(service, shelf):
    made = await define(service, shelf, COLOR)
    draft = replace(
        COLOR,
        label=" Favourite colour ",
        options=("red", "blue", "green"),
        filterable=True,
        required_scope="notes:read",
    )
    after = await define(service, shelf, draft, made.id)
    assert (after.version, after.label) == (2, "Favourite colour")
    assert (after.options, after.filterable) == (("red", "blue", "green"), True)


async def test_a_type_once_made_stays(service, shelf):
    made = await define(service, shelf, SIZE)
    with pytest.raises(InvalidState) as refused:
        await service.save(made.id, replace(SIZE, type=AttributeType.INT))
    assert refused.value.state == "FLOAT"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"key": "colour"}, "KEY_FIXED"), ({"options": ("red",)}, "OPTION_IN_USE")],
)
async def test_stored_values_must_stay_values(service, shelf, change, code):
    made = await define(service, shelf, COLOR)
    with pytest.raises(Invalid) as refused:
        await service.save(made.id, replace(COLOR, **change))
    assert refused.value.issues[0].code == code


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"key": "Shoe Size"}, ("key",)),
        ({"label": ""}, ("label",)),
        ({"label": "two\nlines"}, ("label",)),
        ({"required_scope": "everything"}, ("requiredScope",)),
        ({"unique": True, "type": AttributeType.JSON}, ("unique",)),
        ({"unique": True, "type": AttributeType.STRING_LIST}, ("unique",)),
        ({"options": ("a",)}, ("options",)),
        ({"type": AttributeType.ENUM}, ("options",)),
        ({"type": AttributeType.ENUM, "options": ("a", "a")}, ("options",)),
        ({"type": AttributeType.ENUM, "options": ("a", "")}, ("options", "1")),
    ],
)
async def test_a_definition_that_makes_no_sense_is_refused(service, change, path):
    with pytest.raises(Invalid) as refused:
        await service.save(None, replace(SIZE, **change))
    assert [issue.path for issue in refused.value.issues] == [path]


@pytest.mark.parametrize("unique", [True, False])
async def test_whether_values_are_unique_is_said_once(service, shelf, unique):
    draft = replace(SIZE, unique=unique)
    made = await define(service, shelf, draft)
    again = await define(service, shelf, replace(draft, label="Size"), made.id)
    assert (again.version, again.unique) == (2, unique)
    with pytest.raises(Invalid) as refused:
        await service.save(made.id, replace(draft, unique=not unique))
    [issue] = refused.value.issues
    assert (issue.path, issue.code) == (("unique",), "UNIQUE_FIXED")


async def test_a_value_knows_that_it_is_unique(service, shelf):
    for draft in (replace(SIZE, unique=True), COLOR):
        await define(service, shelf, draft)
    drafts = [AttributeDraft("shoe_size", 42), AttributeDraft("color", "red")]
    after = await typed_attributes(shelf, (), drafts)
    assert after == (Attribute("color", "red"), Attribute("shoe_size", 42.0, unique=True))


async def test_a_key_belongs_to_one_definition(service, shelf):
    await define(service, shelf, SIZE)
    with pytest.raises(Invalid) as refused:
        await service.save(None, SIZE)
    assert refused.value.issues[0].code == "KEY_TAKEN"


async def test_an_id_that_is_none_is_not_found(service):
    with pytest.raises(NotFound):
        await service.save(AttributeDefinitionId("att_00000000000000000000000000"), SIZE)


async def test_definitions_are_few(service, shelf, monkeypatch):
    monkeypatch.setattr(defining, "MOST_DEFINITIONS", 1)
    await define(service, shelf, SIZE)
    with pytest.raises(LimitExceeded):
        await service.save(None, COLOR)


async def test_a_patch_sets_clears_and_keeps(service, shelf):
    for draft in (SIZE, COLOR):
        await define(service, shelf, draft)
    current = (Attribute("color", "red"), Attribute("legacy", "kept though undefined"))
    drafts = [AttributeDraft("color", None), AttributeDraft("shoe_size", 42)]
    after = await typed_attributes(shelf, current, drafts)
    assert after == (Attribute("legacy", "kept though undefined"), Attribute("shoe_size", 42.0))
    assert await typed_attributes(shelf, current, []) == current


async def test_every_problem_of_a_patch_is_told_at_once_with_its_place(service, shelf):
    size = await define(service, shelf, SIZE)
    drafts = [
        AttributeDraft("shoe_size", "big"),
        AttributeDraft("hat_size", 7),
        AttributeDraft("shoe_size", 42),
    ]
    with pytest.raises(Invalid) as refused:
        patched((), drafts, {"shoe_size": size})
    assert [(issue.path, issue.code) for issue in refused.value.issues] == [
        (("attributes", "0", "value"), "ATTRIBUTE_TYPE"),
        (("attributes", "1", "key"), "ATTRIBUTE_UNKNOWN"),
        (("attributes", "2", "key"), "DUPLICATE"),
    ]
    assert "attributeDefinitionSave" in refused.value.issues[1].message


async def test_a_customer_has_at_most_a_hundred_attributes(service, shelf):
    size = await define(service, shelf, SIZE)
    current = [Attribute(f"a{number}", 1) for number in range(100)]
    with pytest.raises(Invalid) as refused:
        patched(current, [AttributeDraft("shoe_size", 42)], {"shoe_size": size})
    assert refused.value.issues[0].code == "TOO_MANY"


async def test_a_stored_value_is_shown_by_its_definition(service, shelf):
    prefs = await define(
        service, shelf, DefinitionDraft("prefs", AttributeType.JSON, "Preferences")
    )
    stored = typed(prefs, {"b": [1], "a": None})
    assert json_value(prefs, stored) == {"a": None, "b": [1]}
    assert display(prefs, stored) == '{"a":null,"b":[1]}'
