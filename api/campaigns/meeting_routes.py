"""Meetings over the JSON API: plan, read, change the seats, cancel or move with everyone told, who came, minutes."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import meetings
from api.campaigns.kit import Kit
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.meetings import attendance, seats, service
from api.meetings.attendance import AttendanceIn, Seated
from api.meetings.models import Meeting
from api.meetings.schemas import Cancelled, MeetingIn, MeetingOut, MinutesWords, Moved, Seats, Told
from api.meetings.service import Counts


def router(db: Database, kit: Kit, keyring: Keyring, clock: Clock) -> APIRouter:
    """The routes below /meetings."""
    routes = APIRouter(prefix="/meetings", tags=["meetings"])
    _reading(routes, db, keyring)
    _changing(routes, db, clock)
    _telling(routes, db, kit, clock)
    return routes


def _reading(routes: APIRouter, db: Database, keyring: Keyring) -> None:
    @routes.get("")
    async def every() -> list[MeetingOut]:
        """All meetings, the latest first."""
        async with db.transaction() as session:
            found = await service.every(session)
            counts = await service.counted(session, [each.id for each in found])
            return [_out(each, counts.get(each.id, Counts())) for each in found]

    @routes.get("/{code}")
    async def one(code: str) -> MeetingOut:
        """One meeting as it stands."""
        async with db.transaction() as session:
            return await out(session, await service.get(session, code))

    @routes.get("/{code}/seats")
    async def seated(code: str) -> list[Seated]:
        """Everyone registered, in their order, with whether they came; their numbers are masked."""
        async with db.transaction() as session:
            return await attendance.seats(session, code, keyring=keyring)


def _changing(routes: APIRouter, db: Database, clock: Clock) -> None:
    @routes.post("", status_code=201)
    async def create(given: MeetingIn) -> MeetingOut:
        """Plan a meeting: from now on residents can register."""
        async with db.transaction() as session:
            return await out(session, await service.create(session, given, now=clock()))

    @routes.post("/{code}/seats")
    async def resize(code: str, given: Seats) -> MeetingOut:
        """Another number of seats; those who wait move up, and are told, within hours."""
        async with db.transaction() as session:
            return await out(session, await seats.resize(session, code, seats=given.seats))

    @routes.post("/{code}/attendance")
    async def attended(code: str, given: AttendanceIn) -> MeetingOut:
        """Say how many came, and who of those registered did or did not; what is left out stays as it was."""
        async with db.transaction() as session:
            return await out(session, await attendance.note(session, code, given, now=clock()))

    @routes.post("/{code}/minutes")
    async def record(code: str, given: MinutesWords) -> MeetingOut:
        """It was held: keep its minutes, and ask those who were there whether they are right."""
        async with db.transaction() as session:
            return await out(session, await service.record(session, code, given, now=clock()))


def _telling(routes: APIRouter, db: Database, kit: Kit, clock: Clock) -> None:
    @routes.post("/{code}/cancel")
    async def cancel(code: str, given: Cancelled) -> Told:
        """Cancel it, and tell everyone registered at once, with the reason and the other way to take part."""
        async with db.transaction() as session:
            found, campaign, queued = await meetings.cancel(
                session, code, kit=kit, who=given.who, now=clock(), reason=given.reason
            )
            return Told(meeting=found.code, state=found.state, campaign=campaign.id, queued=queued)

    @routes.post("/{code}/move")
    async def move(code: str, given: Moved) -> Told:
        """Move it, and tell everyone registered at once."""
        async with db.transaction() as session:
            found, campaign, queued = await meetings.move(session, code, given, kit=kit, who=given.who, now=clock())
            return Told(meeting=found.code, state=found.state, campaign=campaign.id, queued=queued)


async def out(session: AsyncSession, found: Meeting) -> MeetingOut:
    """A meeting with its counts."""
    return _out(found, await service.counts(session, found.id))


def _out(found: Meeting, counts: Counts) -> MeetingOut:
    return MeetingOut(
        **{name: getattr(found, name) for name in MeetingOut.model_fields if hasattr(found, name)},
        number=found.id,
        **asdict(counts),
    )
