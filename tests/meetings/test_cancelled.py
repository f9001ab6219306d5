"""A cancelled meeting: one command tells everyone registered once, and offers them the linked consultation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.actors import Action
from api.campaigns.schemas import CampaignIn
from api.errors import Conflict
from api.i18n import LANGUAGES
from api.meetings.models import Registration
from api.meetings.notifications import start_text
from api.outbox.models import Body, Delivery
from api.residents.models import Address
from api.residents.service import open_address
from api.workflows import meetings
from sms.segments import count
from tests.api.office import as_staff
from tests.campaigns.crowd import resident
from tests.campaigns.office import look, make, recipients, states
from tests.consultations import main_consultation
from tests.meetings.planned import PLACE, at, clock, planned, register, registered
from tests.meetings.test_journeys import gives_up, takes_a_seat, texts, voice_of
from tests.people import joined
from tests.world import KEYRING, World

HEADERS = as_staff()


async def post(world: World, path: str, body: dict[str, Any], *, status: int = 200) -> Any:
    answer = await world.http.post(f"/v1/meetings{path}", json=body, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.json()


async def crowd(world: World, number: int, people: int) -> list[int]:
    """Register so many people, in every language and on both channels; every tenth has stopped since."""
    numbers = [
        await resident(
            world,
            language=LANGUAGES[place % 3],
            channels=("telegram",) if place % 4 == 0 else ("sms",),
            state="stopped" if place % 10 == 9 else "active",
        )
        for place in range(people)
    ]
    async with world.db.transaction() as session:
        session.add_all(
            Registration(
                meeting_id=number,
                resident_id=who,
                state="seat" if place < 250 else "waiting",
                since=world.now(),
                asked=False,
                judged=False,
            )
            for place, who in enumerate(numbers)
        )
        sealed = await session.scalars(select(Address.sealed).where(Address.channel == "telegram"))
        for each in sealed:
            world.network.telegram_user(int(open_address(KEYRING, each))).profile.started = True
    return numbers


async def night(world: World) -> None:
    """Advance to an hour in which nobody may be written to."""
    while world.kit.rules.hours.open_at(world.now()):
        world.now.advance(hours=1)


async def test_three_hundred_are_told_once_by_one_command_at_any_hour(own_world: World) -> None:
    number = await planned(own_world, seats=250, consultation="plan")
    everyone = await crowd(own_world, number, 300)
    people = {who for place, who in enumerate(everyone) if place % 10 != 9}
    others = [await resident(own_world) for _ in range(5)]
    await night(own_world)  # the meeting may be tomorrow morning: nobody should set out for nothing
    outcome = await post(own_world, "/tanger/cancel", {})
    assert (outcome["state"], sum(outcome["queued"].values())) == ("cancelled", 270)
    assert await recipients(own_world, outcome["campaign"]) == people
    assert people & set(everyone[250:])  # those who wait too
    await own_world.deliver()
    await own_world.deliver()
    async with own_world.db.transaction() as session:
        rows = list(await session.scalars(select(Delivery)))
        bodies = list(await session.scalars(select(Body).where(Body.campaign_id == outcome["campaign"])))
    assert sorted(each.resident_id for each in rows) == sorted(people)
    assert not people & set(others)
    ended = await states(own_world, outcome["campaign"])
    assert set(ended) == {"delivered", "sent"}  # Telegram reports no arrival
    assert ended.count("delivered") == 195
    assert all("open:plan" in str(body.choices) and "PLAN" in body.text for body in bodies)
    assert not any("meet:out" in str(body.choices) for body in bodies)  # there is no seat to give up any more
    assert all(count(body.text).parts <= 3 for body in bodies if body.channel == "sms")
    await post(own_world, "/tanger/cancel", {}, status=409)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_the_tied_consultation_begins_by_a_tap_or_a_word(own_world: World, channel: str, language: str) -> None:
    await own_world.close("plan")
    for code in ("other", "water"):
        await own_world.open({**main_consultation(), "code": code})
    await planned(own_world, consultation="water")
    person = await joined(own_world, channel, language)
    await takes_a_seat(person)
    await post(own_world, "/tanger/cancel", {})
    await own_world.deliver()
    news = texts(person)[-1]
    assert news.startswith(person.words("meeting.cancelled", when="", place="").split(":")[0])
    assert "WATER" in news
    if channel == "telegram":
        await person.way("water")
    else:
        await person.say("WATER")
    title = main_consultation()["title"][language]
    assert person.words("consultation.intro", title=title, count=4) in person.heard
    assert "1/4" in person.heard


@pytest.mark.parametrize(("channel", "language"), [("sms", "fr"), ("telegram", "ar"), ("sms", "zgh")])
async def test_after_a_move_all_are_told_and_keep_their_seats(own_world: World, channel: str, language: str) -> None:
    await own_world.close("plan")
    number = await planned(own_world, seats=1)
    person, other = await joined(own_world, channel, language), await joined(own_world, channel, language)
    await takes_a_seat(person)
    await takes_a_seat(other)
    starts = (own_world.now() + timedelta(days=20)).replace(microsecond=0)
    body = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await post(own_world, "/tanger/move", body)
    row = await at(own_world, number)
    assert (row.state, row.starts_at, row.reminded_at) == ("moved", starts, None)
    await own_world.deliver()
    where = {"when": start_text(row, voice_of(person)), "place": PLACE[language]}
    for each in (person, other):  # those who wait are told too, but promised no seat
        assert texts(each)[-1].startswith(each.words("meeting.moved", **where))
    assert [state for _, state in await registered(own_world, number)] == ["seat", "waiting"]
    if channel == "sms":
        assert person.words("word.withdraw").upper() in texts(person)[-1].upper()
    await gives_up(person)
    assert texts(person)[-1].startswith(person.words("meeting.out", **where))
    assert [state for _, state in await registered(own_world, number)] == ["waiting"]


async def test_after_a_move_to_tomorrow_nobody_is_told_twice(own_world: World) -> None:
    await own_world.close("plan")
    await planned(own_world)
    person = await joined(own_world, "sms", "fr")
    await takes_a_seat(person)
    before = len(texts(person))
    starts = (own_world.now() + timedelta(days=1)).replace(microsecond=0)
    body = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
    await post(own_world, "/tanger/move", body)
    await clock(own_world)
    await own_world.deliver()
    assert len(texts(person)) == before + 1


async def test_a_closed_consultation_is_not_offered(quiet_world: World) -> None:
    number = await planned(quiet_world, consultation="plan")
    await register(quiet_world, number, await resident(quiet_world))
    await quiet_world.close("plan")
    outcome = await post(quiet_world, "/tanger/cancel", {})
    async with quiet_world.db.transaction() as session:
        bodies = list(await session.scalars(select(Body).where(Body.campaign_id == outcome["campaign"])))
    assert [body for body in bodies if body.choices or re.search("PLAN", body.text)] == []


async def test_those_registered_are_an_audience(quiet_world: World) -> None:
    number, who = await planned(quiet_world), await resident(quiet_world)
    await resident(quiet_world)
    await register(quiet_world, number, who)
    campaign = await make(
        quiet_world,
        CampaignIn.model_validate(
            {"name": "x", "purpose": "meeting", "texts": {"ar": "ا", "fr": "a", "zgh": "ⴰ"},
             "audience": {"registered": "tanger"}}
        ).model_dump(mode="json", by_alias=True, exclude_unset=True),
    )  # fmt: skip
    assert (await look(quiet_world, campaign)).recipients == 1


async def test_a_meeting_is_cancelled_once(quiet_world: World) -> None:
    await planned(quiet_world)
    async with quiet_world.db.transaction() as session:
        await meetings.cancel(session, "tanger", kit=quiet_world.kit, action=Action("amina", quiet_world.now()))
    with pytest.raises(Conflict):
        async with quiet_world.db.transaction() as session:
            await meetings.cancel(session, "tanger", kit=quiet_world.kit, action=Action("idir", quiet_world.now()))


@pytest.mark.parametrize(("channel", "language"), [("sms", "fr"), ("telegram", "ar"), ("sms", "zgh")])
async def test_the_reason_is_told_in_their_language(own_world: World, channel: str, language: str) -> None:
    await own_world.close("plan")
    await planned(own_world)
    person = await joined(own_world, channel, language)
    await takes_a_seat(person)
    reason = {"ar": "فيضان الوادي", "fr": "crue de l'oued", "zgh": "ⴰⵏⴳⴰⵢ"}
    await post(own_world, "/tanger/cancel", {"reason": {"ar": "x"}}, status=422)
    await post(own_world, "/tanger/cancel", {"reason": reason})
    await own_world.deliver()
    assert person.words("meeting.reason", title=person.words_of(reason)) in texts(person)[-1]
