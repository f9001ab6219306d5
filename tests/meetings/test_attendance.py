"""Attendance: recorded by staff, counted, and decisive for who is asked about the minutes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.campaigns.crowd import resident
from tests.meetings.planned import clock, planned, register, registered
from tests.meetings.test_doors import HEADERS, post
from tests.meetings.test_journeys import gives_up, takes_a_seat, texts
from tests.meetings.test_minutes import judge, later, record
from tests.people import joined
from tests.world import World


async def seats(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await world.http.get("/v1/meetings/tanger/seats", headers=HEADERS)).json()["items"]
    return items


async def test_attendance_is_recorded_counted_and_decides_who_is_asked(quiet_world: World) -> None:
    number = await planned(quiet_world, days=1, seats=3)
    came, absent, unknown, waited = people = [await resident(quiet_world) for _ in range(4)]
    for who in people:
        await register(quiet_world, number, who)
    body = {"people": 41, "came": [came, waited], "absent": [absent]}
    await post(quiet_world, "/tanger/attendance", body, status=409)  # it has not begun
    await later(quiet_world)
    answer = await post(quiet_world, "/tanger/attendance", body, status=200)
    assert [answer[name] for name in ("attended", "came", "absent", "taken", "waiting")] == [41, 2, 1, 3, 1]
    listed = await seats(quiet_world)
    assert [(each["resident"], each["came"]) for each in listed] == [
        (came, True), (absent, False), (unknown, None), (waited, True),
    ]  # fmt: skip
    assert all(each["phone"].startswith("+2126••••••") and len(each["phone"]) == 13 for each in listed)
    await record(quiet_world)
    await clock(quiet_world)
    assert [await judge(quiet_world, number, who, right=True) for who in people] == [True, False, True, True]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({}, "nothing to record"),
        ({"came": [1], "absent": [1]}, "resident 1 is listed under both"),
        ({"people": 3, "came": [987654]}, "resident 987654 did not register"),
        ({"people": -1}, "greater than or equal to 0"),
    ],
)
async def test_wrong_attendance_is_refused_as_a_whole_and_explained(quiet_world: World, wrong: Any, words: str) -> None:
    await planned(quiet_world, days=1)
    quiet_world.now.advance(days=2)
    answer = await quiet_world.http.post("/v1/meetings/tanger/attendance", json=wrong, headers=HEADERS)
    assert answer.status_code == 422
    assert words in answer.text
    assert (await quiet_world.http.get("/v1/meetings/tanger", headers=HEADERS)).json()["attended"] is None


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_an_old_tap_or_word_after_the_meeting_takes_nobody_off_its_list(own_world: World, channel: str) -> None:
    await own_world.close("plan")
    number = await planned(own_world, days=1)
    person = await joined(own_world, channel, "fr")
    await takes_a_seat(person)
    own_world.now.advance(days=2)
    await gives_up(person)
    assert texts(person)[-1].startswith(person.words("meeting.over"))
    if channel == "sms":  # a number after the word refers to the list of coming meetings, which is empty
        await person.say(f"{person.words('word.withdraw')} {number}")
        assert texts(person)[-1].startswith(person.words("meeting.out.none"))
    assert [state for _, state in await registered(own_world, number)] == ["seat"]
