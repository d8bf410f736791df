"""What it tells to fit a filter: every field that may be asked by has its answer."""

from domain.personal import PiiClass
from domain.query import All, AnyOf, Exists, FacetField, Field, In, Not, OrderField
from domain.telling import BY_FACET, BY_ORDER, by_filter, names

SAYS_NOTHING = {Field.ID, Field.STATUS, Field.CREATED_AT, Field.UPDATED_AT}


def told(where):
    return by_filter(where, lambda _: None)


def test_every_field_tells_something_but_for_those_that_are_about_the_record():
    assert {each for each in Field if not told(Exists(each))} == SAYS_NOTHING


def test_whoever_gives_a_contact_whole_is_told_nothing_of_it():
    assert told(Not(In(Field.EMAIL, ("ada@example.com",)))) == set()
    assert told(In(Field.FAMILY_NAME, ("lovelace",))) == {PiiClass.IDENTITY}


def test_a_group_tells_what_its_parts_tell():
    parts = (Exists(Field.PHONE), Not(In(Field.COUNTRY, ("GB",))))
    assert told(AnyOf(parts)) == {PiiClass.CONTACT, PiiClass.LOCATION}


def test_every_order_and_facet_by_what_is_personal_says_so():
    assert {*OrderField} - {*BY_ORDER} == {OrderField.CREATED_AT, OrderField.UPDATED_AT}
    assert {*FacetField} - {*BY_FACET} == {FacetField.STATUS}


def test_a_filter_names_whom_it_finds_or_leaves_out_by_id_or_whole_contact():
    named = [In(Field.ID, ("a",)), In(Field.EMAIL, ("b",)), In(Field.PHONE, ("c",))]
    others = (Exists(Field.EMAIL), In(Field.COUNTRY, ("GB",)))
    where = All((AnyOf((named[0], *others)), Not(named[1]), Not(All((named[2],)))))
    assert names(where) == tuple(named)
