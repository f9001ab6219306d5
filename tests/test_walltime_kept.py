"""A meeting, a consultation and a campaign happen at the announced hour, with old and new zone data."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from api.campaigns import actions
from api.campaigns.scheduler import tick
from api.consultations import drafts, lifecycle
from api.consultations import service as consultations
from api.consultations.models import Consultation, ConsultationState
from api.consultations.schemas import ConsultationIn
from api.meetings import notifications
from api.meetings import service as meetings
from api.meetings.calendar import entry
from api.meetings.models import Meeting
from tests import zones
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make, state, take
from tests.consultations import main_consultation
from tests.meetings.planned import planned, register
from tests.world import API_TOKEN, KEYRING, World

ENTERED = [zones.OLD, zones.NEW]
at = datetime.fromisoformat


class Announced:
    """A future day, and its hours by the zone data in force."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch, data: ZoneInfo) -> None:
        self.day, self._patch = (world.now() + timedelta(days=9)).date(), patch
        self.go_by(data)

    def go_by(self, data: ZoneInfo) -> None:
        """Install another version of the data."""
        zones.go_by(self._patch, data)
        self._data = data

    def at(self, clock: str, *, days: int = 0) -> datetime:
        """The instant of an hour on that day."""
        return datetime.combine(self.day + timedelta(days=days), time.fromisoformat(clock), self._data)

    def written(self, clock: str) -> str:
        """The hour on that day, as staff write it."""
        return f"{self.day}T{clock}[Africa/Casablanca]"


@pytest.fixture(params=[(one, two) for one in ENTERED for two in ENTERED], ids=["old old", "old new", "new old", "new"])
def versions(request: pytest.FixtureRequest) -> tuple[ZoneInfo, ZoneInfo]:
    """The zone data at entry, and in use."""
    pair: tuple[ZoneInfo, ZoneInfo] = request.param
    return pair


async def test_a_meeting_at_ten_is_at_ten(
    quiet_world: World, versions: tuple[ZoneInfo, ZoneInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, day = quiet_world, Announced(quiet_world, monkeypatch, versions[0])
    number = await planned(world, starts_at=day.written("10:00"), ends_at=day.written("12:00"))
    await register(world, number, await resident(world))
    day.go_by(versions[1])
    catalogs = world.service.dialogue.context.catalogs
    async with world.db.transaction() as session:
        meeting = await session.get_one(Meeting, number)
        assert notifications.start_text(meeting) == f"{day.day:%d/%m/%Y} 10:00"
        assert (meeting.starts_at, meeting.starts_at.tzinfo) == (day.at("10:00"), UTC)
        assert (
            f"DTSTART:{day.at('10:00').astimezone(UTC):%Y%m%dT%H%M%SZ}"
            in entry(meeting, catalogs.voice("fr"), now=world.now()).decode()
        )
        for moment, reminded in ((day.at("23:59", days=-2), 0), (day.at("00:00", days=-1), 1)):
            assert await notifications.remind_due(session, catalogs=catalogs, keyring=KEYRING, now=moment) == reminded
        for moment, offered in ((day.at("09:59"), [meeting]), (day.at("10:00"), [])):
            ahead = await meetings.upcoming(session, resident_id=1, province=None, now=moment, limit=9)
            assert [each for each, _ in ahead] == offered
    answer = await world.http.get("/v1/meetings", headers={"Authorization": f"Bearer {API_TOKEN}"})
    assert answer.json()["items"][0]["starts_at"] == f"{day.at('10:00').astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def test_a_consultation_opens_and_closes_when_it_was_said(
    quiet_world: World, versions: tuple[ZoneInfo, ZoneInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, day = quiet_world, Announced(quiet_world, monkeypatch, versions[0])
    times = {"opens_at": day.written("10:00"), "closes_at": day.written("18:00")}
    draft = ConsultationIn.model_validate({**main_consultation(), "code": "later", **times})
    async with world.db.transaction() as session:
        await drafts.create(session, draft, who="amina", now=world.now())
    day.go_by(versions[1])
    async with world.db.transaction() as session:
        for moment, opened in ((day.at("09:59"), 0), (day.at("10:00"), 1)):
            assert await lifecycle.open_due(session, now=moment) == opened
        first = select(func.min(Consultation.closes_at)).where(Consultation.state == ConsultationState.OPEN)
        assert await session.scalar(first) == day.at("18:00")
        for moment, closed in ((day.at("17:59"), []), (day.at("18:00"), ["later"])):
            offered = await consultations.on_offer(session, resident_id=1, now=moment)
            assert ("later" in [each.code for each in offered]) == (not closed)
            assert [each.code for each in await lifecycle.close_due(session, now=moment)] == closed


async def test_a_campaign_is_launched_when_it_was_said(
    quiet_world: World, versions: tuple[ZoneInfo, ZoneInfo], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, day = quiet_world, Announced(quiet_world, monkeypatch, versions[0])
    await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve")
    async with world.db.transaction() as session:
        await actions.schedule(session, campaign, at=day.at("10:00"), who="idir", now=world.now())
    day.go_by(versions[1])
    for moment, became in ((day.at("09:59"), "scheduled"), (day.at("10:00"), "running")):
        async with world.db.transaction() as session:
            await tick(session, kit=world.kit, now=moment)
        assert await state(world, campaign) == became


async def test_what_is_kept_has_no_zone_in_it(quiet_world: World) -> None:
    number = await planned(quiet_world, starts_at="2099-01-31T10:00[Africa/Casablanca]", ends_at="2099-01-31T12:00Z")
    async with quiet_world.db.transaction() as session:
        kept: Any = await session.scalar(text("SELECT starts_at FROM meetings WHERE id = :id"), {"id": number})
    assert at(str(kept)) == at("2099-01-31T10:00")
