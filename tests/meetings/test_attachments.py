"""A place and a calendar file: they arrive on Telegram, are left out by SMS, and a calendar can read the file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from api.channel import File, Reply, Spot
from api.i18n import LANGUAGES
from api.meetings.calendar import attachments, entry
from api.meetings.models import Meeting
from api.outbox import notices, sealing
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
    given = {"code": "tanger", "title": LONG, "place": LONG, "state": "planned", "latitude": 35.77, "longitude": -5.8}
    times = {"starts_at": NOW, "ends_at": NOW.replace(hour=12)}
    return Meeting(**{**given, **times, **more})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_calendar_reads_what_was_written(world: World, language: str) -> None:
    raw = entry(meeting(), world.kit.catalogs.voice(language), now=NOW)
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    unfolded = raw.decode().replace("\r\n ", "").split("\r\n")
    found = dict(line.split(":", 1) for line in unfolded if line and not line.startswith(("BEGIN", "END")))
    assert unfolded[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert unfolded[-3:] == ["END:VEVENT", "END:VCALENDAR", ""]
    assert {"VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART"} <= set(found)  # RFC 5545, 3.6 and 3.6.1: required
    assert (found["DTSTART"], found["DTEND"]) == ("20261124T100000Z", "20261124T120000Z")
    assert _plain(found["SUMMARY"]) == LONG[language]
    assert not re.search(r"(?<!\\)[,;]", found["SUMMARY"])
    assert found["GEO"] == "35.77;-5.8"


def test_without_a_point_there_is_only_the_file(world: World) -> None:
    found = attachments(meeting(latitude=None, longitude=None), world.kit.catalogs.voice("fr"), now=NOW)
    assert [type(each) for each in found] == [File]


def test_they_rest_in_the_outbox_as_they_were() -> None:
    reply = Reply("a", attachments=(Spot(35.77, -5.8, "a", "b"), File("a.ics", b"\x00\xff")))
    assert sealing.unseal(KEYRING, sealing.seal(KEYRING, reply)) == reply


async def test_place_and_file_come_with_a_seat(own_world: World) -> None:
    await planned(own_world)
    await own_world.close("plan")
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await takes_a_seat(person)
    said, spot, file = person.user.messages[-3:]
    assert said.text.startswith("Votre place")
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
        assert await notices.tell(session, 1, reply, keyring=KEYRING, now=own_world.now())
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


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)
