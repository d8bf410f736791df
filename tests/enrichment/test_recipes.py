"""Recipes hash exactly what the party they are named after hashes, or refuse."""

import hashlib

import pytest

from enrichment.recipes import RECIPES, Unhashable


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("recipe", ["gravatar.v1", "meta.v1", "lower_trim.v1"])
@pytest.mark.parametrize(
    ("address", "hashed"),
    [
        # docs.gravatar.com/rest/hash
        (
            "MyEmailAddress@example.com ",
            "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee",
        ),
        # Meta, customer information parameters
        (
            "John_Smith@gmail.com",
            "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        ),
    ],
)
def test_published_addresses_have_their_published_hash(recipe, address, hashed):
    assert RECIPES[recipe].hash_email(address) == hashed


@pytest.mark.parametrize("recipe", ["gravatar.v1", "meta.v1"])
@pytest.mark.parametrize(
    ("address", "spelled"),
    [
        ("J.Doe+x@GoogleMail.com", "j.doe+x@googlemail.com"),
        ("J.Doe+x@Gmail.com", "j.doe+x@gmail.com"),
        ("Jane+s@Outlook.com", "jane+s@outlook.com"),
        ("user@bücher.de", "user@bücher.de"),
        ("Иван@пример.рф", "иван@пример.рф"),
    ],
)
def test_dots_tags_and_scripts_are_kept_and_every_letter_is_lowered(recipe, address, spelled):
    assert RECIPES[recipe].hash_email(address) == digest(spelled)


def test_metas_phone_has_no_plus_and_others_have_one():
    hashed = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
    assert RECIPES["meta.v1"].hash_phone("+16505551212") == hashed
    assert RECIPES["e164.v1"].hash_phone("+18005550100") == digest("+18005550100")


@pytest.mark.parametrize(
    ("recipe", "value"),
    [
        ("lower_trim.v1", "user@bücher.de"),
        ("lower_trim.v1", "Иван@пример.рф"),
        ("gravatar.v1", "jose\u0301@example.com"),
        ("meta.v1", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),
        ("meta.v1", "two words@example.com"),
        ("e164.v1", "someone@example.com"),
    ],
)
def test_what_a_recipe_leaves_open_is_not_hashed(recipe, value):
    with pytest.raises(Unhashable) as refusal:
        RECIPES[recipe].hash_email(value)
    assert value not in str(refusal.value)


@pytest.mark.parametrize("number", ["8 (916) 123-45-67", "18005550100", "+\uff118005550100", ""])
def test_only_e164_numbers_are_hashed(number):
    with pytest.raises(Unhashable):
        RECIPES["meta.v1"].hash_phone(number)


def test_a_recipe_for_mail_refuses_phones():
    with pytest.raises(Unhashable):
        RECIPES["gravatar.v1"].hash_phone("+12025550123")
