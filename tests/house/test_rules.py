"""The product keeps the house rules, and each rule finds what is planted."""

import pytest

from tests.house import rules
from tests.house.code import Module, modules, product

RULES = [rules.no_now, rules.no_pii_log, rules.consent_gate, rules.short]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule):
    found = [finding for module in product() for finding in rule(module)]
    assert [str(finding) for finding in found] == []


def test_the_tests_are_short_too():
    # a test file is read in pieces: it may be longer
    files = modules("tests", "bench", "scripts")
    assert [str(finding) for each in files for finding in rules.short(each, 400)] == []


def found(rule, text, file="customers/planted.py"):
    return [finding.line for finding in rule(Module(file, text))]


@pytest.mark.parametrize(
    "text",
    [
        "import datetime\nx = datetime.datetime.now()",
        "from datetime import datetime\nx = datetime.now(UTC)",
        "from datetime import datetime as dt\nx = dt.utcnow()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time()",
        "from time import time_ns\nx = time_ns()",
        "import uuid\nx = uuid.uuid4()",
        "import secrets\nx = secrets.token_bytes(3)",
        "import random as dice\nx = dice.random",
        "from random import choice\nx = choice([])",
        "import os\nx = os.urandom(3)",
        "import random\nx = random.Random()",
    ],
)
def test_a_clock_or_dice_in_the_middle_of_the_house_is_found(text):
    assert found(rules.no_now, text) == [2]
    assert found(rules.no_now, text, "api/app.py") == []


@pytest.mark.parametrize(
    "text",
    [
        "import time\nx = time.monotonic()",
        "import time\nx = time.perf_counter",
        "from datetime import datetime\nx = datetime.fromisoformat(y)",
        "now = self.clock.now()",
        "from api import secrets\n",
        "import random\nx = random.Random(7)",
    ],
)
def test_what_measures_or_parses_is_no_clock(text):
    assert found(rules.no_now, text) == []


@pytest.mark.parametrize(
    "text",
    [
        'log.info("x", email=1)',
        'self._log.warning("x", customer_name=1)',
        '_LOG.error("x", phone_number=1)',
        'logger.exception("x", extra_address=1)',
        'log.info(f"sent to {owner.email}")',
        'log.info("%s", phone)',
        "structlog.contextvars.bind_contextvars(token=1)",
        "bind_contextvars(name=1)",
        "log.bind(given=1)",
    ],
)
def test_a_personal_value_on_its_way_to_the_log_is_found(text):
    assert found(rules.no_pii_log, text) == [1]


@pytest.mark.parametrize(
    "text",
    [
        'log.info("x", customer_id=1, email_count=2, operation_name=2, kind=3)',
        "customer.update(email=1)",
        "math.log(email)",
        'send(log="x", email=1)',
    ],
)
def test_ids_may_be_logged_and_other_calls_take_what_they_like(text):
    assert found(rules.no_pii_log, text) == []


@pytest.mark.parametrize("file", ["api/enrichment.py", "enrichment/service.py", "intake/rows.py"])
def test_a_source_asked_elsewhere_is_found(file):
    assert found(rules.consent_gate, "async def f():\n    await source.match(x)", file) == [2]
    assert found(rules.consent_gate, "def f():\n    return MatchRequest(keys, a)", file) != []


def test_a_pattern_may_match_anywhere():
    assert found(rules.consent_gate, "import re\nx = re.compile('a').match('a')") == []


GATED = """
def step(permission):
    if not permission.allowed:
        return None
    return MatchRequest(keys, asked)
"""


def test_a_question_behind_the_gate_is_fine_and_before_it_is_found():
    file = "enrichment/planning.py"
    assert found(rules.consent_gate, GATED, file) == []
    ungated = GATED.replace("if not permission.allowed", "if not keys")
    assert found(rules.consent_gate, ungated, file) == [5]
    assert found(rules.consent_gate, GATED.replace("not permission", "permission"), file) == [5]
    assert found(rules.consent_gate, GATED.replace("return None", "pass"), file) == [5]


def test_a_long_file_is_found():
    assert found(rules.short, "\n" * 250) == []
    assert found(rules.short, "\n" * 251) == [251]
