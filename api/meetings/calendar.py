"""A meeting as a calendar file: one VEVENT in a VCALENDAR (RFC 5545), written with `icalendar`."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

from api.channel import Attachment, File, Spot
from api.i18n import Voice
from api.meetings.models import Meeting
from api.meetings.service import CANCELLED


def entry(meeting: Meeting, voice: Voice, *, now: datetime) -> bytes:
    """Return the calendar file of a meeting in a person's language, with times in UTC.

    The UID never changes and SEQUENCE rises with each change, so calendars replace the older entry.
    """
    event = Event()
    event.add("uid", f"meeting-{meeting.code}@sawt")
    event.add("sequence", meeting.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", _text(voice.pick(meeting.title)))
    event.add("location", _text(voice.pick(meeting.place)))
    event.add("status", "CANCELLED" if meeting.state == CANCELLED else "CONFIRMED")
    if meeting.latitude is not None and meeting.longitude is not None:
        event.add("geo", (meeting.latitude, meeting.longitude))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Sawt//Meetings//EN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data


def attachments(meeting: Meeting, voice: Voice, *, now: datetime) -> tuple[Attachment, ...]:
    """Return what to attach to a message about a meeting: a calendar file and, if known, a point on the map."""
    file = File(f"{meeting.code}.ics", entry(meeting, voice, now=now))
    if meeting.latitude is None or meeting.longitude is None:
        return (file,)
    return (Spot(meeting.latitude, meeting.longitude, voice.pick(meeting.title), voice.pick(meeting.place)), file)


def _text(value: str) -> str:
    return value.replace("\r", "")
