"""A place and a calendar file: sent on Telegram, left out by SMS; calendars can read the file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from api.channel import File, Reply, Spot
from api.i18n import LANGUAGES
from api.meetings import service
from api.meetings.calendar import attachments, entry
from api.meetings.models import Meeting
from api.meetings.schemas import When
from api.outbox import payload
from api.outbox.write import notifications
from tests.meetings.planned import planned
from tests.meetings.test_journeys import takes_a_seat, texts
from tests.people import TelegramPerson, joined
from tests.world import KEYRING, World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
LONG = {
    "ar": "لقاء، حول الماء؛ والطرق " * 5,
    "fr": "Eau, routes; \\ villages\net le reste " * 5,
    "zgh": "ⴰⴳⵔⴰⵡ, ⴰⵎⴰⵏ " * 8,
}


def meeting(**more: object) -> Meeting:
    values = {"code": "tanger", "title": LONG, "place": LONG, "state": "planned", "latitude": 35.77, "longitude": -5.8}
    values |= {"revision": 0}
    times = {"starts_at": NOW, "ends_at": NOW.replace(hour=12)}
    return Meeting(**{**values, **times, **more})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_reads_what_was_written(world: World, language: str) -> None:
    raw = entry(meeting(), world.kit.catalogs.voice(language), now=NOW)
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    calendar = Calendar.from_ical(raw)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["PRODID"]
    [event] = calendar.walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("meeting-tanger@sawt", 0, "CONFIRMED")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (NOW, NOW.replace(hour=12))
    assert event.decoded("DTSTAMP") == NOW
    assert b"DTSTART:20261124T100000Z\r\n" in raw  # in UTC: no VTIMEZONE is needed
    assert event["SUMMARY"] == event["LOCATION"] == LONG[language]
    assert (event["GEO"].latitude, event["GEO"].longitude) == (35.77, -5.8)
    assert event.errors == calendar.errors == []


async def test_a_newer_file_replaces_an_older_one(quiet_world: World) -> None:
    await planned(quiet_world)
    now, voice = quiet_world.now, quiet_world.kit.catalogs.voice("fr")
    files = []
    for change in (None, "move", "move", "cancel"):
        async with quiet_world.db.transaction() as session:
            if change == "move":
                when = When(starts_at=now.later(days=9 + len(files)), ends_at=now.later(days=10 + len(files)))
                await service.mark_moved(session, "tanger", when, who="amina", now=now())
            elif change == "cancel":
                await service.mark_cancelled(session, "tanger", who="amina", now=now())
            row = await service.get(session, "tanger")
            [event] = Calendar.from_ical(entry(row, voice, now=now())).walk("VEVENT")
            files.append((event["UID"], event["SEQUENCE"], event["STATUS"]))
    uid = "meeting-tanger@sawt"
    assert files == [(uid, 0, "CONFIRMED"), (uid, 1, "CONFIRMED"), (uid, 2, "CONFIRMED"), (uid, 3, "CANCELLED")]


@pytest.mark.parametrize("state", ["planned", "cancelled"])
def test_characters_that_would_break_a_line_stay_within_it(world: World, state: str) -> None:
    strange = {"ar": "ا", "zgh": "ⴰ", "fr": "Eau\r\nSTATUS:CONFIRMED\r\n\u0007;,\\"}
    raw = entry(meeting(title=strange, state=state, latitude=None), world.kit.catalogs.voice("fr"), now=NOW)
    [event] = Calendar.from_ical(raw).walk("VEVENT")
    assert event["SUMMARY"].replace("\u0007", "") == "Eau\nSTATUS:CONFIRMED\n;,\\"
    assert event["STATUS"] == ("CANCELLED" if state == "cancelled" else "CONFIRMED")


def test_without_a_point_there_is_only_the_file(world: World) -> None:
    files = attachments(meeting(latitude=None, longitude=None), world.kit.catalogs.voice("fr"), now=NOW)
    assert [type(each) for each in files] == [File]


def test_attachments_are_stored_unchanged_in_the_outbox() -> None:
    reply = Reply("a", attachments=(Spot(35.77, -5.8, "a", "b"), File("a.ics", b"\x00\xff")))
    assert payload.unseal(KEYRING, payload.seal(KEYRING, reply)) == reply


async def test_place_and_file_come_with_a_seat(own_world: World) -> None:
    await planned(own_world)
    await own_world.close("plan")
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await takes_a_seat(person)
    text, spot, file = person.user.messages[-3:]
    assert text.text.startswith("Votre place")
    assert spot.venue is not None
    assert file.document is not None
    assert spot.venue["location"] == {"latitude": 35.77, "longitude": -5.8}
    assert file.document["file_name"] == "tanger.ics"
    assert own_world.network.bot.documents[file.document["file_id"]].startswith(b"BEGIN:VCALENDAR\r\n")


async def test_a_file_that_fails_does_not_send_the_text_again(own_world: World) -> None:
    await own_world.close("plan")
    person = await joined(own_world, "telegram", "fr")
    before = len(texts(person))
    wrong = (Spot(99.0, 1.0, "a", "b"), Spot(35.0, 0.0, "a", "b"))
    reply = Reply("nouvelles", attachments=(*wrong, File("a.ics", b"BEGIN")))
    async with own_world.db.transaction() as session:
        assert await notifications.notify(session, 1, reply, keyring=KEYRING, now=own_world.now())
    for _ in range(2):
        await own_world.deliver()
    assert texts(person)[before:] == ["nouvelles"]
    assert isinstance(person, TelegramPerson)
    assert person.user.last.document is not None


async def test_sms_leaves_them_out(own_world: World) -> None:
    await planned(own_world)
    await own_world.close("plan")
    person = await joined(own_world, "sms", "fr")
    before = len(texts(person))
    await takes_a_seat(person)
    assert len(texts(person)) == before + 3
