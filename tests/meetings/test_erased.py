"""Erasing a person deletes their letters and frees their seats for those who wait."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from api.agents import service as agents
from api.agents.models import AgentTry
from api.desk import service as desk
from api.desk.models import Letter
from api.outbox.models import Delivery
from api.residents.models import Address, Resident
from api.workflows import residents
from tests.campaigns.crowd import resident
from tests.meetings.planned import by_day, clock, planned, register, registered
from tests.world import KEYRING, World


async def test_letters_and_seats_go_with_a_person(quiet_world: World) -> None:
    number = await planned(quiet_world, seats=1)
    gone, waiting = await resident(quiet_world), await resident(quiet_world)
    for who in (gone, waiting):
        await register(quiet_world, number, who)
    now = quiet_world.now()
    async with quiet_world.db.transaction() as session:
        author = await session.get_one(Resident, gone)
        address = (await session.scalars(select(Address).where(Address.resident_id == gone))).one()
        await desk.write(session, author, "une route", address_id=address.id, keyring=KEYRING, now=now)
        await agents.recognise(session, "1", address=address.blind_index, keyring=KEYRING, now=now)
        await residents.erase(session, author, now=now)
    async with quiet_world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Letter)) == 0
        assert await session.scalar(select(func.sum(AgentTry.failed))) == 2  # one of their own, one in the total
        await residents.forget(session, now=now + timedelta(days=1))
        assert await session.scalar(select(func.sum(AgentTry.failed))) is None
    await by_day(quiet_world)
    await clock(quiet_world)
    assert await registered(quiet_world, number) == [(waiting, "seat")]
    async with quiet_world.db.transaction() as session:
        recipients = list(await session.scalars(select(Delivery.resident_id)))
    assert recipients == [waiting]
