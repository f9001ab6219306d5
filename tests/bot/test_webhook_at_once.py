"""Updates posted at the same instant: each is one turn, and a repeated one is handled once."""

from __future__ import annotations

from asyncio import gather
from typing import Any

from tests.ballots import addresses_of, answers_of
from tests.bot.updates import inbound, message, number_of, post, update
from tests.people import TelegramPerson
from tests.world import World


async def posted(world: World, *updates: dict[str, Any]) -> None:
    """Post them all at once; each must be accepted."""
    answers = await gather(*(post(world, each) for each in updates))
    assert [answer.status_code for answer in answers] == [200] * len(updates)


async def test_the_same_update_twice_has_one_effect_and_one_reply(hooked: World, person: TelegramPerson) -> None:
    repeated, before, count = update(message=message(number_of(person), text="3")), await inbound(hooked), person.count
    await posted(hooked, repeated, repeated)
    assert (await inbound(hooked), person.count) == (before + 1, count + 1)
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["3"]}


async def test_two_texts_are_two_turns(hooked: World, person: TelegramPerson) -> None:
    count = person.count
    await posted(hooked, *(update(message=message(number_of(person), text=text)) for text in ("2", "1")))
    assert {text.text.partition("/4")[0][-1] for text in person.user.messages[count:]} == {"2", "3"}
    answers = await answers_of(hooked, "telegram", str(number_of(person)))
    assert answers in ({1: ["2"], 2: ["yes"]}, {1: ["1"], 2: ["no"]})


async def test_first_texts_are_of_one_person(hooked: World) -> None:
    chat, before = hooked.chat(), await inbound(hooked)
    await posted(hooked, *(update(message=message(chat, text="hello")) for _ in range(4)))
    assert await inbound(hooked) == before + 4
    assert await addresses_of(hooked, "telegram", str(chat)) == 1
