"""Recording what people decided: what is refused, what is kept, what a repetition does."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.ledger import AppendConsents, History
from consent.purposes import START, seeding
from consent.recording import act_key, wording_hash
from consent.records import Channel, ConsentStanding, ConsentStatus, LawfulBasis
from consent.reducing import reduce
from consent.service import Consents
from domain.actor import SYSTEM
from domain.customer import CustomerStatus
from domain.errors import Invalid, NotFound
from domain.events import Fact, Topic
from domain.ids import typed
from tests.consent.acts import ADA, NOON, act, hour

GRANTED, WITHDRAWN = ConsentStatus.GRANTED, ConsentStatus.WITHDRAWN


class Ledger:
    """Keeps what is committed to it, as the real one does."""

    def __init__(self, *customers, status=CustomerStatus.ACTIVE):
        self.kept = {customer: ConsentStanding(customer, status=status) for customer in customers}
        self.records = []

    def commit(self, decision):
        for change in decision.changes:
            if isinstance(change, AppendConsents):
                assert self.kept[change.before.customer_id] == change.before
                self.kept[change.before.customer_id] = change.after
                self.records += change.records
        return decision.value

    async def standings(self, ids):
        return {id_: self.kept[id_] for id_ in ids if id_ in self.kept}

    async def history(self, ids, first, after):
        newest = [r for r in reversed(self.records) if after is None or r.seq < after]
        return {id_: History(tuple(newest[:first]), len(newest) > first) for id_ in ids}

    async def get_many(self, ids):
        return {r.id: r for r in self.records if r.id in ids}

    async def of_acts(self, customer_id, acts):
        return {act_key(r): r for r in self.records if act_key(r) in acts}


class Purposes:
    def __init__(self):
        self.asked = 0

    async def all(self):
        self.asked += 1
        return START


class Time:
    def __init__(self):
        self.now = hour(6)

    def __call__(self):
        return self.now


@pytest.fixture
def ledger():
    return Ledger(ADA)


@pytest.fixture
def consents(ledger):
    return service(ledger)


def service(ledger):
    numbers = count(1)
    return Consents(ledger, Purposes(), Time(), lambda prefix: typed(prefix, next(numbers)))


async def issues(consents, *acts):
    with pytest.raises(Invalid) as refusal:
        await consents.record(ADA, acts, SYSTEM)
    return [(".".join(issue.path), issue.code) for issue in refusal.value.issues]


async def test_a_recorded_act_is_kept_with_its_evidence_and_told(consents, ledger):
    decision = await consents.record(ADA, [act(expires_at=hour(99), locale="de")], SYSTEM)
    (one,) = decision.value.records
    assert (one.seq, one.recorded_at, one.recorded_by) == (1, hour(6), SYSTEM)
    assert (one.source, one.policy_version, one.locale) == ("shop", "v1", "de")
    assert one.wording_hash == wording_hash("May we write to you?")
    assert decision.value.states == reduce([one])
    appended, told = decision.changes
    assert appended == AppendConsents(
        (one,), ConsentStanding(ADA), ConsentStanding(ADA, 1, decision.value.states)
    )
    assert isinstance(told, Fact)
    assert (told.topic, told.changed_fields) == (Topic.CONSENT_CHANGED, ("consents",))


async def test_records_are_numbered_without_a_gap(consents, ledger):
    ledger.commit(await consents.record(ADA, [act(), act(channel=Channel.SMS)], SYSTEM))
    ledger.commit(await consents.record(ADA, [act(WITHDRAWN, at=1)], SYSTEM))
    assert [record.seq for record in ledger.records] == [1, 2, 3]
    assert ledger.kept[ADA].states == reduce(ledger.records)


async def test_the_same_act_again_appends_nothing_and_answers_with_the_record(consents, ledger):
    first = ledger.commit(await consents.record(ADA, [act()], SYSTEM))
    again = await consents.record(ADA, [act(wording="May we write to you?")], SYSTEM, imported=True)
    assert again.value == first
    assert again.changes == ()


async def test_one_act_twice_in_one_report_is_one_record(consents):
    value = (await consents.record(ADA, [act(), act(), act(WITHDRAWN)], SYSTEM)).value
    first, second, third = value.records
    assert (first, first.seq, third.seq) == (second, 1, 2)


async def test_a_report_with_old_and_new_acts_appends_the_new_ones(consents, ledger):
    old = ledger.commit(await consents.record(ADA, [act()], SYSTEM)).records
    both = await consents.record(ADA, [act(WITHDRAWN, at=1), act()], SYSTEM)
    assert [record.seq for record in both.value.records] == [2, 1]
    assert both.value.records[1:] == old
    assert len(both.changes[0].records) == 1


@pytest.mark.parametrize(
    "other",
    [
        act(at=1),
        act(WITHDRAWN),
        act(channel=None),
        act(purpose="marketing.newsletter"),
        act(source="import"),
        act(policy_version="v2"),
        act(wording="Another text"),
    ],
)
def test_another_moment_status_place_or_text_is_another_act(other):
    assert act_key(other) != act_key(act())


async def test_a_record_and_the_act_it_came_from_are_the_same_act(consents):
    reported = act(collected_at=NOON.astimezone().replace(microsecond=1999), source=" shop ")
    (one,) = (await consents.record(ADA, [reported], SYSTEM)).value.records
    assert act_key(one) == act_key(reported)
    assert one.collected_at == NOON.replace(microsecond=1000)


async def test_an_imported_act_is_marked_and_lifts_no_refusal(consents, ledger):
    ledger.commit(await consents.record(ADA, [act(WITHDRAWN)], SYSTEM))
    value = ledger.commit(await consents.record(ADA, [act(at=1)], SYSTEM, imported=True))
    assert value.records[0].imported
    assert [state.status for state in value.states] == [WITHDRAWN]


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        (act(purpose="telepathy"), "purpose", "PURPOSE_UNKNOWN"),
        (act(purpose="enrichment"), "channel", "CHANNEL_NOT_OF_PURPOSE"),
        (
            act(purpose="marketing.newsletter", channel=Channel.POST),
            "channel",
            "CHANNEL_NOT_OF_PURPOSE",
        ),
        (act(basis=LawfulBasis.CONTRACT), "basis", "BASIS_NOT_ALLOWED"),
        (act(collected_at=hour(6) + timedelta(minutes=6)), "collectedAt", "IN_FUTURE"),
        (act(collected_at=datetime(2026, 5, 4)), "collectedAt", "OFFSET_REQUIRED"),  # noqa: DTZ001
        (act(expires_at=hour(0)), "expiresAt", "NOT_AFTER_COLLECTED"),
        (act(source=" "), "source", "TEXT_REQUIRED"),
        (act(policy_version=""), "policyVersion", "TEXT_REQUIRED"),
        (act(wording="\n"), "wording", "TEXT_REQUIRED"),
        (act(wording="x" * 20_001), "wording", "TEXT_TOO_LONG"),
        (act(source="\ud800"), "source", "TEXT_INVALID"),
        (act(locale="tlh!"), "locale", "LOCALE_INVALID"),
        (act(ConsentStatus.NEVER_ASKED), "status", "STATUS_DERIVED"),
        (act(ConsentStatus.EXPIRED), "status", "STATUS_DERIVED"),
    ],
)
async def test_what_cannot_be_evidence_is_refused_at_its_field(consents, wrong, path, code):
    assert await issues(consents, act(), wrong) == [(f"consents.1.{path}", code)]


async def test_every_problem_is_told_at_once(consents):
    found = await issues(consents, act(purpose="telepathy", source=""), act(wording=""))
    assert [path for path, _ in found] == [
        "consents.0.purpose",
        "consents.0.source",
        "consents.1.wording",
    ]


async def test_nothing_and_too_much_are_refused(consents):
    assert await issues(consents) == [("consents", "REQUIRED")]
    assert await issues(consents, *[act()] * 51) == [("consents", "TOO_MANY")]


async def test_clocks_may_be_five_minutes_apart(consents):
    ahead = act(collected_at=hour(6) + timedelta(minutes=5))
    assert (await consents.record(ADA, [ahead], SYSTEM)).value.records


@pytest.mark.parametrize(
    "ledger",
    [
        Ledger(),
        Ledger(ADA, status=CustomerStatus.ERASED),
        Ledger(ADA, status=CustomerStatus.MERGED),
    ],
)
async def test_nothing_is_recorded_about_somebody_who_is_not_there(ledger):
    with pytest.raises(NotFound):
        await service(ledger).record(ADA, [act()], SYSTEM)


async def test_evidence_is_recorded_about_a_restricted_customer():
    restricted = service(Ledger(ADA, status=CustomerStatus.RESTRICTED))
    assert (await restricted.record(ADA, [act(WITHDRAWN)], SYSTEM)).value.records


async def test_the_first_acts_of_a_new_customer_need_no_reading(consents):
    appended, told = await consents.first(ADA, [act(), act(), act(WITHDRAWN, at=1)], SYSTEM)
    assert [record.seq for record in appended.records] == [1, 2]
    assert appended.before == ConsentStanding(ADA)
    assert appended.after == ConsentStanding(ADA, 2, reduce(appended.records))
    assert told.topic is Topic.CONSENT_CHANGED


async def test_no_first_acts_no_changes_and_wrong_ones_are_refused(consents):
    assert await consents.first(ADA, [], SYSTEM) == ()
    with pytest.raises(Invalid):
        await consents.first(ADA, [act(source="")], SYSTEM)


async def test_decisions_come_for_many_at_once_and_nobody_unknown_is_allowed(consents, ledger):
    ledger.commit(await consents.record(ADA, [act(purpose="enrichment", channel=None)], SYSTEM))
    stranger = typed("cus", 99)
    decisions = await consents.decide_many([ADA, stranger], "enrichment", None, hour(6))
    assert {id_: (d.allowed, d.reason) for id_, d in decisions.items()} == {
        ADA: (True, "GRANTED"),
        stranger: (False, "UNKNOWN_CUSTOMER"),
    }
    unasked = await consents.decide_many([stranger], "service", Channel.EMAIL, hour(6))
    assert not unasked[stranger].allowed


async def test_a_restricted_customer_is_decided_by_their_status():
    restricted = service(Ledger(ADA, status=CustomerStatus.RESTRICTED))
    decisions = await restricted.decide_many([ADA], "service", None, hour(6))
    assert decisions[ADA].reason == "RESTRICTED"


async def test_who_has_no_consents_has_an_empty_standing_and_history(consents):
    stranger = typed("cus", 99)
    assert await consents.standings([stranger]) == {stranger: ConsentStanding(stranger)}
    assert await consents.history([ADA], 5) == {ADA: History()}
    assert await consents.records([]) == {}


async def test_purposes_are_asked_for_once_a_minute(consents):
    await consents.tree()
    await consents.tree()
    assert consents.purposes.asked == 1
    consents.clock.now += timedelta(minutes=1)
    await consents.tree()
    assert consents.purposes.asked == 2


def test_the_seed_is_the_purposes_of_the_start():
    assert seeding().value == seeding().changes[0].purposes == START


@given(st.text(max_size=50))
def test_one_text_has_one_hash_whatever_line_ends_and_form_it_came_in(text):
    assert wording_hash(text.replace("\r\n", "\n").replace("\n", "\r\n")) == wording_hash(text)
    assert len(wording_hash(text)) == 64


def test_a_letter_and_its_accent_apart_are_the_letter_with_its_accent():
    assert wording_hash("Cafe\u0301") == wording_hash("Caf\u00e9") != wording_hash("Cafe")


@pytest.mark.parametrize(
    "change", [{"expires_at": hour(99)}, {"basis": LawfulBasis.EXPLICIT_CONSENT}]
)
async def test_another_end_or_basis_is_another_act_and_the_later_report_counts(
    consents, ledger, change
):
    ledger.commit(await consents.record(ADA, [act()], SYSTEM))
    consents.clock.now = hour(7)
    (state,) = ledger.commit(await consents.record(ADA, [act(**change)], SYSTEM)).states
    assert len(ledger.records) == 2
    assert [getattr(state, name) for name in change] == list(change.values())
