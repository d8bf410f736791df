"""Who saw whom is read on the command line while the server runs."""

import json

from tests.outside.people import CREATE, email
from tests.outside.process import command

LOOKS = "query lookingAtOne($id: ID!) { customer(by: {id: $id}) { primaryEmail { address } } }"


async def test_what_a_key_saw_of_a_customer_is_told_beside_the_server(rapport, ask):
    made = await ask(CREATE, input={"emails": [address := email()]})
    customer = made["customerCreate"]["customer"]["id"]
    await ask(LOOKS, id=customer)
    words = ("access-log", "--customer", customer, "--limit", "1", "--format", "jsonl")
    told = command(rapport.environment, *words)
    [entry] = map(json.loads, told.stdout.splitlines())
    assert "lookingAtOne" in entry["operation"]
    assert (entry["customerIds"], entry["categories"]) == ([customer], ["contact"])
    assert address not in told.stdout + told.stderr
