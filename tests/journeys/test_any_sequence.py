"""Any sequence of texts and taps, on every channel: no failure, no dead end, no second ballot, and STOP stops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.consultations.content import QuestionContent
from api.consultations.models import Ballot, Consultation
from api.dialogue.understand.clean import storable
from api.text.normalise import normalise
from tests.ballots import ballots_of, resident_of
from tests.conftest import Databases
from tests.consultations import main_consultation
from tests.direct import DirectPerson, questions_of
from tests.examples import examples
from tests.journeys.anything import Gesture, answer, do, gestures, keywords, to_the_end, wide
from tests.journeys.wired import WiredPerson
from tests.wire.checker import WireChecker
from tests.world import World, living

# Always the same number of examples, none from earlier runs; explaining a failure would take minutes.
channels = pytest.mark.parametrize("channel", ["sms", "telegram"])


class Wild:
    """A world with two open consultations and a closed one, and their questions."""

    def __init__(self, world: World, questions: dict[str, QuestionContent]) -> None:
        self.world, self.questions = world, questions

    async def person(self, channel: str, depth: int, kind: type[DirectPerson] = DirectPerson) -> DirectPerson:
        """Somebody new, this many ordinary gestures after their first message."""
        person = kind.new(self.world, channel)
        await person.say("hello")
        for _ in range(depth):
            await answer(person, self.questions)
        return person

    async def ballots(self) -> dict[str, int]:
        """The number of ballots in each consultation."""
        async with self.world.db.transaction() as session:
            rows = await session.execute(
                select(Consultation.code, func.count(Ballot.id)).outerjoin(Ballot).group_by(Consultation.code)
            )
            return dict(rows.all())


@pytest.fixture(scope="module")
async def wild(databases: Databases, checker: WireChecker) -> AsyncIterator[Wild]:
    async with living(await databases.fresh(), checker, consultation=wide()) as world:
        await world.open({**main_consultation(), "code": "closed"})
        await world.close("closed")
        await world.open({**main_consultation(), "code": "second"})
        yield Wild(world, await questions_of(world))


@channels
@examples(20)
@given(depth=st.integers(0, 9), sequence=gestures())
# Too large for a database integer.
@example(depth=3, sequence=[("forge", f"q:{number}:1") for number in (2**63, 10**60)])
# The question that takes a number.
@example(depth=3, sequence=[("others", (2, value)) for value in ("nan", "inf", "1e300")])
@example(depth=4, sequence=[*(("take", place) for place in (1, 2, 3)), ("say", "aide")])  # the most, asked again
@example(depth=4, sequence=[("take", 2), ("take", 3)])  # one more than the most, with a usual answer added
async def test_nobody_is_stuck_and_nobody_counts_twice(
    wild: Wild, channel: str, depth: int, sequence: list[Gesture]
) -> None:
    await comes_to_the_end(wild, wild.person(channel, depth), sequence)


@channels
@examples(3)
@given(depth=st.integers(0, 9), sequence=gestures())
async def test_nor_over_the_wire(wild: Wild, channel: str, depth: int, sequence: list[Gesture]) -> None:
    await comes_to_the_end(wild, wild.person(channel, depth, WiredPerson), sequence)
    assert wild.world.network.alerts == []


async def comes_to_the_end(wild: Wild, coming: Awaitable[DirectPerson], sequence: list[Gesture]) -> None:
    """Whatever they do, they can finish and get a receipt, and count once."""
    before = await wild.ballots()
    person = await coming
    for gesture in sequence:
        await do(person, gesture, wild.questions)
    receipt = await to_the_end(person, wild.questions)
    mine = await ballots_of(wild.world, person.channel, person.address)
    assert (receipt, True) in [(ballot.receipt, ballot.complete) for _, ballot in mine]
    gained = {code: count - before[code] for code, count in (await wild.ballots()).items()}
    assert gained == {"closed": 0, "wide": 0, "second": 0} | {code: 1 for code, _ in mine}


@channels
@examples(12)
@given(depth=st.integers(0, 9), word=st.sampled_from(keywords("stop", "high")), after=gestures())
async def test_stop_stops_until_start(wild: Wild, channel: str, depth: int, word: str, after: list[Gesture]) -> None:
    person = await wild.person(channel, depth)
    await person.say(word)
    assert [reply.choices for reply in person.replies] == [()]
    mine = await votes_of(person)
    for gesture in after:
        if _means(person, gesture, "start", "mine", "erase", "wrong"):  # these may erase them, or bring them back
            continue
        await do(person, gesture, wild.questions)
        assert await state_of(person) == "stopped"
    assert await votes_of(person) == mine
    await person.say("start")
    assert await state_of(person) == "joining"


def _means(person: DirectPerson, gesture: Gesture, *intents: str) -> bool:
    written = gesture[0] == "say" or (gesture[0] == "forge" and person.channel == "sms")
    meaning = person.dialogue.context.lexicon.meaning(normalise(storable(gesture[1]))) if written else None
    return meaning is not None and meaning.intent in intents


async def votes_of(person: DirectPerson) -> list[tuple[str, str, bool]]:
    """Their ballots, as far as these tests compare them."""
    ballots = await ballots_of(person.world, person.channel, person.address)
    return [(code, ballot.receipt, ballot.complete) for code, ballot in ballots]


async def state_of(person: DirectPerson) -> str:
    resident = await resident_of(person.world, person.channel, person.address)
    assert resident is not None
    return resident.state


@channels
async def test_a_flood_gets_one_notice_and_stop_is_still_heard(wild: Wild, channel: str) -> None:
    dialogue = wild.world.service.dialogue
    few = replace(dialogue, settings=dialogue.settings.model_copy(update={"messages_per_hour": 4}))
    person, heard = DirectPerson.new(wild.world, channel, few), []
    for text in ("hello", "2", "1", "3", "1", "1", "1"):
        await person.say(text)
        heard.append(len(person.replies))
    assert heard == [1, 1, 1, 1, 1, 0, 0]
    assert person.choices == ()
    await person.say("STOP")
    assert len(person.replies) == 1
    assert await state_of(person) == "stopped"
