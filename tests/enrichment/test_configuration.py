"""sources.toml: what partners gave us and how, or a sentence that says what to write."""

import json
from datetime import timedelta

import pytest

from domain.personal import PiiClass
from enrichment.configuration import load
from enrichment.keys import AcceptedKey, KeyKind
from enrichment.sources import Misconfigured, Trust

ACME = """
[[source]]
kind = "table_file"
key = "acme"
name = "Acme Households"
file = "partners/acme.csv"
licence = "contract 2026-17"
region = "DE"
ttl_days = 180
[source.match]
email_hash = { column = "sha", recipe = "lower_trim.v1", confidence = 0.97 }
[source.attributes]
household_size = { column = "hh", type = "INT", label = "Household size" }
city = { column = "city", pii = "location" }
"""


HASHED = 'email_hash = { column = "sha", recipe = "lower_trim.v1"'


def test_without_a_file_the_built_in_sources_are_there(tmp_path):
    for sources in (load(None), load(tmp_path / "sources.toml")):
        assert [s.capability.key for s in sources] == ["phone_metadata", "email_domain"]


async def test_a_partners_file_is_found_beside_the_configuration(tmp_path):
    (tmp_path / "sources.toml").write_text(ACME)
    (tmp_path / "partners").mkdir()
    (tmp_path / "partners/acme.csv").write_text("sha,hh,city\n")
    sources = load(tmp_path / "sources.toml")
    await sources.check()
    await sources.aclose()
    acme = sources.find("acme").capability
    assert acme.accepts == (AcceptedKey(KeyKind.EMAIL_HASH, "lower_trim.v1"),)
    assert (acme.trust, acme.ttl, acme.region) == (Trust.PARTNER, timedelta(days=180), "DE")
    assert acme.confidence("EMAIL_HASH") == 0.97
    assert acme.offered()["city"].pii is PiiClass.LOCATION
    assert acme.offered()["city"].label == "City"


def test_json_says_the_same_and_built_in_sources_can_be_switched_off(tmp_path):
    path = tmp_path / "sources.json"
    path.write_text(json.dumps({"phone_metadata": False, "email_domain": False}))
    assert len(load(path)) == 0


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('name = "Acme Households"\n', "", "source.0.name: Field required"),
        ("ttl_days", "ttl", "source.0.ttl: Extra inputs"),
        ('type = "INT"', 'type = "NUMBER"', "household_size.type"),
        ("email_hash", "mail_hash", "mail_hash"),
        ('file = "partners/acme.csv"', 'file = "acme.xlsx"', "end with .csv or .parquet"),
        ('recipe = "lower_trim.v1"', 'recipe = "md5"', "needs a hash recipe"),
        (HASHED, 'email = { column = "m"', "plain_keys"),
        ("[[source]]", "[[source", "cannot be read"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path, before, after, sentence):
    path = tmp_path / "sources.toml"
    assert before in ACME
    path.write_text(ACME.replace(before, after))
    with pytest.raises(Misconfigured, match=sentence):
        load(path)
