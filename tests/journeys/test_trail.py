"""The trail of prompts: its rules, and that nothing of it outlives its use."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from api.background.cleanup import sweeper
from api.channel import Kind
from api.conversations import trail
from api.conversations.models import Conversation
from api.conversations.trail_prompt import Prompt
from api.dialogue.store import new_conversation
from tests.ballots import answers_of, resident_of
from tests.consultations import main_consultation
from tests.direct import DirectPerson
from tests.world import World

NOW = datetime.fromisoformat("2026-12-01T10:00:00.400+00:00")


def conversation(*names: str, of: int | None = 7) -> Conversation:
    """A conversation with these prompts, a minute apart."""
    at = new_conversation(1, now=NOW)
    for place, name in enumerate(names):
        trail.note_prompt(at, name, consultation_id=of, now=NOW + timedelta(minutes=place), inbound_id=place)
    return at


def names(at: Conversation) -> list[str]:
    return [prompt.name for prompt in trail.read(at)]


def test_asking_once_more_is_the_same_question_and_a_guess_is_not() -> None:
    at = conversation("q:1", "q:1", "q:2")
    assert [(prompt.name, prompt.inbound_id) for prompt in trail.read(at)] == [("q:1", 1), ("q:2", 2)]
    at.guess = "q:2:yes"
    for _ in range(2):
        trail.note_prompt(at, "q:2?", consultation_id=7, now=NOW)
    assert names(at) == ["q:1", "q:2", "q:2?", "q:2?"]


def test_a_long_conversation_is_cut() -> None:
    at = conversation(*(f"q:{number}" for number in range(40)))
    assert names(at) == [f"q:{number}" for number in range(28, 40)]


def test_what_was_asked_of_another_person_or_in_another_consultation_cannot_be_answered() -> None:
    at = conversation("consent", "q:1", "as:ab:q:1", "as:cd:q:1")
    assert names(at) == ["consent", "q:1", "", "as:cd:q:1"]
    trail.note_prompt(at, "q:9", consultation_id=8, now=NOW)
    assert names(at) == ["consent", "", "", "", "q:9"]


@pytest.mark.parametrize(
    ("what", "question"),
    [
        ("q:12", ("", "12", "")), ("q:12:4:yes", ("", "12", "4:yes")), ("as:ab:q:12", ("ab", "12", "")),
        ("as:ab:q:12:4:yes?", ("ab", "12", "4:yes")), ("consent:consent:yes:2", ("", "", "")), ("", ("", "", "")),
        ("card:12", ("", "", "")), ("as:ab", ("", "", "")),
    ],
)  # fmt: skip
def test_the_question_behind_a_name(what: str, question: tuple[str, str, str]) -> None:
    assert Prompt(what, NOW).question == question


async def trails(world: World) -> list[object]:
    async with world.db.transaction() as session:
        return [each for each in await session.scalars(select(Conversation.trail)) if each]


async def person(world: World) -> DirectPerson:
    newcomer = DirectPerson.new(world, "sms")
    for text in ("Bonjour", "2", "oui", "3", "1"):
        await newcomer.say(text)
    return newcomer


async def test_a_conversation_of_before_it_was_remembered_goes_on(world: World) -> None:
    someone = await person(world)
    async with world.db.transaction() as session:
        await session.execute(update(Conversation).values(trail=None, trail_of=None))
    await someone.say("non", kind=Kind.EDITED, message_id="7")
    assert await answers_of(world, "sms", someone.address) == {1: ["1"]}
    async with world.db.transaction() as session:
        await session.execute(update(Conversation).values(trail=None, trail_of=None))
    await someone.say("oui", sent_at=world.now.later(minutes=-5))
    assert await answers_of(world, "sms", someone.address) == {1: ["1"], 2: ["yes"]}


async def test_nothing_of_it_outlives_a_closing_or_an_erasure(own_world: World) -> None:
    someone, other = await person(own_world), await person(own_world)
    assert len(await trails(own_world)) == 2
    for text in ("mes données", "1", "oui"):
        await other.say(text)
    gone = await resident_of(own_world, "sms", other.address)
    assert gone is None or gone.state == "erased"
    stored = await trails(own_world)
    assert len([each for each in stored if "q:" in str(each)]) == 1
    await own_world.close("plan")
    await own_world.open({**main_consultation(), "code": "next"})
    await sweeper(own_world.settings, own_world.db, own_world.now)()
    assert [each for each in await trails(own_world) if "q:" in str(each)] == []
    await someone.say("1")
    assert someone.words("closed.check") in someone.heard
