"""Meetings over the JSON API, on the command line, by a word with a number, and in the demonstration data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.consultations import drafts
from api.consultations.schemas import ConsultationIn
from api.meetings import service
from sawt.demo import loading
from tests.api.office import as_staff
from tests.campaigns.crowd import resident
from tests.consultations import main_consultation
from tests.meetings.planned import by_day, clock, meeting, planned, register, registered
from tests.meetings.test_journeys import texts
from tests.people import joined
from tests.terminal import Terminal
from tests.world import World

HEADERS = as_staff()
MINUTES = {"ar": "ا", "fr": "a\nb\nc", "zgh": "ⴰ"}


async def post(world: World, path: str, body: dict[str, Any], *, status: int) -> Any:
    answer = await world.http.post(f"/v1/meetings{path}", json=body, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_meeting_by_the_json_api(quiet_world: World) -> None:
    created = await post(quiet_world, "", meeting(quiet_world, seats=1, consultation="plan"), status=201)
    assert (created["state"], created["seats"], created["taken"]) == ("planned", 1, 0)
    await post(quiet_world, "", meeting(quiet_world), status=409)
    people = [await resident(quiet_world) for _ in range(3)]
    for who in people:
        await register(quiet_world, created["number"], who)
    assert (await post(quiet_world, "/tanger/seats", {"seats": 2}, status=200))["seats"] == 2
    await by_day(quiet_world)
    await clock(quiet_world)
    assert [state for _, state in await registered(quiet_world, created["number"])] == ["seat", "seat", "waiting"]
    await post(quiet_world, "/tanger/minutes", MINUTES, status=409)  # it has not begun
    quiet_world.now.advance(days=11)
    assert (await post(quiet_world, "/tanger/minutes", MINUTES, status=200))["state"] == "held"
    await post(quiet_world, "/tanger/minutes", MINUTES, status=409)
    (listed,) = (await quiet_world.http.get("/v1/meetings", headers=HEADERS)).json()["items"]
    assert listed["minutes"] == MINUTES
    assert (await quiet_world.http.get("/v1/meetings")).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"seats": 0}, {"province": "99.999"}, {"latitude": 91}, {"longitude": None}, {"languages": []},
        {"ends_at": "2020-01-01T10:00:00Z"}, {"starts_at": "2020-01-01T10:00:00Z"}, {"code": "A"}, {"theme": "!"},
        {"place": {"ar": "ا" * 41, "fr": "a", "zgh": "ⴰ"}}, {"title": {"ar": "ا"}}, {"more": 1},
    ],
)  # fmt: skip
async def test_malformed_meetings_are_refused(world: World, wrong: dict[str, Any]) -> None:
    await post(world, "", {**meeting(world, "never"), **wrong}, status=422)


async def test_a_number_after_the_word_shows_that_meeting(own_world: World) -> None:
    await own_world.close("plan")
    await planned(own_world)
    number = await planned(own_world, "tetouan", days=20)
    person = await joined(own_world, "sms", "ar")
    await person.say(f"اجتماع {number}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    assert "tetouan" in texts(person)[-1]
    await person.pick(1)
    assert len(await registered(own_world, number)) == 1
    await person.say("اجتماع 999")
    assert texts(person)[-1].startswith(person.words("list.off", number=999))
    await person.say(f"إلغاء الحضور {number}")
    assert await registered(own_world, number) == []


async def test_by_the_command_line(terminal: Terminal, quiet_world: World, tmp_path: Path) -> None:
    file = tmp_path / "meeting.json"
    async with quiet_world.db.transaction() as session:
        draft = {**main_consultation(), "code": "draft"}
        await drafts.create(session, ConsultationIn.model_validate(draft), who="amina", now=quiet_world.now())
    file.write_text(json.dumps(meeting(quiet_world, consultation="draft")), encoding="utf-8")
    runs = (
        ("meeting create {file}", "planned"),
        ("meeting list", "tanger"),
        ("meeting seats tanger 3", "3 seats"),
        ("meeting show tanger", '"seats": 3'),
        ("meeting who tanger", "none"),
        ("meeting move tanger 2090-12-01T10:00 2090-12-01T12:00", "tanger is moved; notified: 0.\nIts consultation is"),
        ("meeting cancel tanger --yes", "notified: 0.\nIts consultation is not open"),
    )
    for line, expected in runs:
        output = (await terminal(*line.format(file=file).split())).output
        assert expected in output, (line, output)
    await planned(quiet_world, "agadir", consultation="plan")
    assert (await terminal("meeting", "cancel", "agadir", "--yes")).stderr == "agadir is cancelled; notified: 0.\n"
    assert "nothing to record" in await terminal.refused("meeting", "attendance", "tanger")
    assert await terminal.refused("meeting", "show", "nowhere?") == "there is no meeting nowhere?"


async def test_attendance_and_minutes_by_the_command_line(terminal: Terminal, quiet_world: World) -> None:
    number, one, other = await planned(quiet_world), await resident(quiet_world), await resident(quiet_world)
    for who in (one, other):
        await register(quiet_world, number, who)
    quiet_world.now.advance(days=11)
    marks = ("--people", "12", "--came", str(one), "--absent", str(other))
    noted = await terminal("meeting", "attendance", "tanger", *marks)
    assert noted.stderr == "tanger: 1 of those registered came, 1 did not; attendance: 12.\n"
    assert "tanger is held" in (await terminal("meeting", "minutes", "tanger", "-", typed=json.dumps(MINUTES))).stderr
    rows = (await terminal("meeting", "who", "tanger")).stdout
    assert ("yes" in rows, "no" in rows) == (True, True)


async def test_the_demonstration_has_four_held_and_the_one_cancelled(quiet_world: World) -> None:
    for _ in range(2):
        async with quiet_world.db.transaction() as session:
            await loading.load_meetings(session, now=quiet_world.now())
    async with quiet_world.db.transaction() as session:
        states = {each.code: each.state for each in (await service.listed(session)).items}
    assert sorted(states.values()) == ["cancelled", "held", "held", "held", "held", "planned"]
    assert states["tanger"] == "cancelled"
