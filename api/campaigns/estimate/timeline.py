"""When each wave of a campaign begins and ends, within sending hours. These are pure rules without database access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from api.campaigns.audience.quotas import WaveShare
from api.campaigns.reporting.schemas import WavePreview
from api.campaigns.sending_hours import Hours


class Effort(NamedTuple):
    """The work of one wave: the number of people, and how many seconds it takes to send to them."""

    people: int = 0
    seconds: float = 0.0


def timeline(
    waves: Sequence[WaveShare], efforts: Mapping[int, Effort], *, hours: Hours, now: datetime
) -> list[WavePreview]:
    """Return when each wave begins and ends if the campaign is launched now.

    All waves use the same delivery routes, so a wave waits until earlier ones are done.
    """
    previews: list[WavePreview] = []
    done_at: datetime | None = now
    for place, wave in enumerate(waves):
        effort = efforts.get(place, Effort())
        due_at = now + timedelta(minutes=wave.after_minutes)
        begins_at = None if done_at is None else _opening(hours, max(done_at, due_at))
        done_at = None if begins_at is None else hours.finish(begins_at, effort.seconds)
        previews.append(WavePreview(**wave._asdict(), recipients=effort.people, begins_at=begins_at, done_at=done_at))
    return previews


def _opening(hours: Hours, moment: datetime) -> datetime | None:
    """Return the first time, from this one on, at which messages may be sent; None if there is none."""
    window = hours.window(moment)
    return None if window is None else max(window.opens_at, moment)
