"""A body is read to its end and no further; an answer is one start and one body."""

import pytest
from starlette.requests import ClientDisconnect

from api.plain import Answer, Malformed, TooLarge, body, operation


def arriving(*messages):
    waiting = iter(messages)

    async def receive():
        return next(waiting)

    return receive


def chunk(text, *, more):
    return {"type": "http.request", "body": text, "more_body": more}


LEFT = {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("messages", "read"),
    [
        ([chunk(b"whole", more=False)], b"whole"),
        (
            [chunk(b"in ", more=True), chunk(b"", more=True), chunk(b"parts", more=False)],
            b"in parts",
        ),
        ([{"type": "http.request"}], b""),
        ([chunk(b"said", more=False), LEFT], b"said"),
        ([chunk(b"0123456789", more=False)], b"0123456789"),
    ],
)
async def test_a_body_is_read_to_its_end(messages, read):
    assert await body(arriving(*messages), 10) == read


@pytest.mark.parametrize("messages", [[LEFT], [chunk(b"{", more=True), LEFT]])
async def test_who_leaves_before_the_end_is_not_answered(messages):
    with pytest.raises(ClientDisconnect):
        await body(arriving(*messages), 10)


async def test_no_more_is_read_once_it_is_too_much():
    with pytest.raises(TooLarge):
        await body(arriving(chunk(b"01234", more=True), chunk(b"567890", more=True)), 10)


@pytest.mark.parametrize("text", ["", "7", "[]"])
def test_a_query_is_a_text_or_nothing(text):
    with pytest.raises(Malformed):
        operation(bytearray(f'{{"query": {text}}}'.encode()))
    assert operation(bytearray(b'{"query": null}')) == {"query": None}


async def test_an_answer_says_its_length_and_that_it_is_json():
    sent = []

    async def send(message):
        sent.append(message)

    await Answer(b'{"data":{}}')({"type": "http"}, arriving(), send)
    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", b"11"), (b"content-type", b"application/json")],
        },
        {"type": "http.response.body", "body": b'{"data":{}}'},
    ]
