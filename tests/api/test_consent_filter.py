"""Whom may we write to? A list answers as the decision does for each of them."""

import pytest

CREATE = """
mutation ($input: CustomerCreateInput!) {
  customerCreate(input: $input) { ... on CustomerPayload { customer { id } } }
}
"""
WHO = """
query ($consent: ConsentFilter!) { customers(where: { consent: $consent }) { nodes { id } } }
"""
NEWSLETTER = {"purpose": "marketing.newsletter", "channel": "EMAIL"}


def said(status="GRANTED", **about):
    evidence = {"source": "checkout", "policyVersion": "3", "wording": "Yes, write to me."}
    return {"status": status, "collectedAt": "2026-04-01T09:00:00Z", **evidence, **about}


@pytest.fixture
async def created(ask):
    async def created(*consents):
        answer = await ask(CREATE, input={"consents": list(consents)})
        return answer["customerCreate"]["customer"]["id"]

    return created


async def test_who_refused_a_purpose_above_is_not_among_those_who_may_be_written_to(ask, created):
    ada = await created(said(**NEWSLETTER), said("WITHDRAWN", purpose="marketing"))
    grace = await created(said(**NEWSLETTER))

    async def found(**asked):
        answer = await ask(WHO, consent={**NEWSLETTER, **asked})
        return {node["id"] for node in answer["customers"]["nodes"]}

    assert await found(status=["GRANTED"]) == {ada, grace}
    assert await found(allowed=True) == {grace}
    assert await found(allowed=False) == {ada}
    assert await found(allowed=False, status=["GRANTED"]) == {ada}


async def test_a_filter_by_consent_says_what_it_asks_for(refused):
    asked = {"purpose": "marketing"}
    extensions = await refused(WHO, frozenset({"customers:read"}), consent=asked)
    assert [(each["path"], each["code"]) for each in extensions["issues"]] == [
        (("where", "consent"), "FILTER_INCOMPLETE")
    ]


async def test_a_channel_that_the_purpose_does_not_have_is_refused(refused):
    asked = {**NEWSLETTER, "channel": "POST", "allowed": True}
    extensions = await refused(WHO, frozenset({"customers:read"}), consent=asked)
    assert [(each["path"], each["code"]) for each in extensions["issues"]] == [
        (("where", "consent", "channel"), "CHANNEL_NOT_OF_PURPOSE")
    ]
