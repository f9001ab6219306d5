"""When each wave of a campaign begins and is done: within hours, one after another; pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api.campaigns.reporting.schemas import WavePreview
from api.campaigns.sending_hours import Hours


class Effort(NamedTuple):
    """How many people get something, and how many seconds sending takes."""

    people: int = 0
    seconds: float = 0.0


def paced(
    waves: Sequence[Mapping[str, int]], efforts: Mapping[int, Effort], *, hours: Hours, now: datetime
) -> list[WavePreview]:
    """The waves, launched now; a wave that is due waits until those before are through, as they share the roads."""
    found: list[WavePreview] = []
    free: datetime | None = now
    for number, wave in enumerate(waves):
        effort = efforts.get(number, Effort())
        begins_at = None if free is None else _opening(hours, max(free, now + timedelta(minutes=wave["after_minutes"])))
        free = None if begins_at is None else hours.finish(begins_at, effort.seconds)
        found.append(WavePreview(**wave, recipients=effort.people, begins_at=begins_at, done_at=free))
    return found


def _opening(hours: Hours, moment: datetime) -> datetime | None:
    """This moment, or when the next window opens."""
    window = hours.window(moment)
    return None if window is None else max(window[0], moment)
