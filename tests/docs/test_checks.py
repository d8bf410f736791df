"""The checks of the documentation find what is planted."""

import pytest

from tests.docs import answers, commands
from tests.docs.pages import Page
from tests.docs.test_examples import unquoted

ONE, TWO, OTHER = (f"cus_0000000000000000000000000{n}" for n in "123")


def differences(told, given):
    return list(answers.Told().differences(told, given))


def test_an_id_may_differ_but_stays_the_same():
    told = answers.Told()
    assert list(told.differences({"id": ONE}, {"id": TWO})) == []
    assert told.real(f"customer {ONE}") == f"customer {TWO}"
    assert list(told.differences([ONE], [OTHER])) != []


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1], [1, 2]),
        (True, 1),
        (ONE, "tag_00000000000000000000000001"),
        ("2026-05-01T12:00:00Z", "yesterday"),
        ("a", None),
    ],
)
def test_another_answer_is_found(told, given):
    assert differences(told, given) != []


def test_moments_and_cursors_may_differ():
    told = {"at": "2026-05-01T12:00:00Z", "endCursor": "abc"}
    assert differences(told, {"at": "2027-01-01T00:00:00.123Z", "endCursor": "xyz"}) == []


@pytest.mark.parametrize(
    "data", [{"a": {}}, {"a": [{"code": "X", "message": "y"}]}, {"a": {"__typename": "AnError"}}]
)
def test_a_failure_nobody_told_of_is_found(data):
    assert list(answers.failures(data)) != []


def test_any_custom_value_is_no_failure():
    assert list(answers.failures({"attribute": {"value": {}}})) == []


def trips(text, *, whole=True):
    return [
        problem
        for command in commands.commands(text)
        for problem in commands.problems(command, whole=whole)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "rapport sell",
        "rapport serve --prt 8000",
        "rapport keys make",
        "rapport --wrong",
        "rapport keys create",
        "make tea",
        "make run PROT=1",
        "RAPPORT_MONGO=x rapport serve",
        "TOKEN=$(rapport keys create --label x --rule admin)",
        "curl x | frobnicate",
    ],
)
def test_a_command_that_would_fail_is_found(text):
    assert trips(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "rapport serve --port 8080 \\\n  --data d  # here",
        "RAPPORT_PORT=80 rapport serve",
        "PORT=8080 make run",
        "make run PORT=8080",
        "TOKEN=$(rapport keys create --label x --role admin)",
        "rapport schema > schema.graphql",
        "rapport --help && rapport keys list --help",
        "",
    ],
)
def test_a_command_that_works_is_fine(text):
    assert trips(text) == []


def test_a_command_in_a_sentence_may_lack_its_arguments():
    assert trips("rapport keys create", whole=False) == []


TEXT = """# A `b` c!

[l](y.md) `code`

```sh run
ls
```

- ```json
  {}
  ```
"""


def test_a_page_is_taken_apart():
    page = Page(
        "x.md", "# A `b` c!\n\n[l](y.md) `code`\n\n```sh run\nls\n```\n\n- ```json\n  {}\n  ```\n"
    )
    assert [(block.language, block.words, block.text) for block in page.blocks] == [
        ("sh", ("run",), "ls\n"),
        ("json", (), "{}\n"),
    ]
    assert (page.links, page.code) == (["y.md"], ["b", "code"])
    assert page.anchors == {"a-b-c"}


@pytest.mark.parametrize("words", ["python file=api/versions.py", "python"])
def test_a_quote_of_nothing_is_found(words):
    (block,) = Page("x.md", f"```{words}\ndef nothing(): ...\n```\n").blocks
    assert list(unquoted(block)) != []


def test_a_quote_may_leave_something_out():
    quote = "import ids\n...\nclass Clock:\n"
    (block,) = Page("x.md", f"```python file=tests/shop.py\n{quote}```\n").blocks
    assert list(unquoted(block)) == []
