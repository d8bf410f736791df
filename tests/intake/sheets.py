"""Random files of a few rows about a few people."""

from datetime import timedelta

from hypothesis import strategies as st

from consent.records import Channel, ConsentAct, ConsentStatus
from customers.drafts import CustomerDraft
from domain.customer import ExternalId, PersonName
from tests.intake.exports import COLLECTED
from tests.intake.memory import Sheet

_SAID = (
    *(ConsentStatus.GRANTED, ConsentStatus.PENDING),
    *(ConsentStatus.DENIED, ConsentStatus.WITHDRAWN),
)


def said(status, purpose="marketing", channel=Channel.EMAIL, days=0) -> ConsentAct:
    """What a file says somebody decided, so many days after the usual one."""
    collected_at = COLLECTED + timedelta(days=days)
    return ConsentAct(purpose, status, collected_at, "file", "1", "May we write?", channel)


def row(number, letter, acts=(), tags=(), name=None) -> CustomerDraft:
    """A row with an id, an e-mail address or both."""
    return CustomerDraft(
        name=name,
        emails=(f"{letter}@example.com",) if letter else (),
        external_ids=(ExternalId("till", str(number)),) if number else (),
        tags=tuple(tags),
        consents=tuple(acts),
    )


ACTS = st.builds(
    said,
    st.sampled_from(_SAID),
    st.sampled_from(["marketing", "marketing.newsletter"]),
    st.sampled_from([None, Channel.EMAIL, Channel.SMS]),
    st.integers(-2, 2),
)
_MORE = (
    st.lists(ACTS, max_size=2),
    st.lists(st.sampled_from(["vip", "outlet"]), max_size=1),
)
_NAMES = st.sampled_from([None, PersonName("Anna"), PersonName("Ann", "Example")])

TANGLED = st.lists(
    st.one_of(
        st.builds(row, st.sampled_from([1, 2]), st.sampled_from([None, "a", "b"]), *_MORE),
        st.builds(row, st.none(), st.sampled_from(["a", "b"]), *_MORE),
    ),
    max_size=6,
).map(lambda rows: Sheet(tuple(rows)))
"""Rows that find out only later that two identities are one person, or that they are not."""

_PEOPLE = st.sampled_from([(1, "a"), (2, "b"), (3, "c")])
APART = st.lists(
    st.builds(lambda who, *more: row(*who, *more), _PEOPLE, *_MORE, _NAMES), max_size=6
).map(lambda rows: Sheet(tuple(rows)))
"""Rows that name their person whole, so that none of them is ever refused."""


@st.composite
def shuffled(draw, sheet: Sheet) -> Sheet:
    """The same rows, those about one person in the same order as before."""
    whose = draw(st.permutations([draft.external_ids for draft in sheet.drafts]))
    left = {who: iter([d for d in sheet.drafts if d.external_ids == who]) for who in whose}
    return Sheet(tuple(next(left[who]) for who in whose))
