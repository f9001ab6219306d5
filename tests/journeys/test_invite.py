"""Invitations: every consenting resident once, in their language, on one channel, whatever providers do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.consultations import service as consultations
from api.consultations.models import Participation
from api.errors import NotOpen
from api.outbox.models import Delivery
from api.residents.models import Resident
from tests.ballots import resident_of
from tests.consultations import main_consultation
from tests.direct import questions_of
from tests.linking.acts import address_of
from tests.people import SmsPerson, TelegramPerson, joined
from tests.world import World


async def states(world: World, campaign_id: int) -> list[str]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Delivery.state).where(Delivery.campaign_id == campaign_id)))


async def delivered(world: World, campaign_id: int) -> list[str]:
    """The states once everything due was sent and reported."""
    await world.deliver()
    return sorted(await states(world, campaign_id))


def second() -> dict[str, Any]:
    return {**main_consultation(), "code": "second"}


async def test_everyone_is_asked_once_in_their_language(own_world: World) -> None:
    people = [
        await joined(own_world, channel, language)
        for channel in ("sms", "telegram")
        for language in ("ar", "fr", "zgh")
    ]
    before = [person.count for person in people]
    await own_world.open(second())
    invited = await own_world.invite("second")
    assert invited.queued == {"telegram": 3, "sms": 3}
    await delivered(own_world, invited.campaign_id)
    for person, count in zip(people, before, strict=True):
        assert person.count == count + 1
        title = second()["title"][person.language]
        assert person.heard.startswith(person.words("invite", title=title, count=4))
    again = await own_world.invite("second")
    assert again.queued == {"telegram": 0, "sms": 0}


async def test_who_stopped_declined_or_began_is_not_asked(own_world: World) -> None:
    stopped = await joined(own_world, "sms", "fr")
    await stopped.say("STOP")
    undecided = SmsPerson(own_world, "fr")
    await undecided.say("hello")
    await joined(own_world, "telegram", "fr")  # is already answering
    assert (await own_world.invite("plan")).queued == {"telegram": 0, "sms": 0}


async def test_a_stop_cancels_what_is_queued(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    await own_world.open(second())
    async with own_world.db.transaction() as session:  # nothing is claimed at this moment
        resident = (await session.scalars(select(Resident))).one()
        resident.state = "declined"
    invited = await own_world.invite("second")
    assert invited.queued["sms"] == 0
    async with own_world.db.transaction() as session:
        (await session.scalars(select(Resident))).one().state = "active"
    await person.say("STOP")
    assert (await own_world.invite("second")).queued["sms"] == 0


async def test_only_an_open_consultation(quiet_world: World) -> None:
    await quiet_world.close("plan")
    with pytest.raises(NotOpen):
        await quiet_world.invite("plan")


async def test_who_blocked_the_bot_is_recorded_as_stopped(own_world: World) -> None:
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await own_world.open(second())
    own_world.network.telegram.hit = frozenset({"sendMessage"})
    await person.user.block()
    await own_world.network.settled()
    assert (await own_world.invite("second")).queued == {"telegram": 0, "sms": 0}
    await person.user.unblock()
    await person.user.start()
    await own_world.network.settled()
    assert person.heard.startswith(person.words("consent.ask"))


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("+212600009901", "failed"),
        ("+212600009907", "failed"),
        ("+212600009911", "unsure"),
        ("+212600009950", "delivered"),
    ],
)
async def test_twilio_errors_decide_the_state(own_world: World, number: str, state: str) -> None:
    """9950 loses the answer: unsure, until the status callback with the delivery's id arrives."""
    phone = own_world.network.phone(number)
    for text in ("hello", "2", "1", "3"):
        await phone.send(text)
    await own_world.open(second())
    invited = await own_world.invite("second")
    assert await delivered(own_world, invited.campaign_id) == [state]


async def test_throttling_delays_and_loses_nothing(own_world: World) -> None:
    people = [await joined(own_world, channel, "fr") for channel in ("sms", "telegram") for _ in range(3)]
    own_world.network.twilio.throttle_next = own_world.network.telegram.throttle_next = 2
    before = [person.count for person in people]
    await own_world.open(second())
    invited = await own_world.invite("second")
    assert "queued" in await delivered(own_world, invited.campaign_id)
    own_world.now.advance(seconds=5)
    assert set(await delivered(own_world, invited.campaign_id)) <= {"sent", "delivered"}
    assert [person.count for person in people] == [count + 1 for count in before]


async def test_callbacks_late_doubled_and_disordered_move_only_forward(own_world: World) -> None:
    for _ in range(5):
        await joined(own_world, "sms", "fr")
    own_world.network.twilio.reorder, own_world.network.twilio.repeat_share = True, 0.5
    await own_world.open(second())
    invited = await own_world.invite("second")
    assert await delivered(own_world, invited.campaign_id) == ["delivered"] * 5


async def test_who_was_not_asked_cannot_tap_into_what_is_for_the_invited(own_world: World) -> None:
    await own_world.open({**main_consultation(), "code": "ground", "invited_only": True})
    people = [await joined(own_world, "telegram", "fr") for _ in range(2)]
    asked = list((await questions_of(own_world)).values())[4]
    resident = await resident_of(own_world, *address_of(people[1]))
    assert resident is not None
    async with own_world.db.transaction() as session:
        ground = await consultations.get(session, "ground")
        session.add(Participation(consultation_id=ground.id, resident_id=resident.id, state="asked"))
    for person in people:
        assert isinstance(person, TelegramPerson)
        await person.user.tap_on(person.user.last.message_id, f"q:{asked.id}:{asked.options[0].value}")
        await own_world.network.settled()
    assert people[0].heard == people[0].words("error.closed")
    assert (await own_world.results("ground")).ballots == 1
