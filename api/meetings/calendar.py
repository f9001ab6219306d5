"""A meeting as a calendar file: one VEVENT in a VCALENDAR (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

from api.channel import Attachment, File, Spot
from api.i18n import Voice
from api.meetings.models import Meeting
from api.meetings.service import CANCELLED

_FOLD = 75  # octets of a line, its end left out (RFC 5545, section 3.1)
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})  # section 3.3.11


def entry(meeting: Meeting, voice: Voice, *, now: datetime) -> bytes:
    """The file, in a person's language. The same meeting has the same UID always, so that news replace it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sawt//Meetings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:meeting-{meeting.code}@sawt",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(meeting.starts_at)}",
        f"DTEND:{_utc(meeting.ends_at)}",
        f"SUMMARY:{_text(voice.pick(meeting.title))}",
        f"LOCATION:{_text(voice.pick(meeting.place))}",
        f"STATUS:{'CANCELLED' if meeting.state == CANCELLED else 'CONFIRMED'}",
        *([f"GEO:{meeting.latitude};{meeting.longitude}"] if meeting.latitude is not None else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def attachments(meeting: Meeting, voice: Voice, *, now: datetime) -> tuple[Attachment, ...]:
    """The point on the map, where it is known, and the calendar file."""
    file = File(f"{meeting.code}.ics", entry(meeting, voice, now=now))
    if meeting.latitude is None or meeting.longitude is None:
        return (file,)
    return (Spot(meeting.latitude, meeting.longitude, voice.pick(meeting.title), voice.pick(meeting.place)), file)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return value.replace("\r", "").translate(_ESCAPED)


def _folded(line: str) -> str:
    """The line cut into pieces of 75 octets, never within a letter; each further piece begins with a space."""
    pieces, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _FOLD:
            pieces.append(" ")
            size = 1
        pieces[-1] += letter
        size += octets
    return "\r\n".join(pieces)
