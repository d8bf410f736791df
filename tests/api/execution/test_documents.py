"""Operations that are asked for by an id: what is known, what is not, and what a manifest is."""

import hashlib
import json

import pytest

from api.execution.documents import Documents, ManifestUnfit, manifest
from api.refusals import Refusal

QUERY = "{ viewer { scopes } }"


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(known_as, **more):
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": known_as}}, **more}


def code(documents, asked):
    with pytest.raises(Refusal) as refused:
        documents.text(asked)
    return refused.value.code.value


@pytest.mark.parametrize("by", [lambda it: {"documentId": f"sha256:{it}"}, persisted])
def test_what_was_sent_once_is_found_by_its_hash(by):
    documents = Documents()
    assert code(documents, by(sha(QUERY))) == "PERSISTED_QUERY_NOT_FOUND"
    assert documents.text({**by(sha(QUERY)), "query": QUERY}) == QUERY
    assert documents.text(by(sha(QUERY))) == QUERY


def test_clients_know_the_message():
    with pytest.raises(Refusal, match=r"^PersistedQueryNotFound$"):
        Documents().text(persisted(sha(QUERY)))


def test_a_text_alone_is_kept_by_nobody():
    documents = Documents()
    assert documents.text({"query": QUERY}) == QUERY
    assert code(documents, persisted(sha(QUERY))) == "PERSISTED_QUERY_NOT_FOUND"


def test_nobody_registers_a_text_under_another_ones_hash():
    documents = Documents()
    assert code(documents, persisted(sha("{ other }"), query=QUERY)) == "BAD_REQUEST"
    assert code(documents, persisted(sha("{ other }"))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": ""},
        {"documentId": ""},
        {"extensions": {"persistedQuery": sha(QUERY)}, "query": QUERY},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": sha(QUERY)}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 7}}},
    ],
)
def test_what_asks_for_nothing_is_refused(asked):
    assert code(Documents(), asked) == "BAD_REQUEST"


@pytest.mark.parametrize(
    "again",
    [
        lambda documents, text: documents.text(persisted(sha(text))),
        lambda documents, text: documents.text(persisted(sha(text), query=text)),
    ],
)
def test_what_was_asked_lately_is_kept_in_number_and_in_length(again):
    documents = Documents(entries=2, size=1_600)
    texts = [f"{{ f{n} }}" for n in range(3)]
    for text in texts[:2]:
        documents.text(persisted(sha(text), query=text))
    again(documents, texts[0])
    documents.text(persisted(sha(texts[2]), query=texts[2]))
    assert documents.text(persisted(sha(texts[0]))) == texts[0]
    assert code(documents, persisted(sha(texts[1]))) == "PERSISTED_QUERY_NOT_FOUND"
    long = "{ " + "x" * 100 + " }"
    assert documents.text(persisted(sha(long), query=long)) == long
    assert code(documents, persisted(sha(long))) == "PERSISTED_QUERY_NOT_FOUND"


def test_length_counts_for_all_together():
    documents = Documents(size=16 * 90)
    texts = [f"{{ {'x' * 70}{n:02} }}" for n in range(30)]
    for text in texts:
        documents.text(persisted(sha(text), query=text))
    known = [text for text in texts if text in documents._met.values()]
    assert known == texts[-18:]


def test_trusted_documents_go_by_any_id():
    documents = Documents({"viewer-1": QUERY}, registering=False)
    assert documents.text(persisted("viewer-1")) == QUERY
    assert documents.text({"documentId": "viewer-1", "query": QUERY}) == QUERY
    assert documents.text(persisted(sha("{ other }"), query="{ other }")) == "{ other }"
    assert code(documents, persisted(sha("{ other }"))) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    "written",
    [
        {"7f": QUERY},
        {"sha256:7f": QUERY},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "7f", "name": "V", "type": "query", "body": QUERY}],
        },
    ],
)
def test_manifests_of_apollo_and_of_relay_are_read(written):
    assert manifest(json.dumps(written).encode()) == {"7f": QUERY}


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("{", "no JSON"),
        ("[]", "no documents"),
        ("{}", "no documents"),
        ('{"a": 7}', "'a' is no id, or has no text"),
        ('{"a": " "}', "'a' is no id, or has no text"),
        ('{"sha256:": "{ a }"}', "is no id"),
        ('{"sha256:a": "{ a }", "a": "{ b }"}', "a stands for two operations"),
        ('{"format": "apollo-persisted-query-manifest", "operations": [{"id": "a"}]}', "no body"),
        ('{"format": "apollo-persisted-query-manifest"}', "no body"),
    ],
)
def test_what_is_no_manifest_is_told(written, why):
    with pytest.raises(ManifestUnfit, match=why):
        manifest(written.encode())


def test_an_id_is_a_text():
    operations = [{"id": 5, "body": QUERY}]
    written = {"format": "apollo-persisted-query-manifest", "operations": operations}
    with pytest.raises(ManifestUnfit, match="5 is no id"):
        manifest(json.dumps(written).encode())
