"""Meetings for tests, and what residents and the scheduler do with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from api.dialogue import prompts
from api.meetings import seats, service
from api.meetings.models import Meeting, Registration
from api.meetings.schemas import MeetingIn
from api.workflows import meetings as workflow
from tests.consultations import words
from tests.world import KEYRING, World

PLACE = {"ar": "دار الثقافة", "fr": "Maison de la culture", "zgh": "ⵜⵉⴳⵎⵎⵉ ⵏ ⵜⴷⵍⵙⴰ"}


def meeting(world: World, code: str = "tanger", *, days: float = 10, **more: Any) -> dict[str, Any]:
    """Return the body of a meeting some days ahead, as staff would write it."""
    starts = (world.now() + timedelta(days=days)).replace(microsecond=0)
    body = {"code": code, "title": words(code), "place": PLACE, "seats": 20, "province": "01.511"}
    body |= {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
    return {**body, "latitude": 35.77, "longitude": -5.8, **more}


async def planned(world: World, code: str = "tanger", **more: Any) -> int:
    """Plan a meeting; return its number."""
    async with world.db.transaction() as session:
        data = MeetingIn.model_validate(meeting(world, code, **more))
        return (await service.create(session, data, who="amina", now=world.now())).id


async def register(world: World, number: int, resident: int) -> str:
    """Register a resident; return the state of the registration."""
    async with world.db.transaction() as session:
        row = await seats.lock(session, number)
        assert row is not None
        return (await seats.register(session, row, resident_id=resident, now=world.now())).state


async def registered(world: World, number: int) -> list[tuple[int, str]]:
    """Return who is registered, in order, with the state of each registration."""
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(Registration.resident_id, Registration.state)
            .where(Registration.meeting_id == number)
            .order_by(Registration.id)
        )
        return [(resident, state) for resident, state in rows]


async def at(world: World, number: int) -> Meeting:
    """Return the meeting as it is now."""
    async with world.db.transaction() as session:
        return await session.get_one(Meeting, number)


async def by_day(world: World) -> None:
    """Advance to an hour in which residents may be written to."""
    while not world.kit.rules.hours.open_at(world.now()):
        world.now.advance(hours=1)


async def clock(world: World) -> None:
    """Run the scheduled jobs of meetings."""
    async with world.db.transaction() as session:
        await workflow.send_due(session, kit=world.kit, keyring=KEYRING, now=world.now())
    async with world.db.transaction() as session:
        await prompts.ask_minutes(session, kit=world.kit, keyring=KEYRING, now=world.now())
