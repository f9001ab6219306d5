"""Whatever runs at the same time as linking, undoing and erasing takes its locks in one order: nothing deadlocks.

The order is in docs/architecture.md. Each test lets both sides reach their first lock, one before the other.
"""

from __future__ import annotations

from asyncio import Task, create_task, gather, timeout
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Select, select, update

from api.actors import Action
from api.consultations.models import Consultation
from api.errors import Conflict
from api.meetings.models import Registration
from api.outbox.models import Delivery
from api.outbox.worker.reports import Reports
from api.proposals import service
from api.proposals.context import ProposalContext
from api.proposals.ideas import moderation
from api.proposals.models import Idea
from api.residents.models import Address, LinkCode, Resident
from api.workflows import meetings, resident_admin, residents, rounds
from tests.campaigns.crowd import resident
from tests.linking.test_at_once import PATIENCE, at_first_question, code_of, linked_pair, pair, residents_of
from tests.locks import until_waiting
from tests.meetings.planned import planned, register
from tests.proposals.office import draft, idea, post
from tests.proposals.test_rounds import cast, create_round, opened
from tests.world import KEYRING, World


class Queue:
    """Those that have reached a lock while somebody has it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tasks: list[Task[Any]] = []

    async def comes(self, deed: Coroutine[Any, Any, Any]) -> None:
        """Start it, and run it until it waits for a lock."""
        self.tasks.append(create_task(deed))
        await until_waiting(self._world, len(self.tasks))


@asynccontextmanager
async def locked(world: World, rows: Select[Any]) -> AsyncIterator[Queue]:
    """Lock these rows while the block runs; then let all waiting sides run to their end."""
    queue = Queue(world)
    async with timeout(PATIENCE):
        async with world.db.transaction() as session:
            await session.execute(rows.with_for_update())
            yield queue
        await gather(*queue.tasks)


async def test_linking_two_who_are_registered_and_cancelling_their_meeting(quiet_world: World) -> None:
    world = quiet_world
    number = await planned(world, consultation="plan")
    phone, app = await pair(world)
    for each in await residents_of(world, phone, app):
        await register(world, number, each)
    await app.say(await code_of(phone))

    async def cancel() -> None:
        async with world.db.transaction() as session:
            await meetings.cancel(session, "tanger", kit=world.kit, action=Action("amina", world.now()))

    async with locked(world, select(Consultation)) as queue:
        await queue.comes(phone.say("oui"))
        await queue.comes(cancel())
    assert len(set(await residents_of(world, phone, app))) == 1
    async with world.db.transaction() as session:
        told = await session.scalars(select(Delivery.state).where(Delivery.campaign_id.is_not(None)))
        assert told.all() == ["queued"]
        assert len((await session.scalars(select(Registration))).all()) == 1


async def test_erasing_oneself_and_writing_from_ones_other_address(quiet_world: World) -> None:
    phone, app, _ = await linked_pair(quiet_world)
    (number, _) = await residents_of(quiet_world, phone, app)
    await phone.say("MES DONNEES")
    await phone.say("1")
    async with locked(quiet_world, select(Resident).where(Resident.id == number)) as queue:
        await queue.comes(phone.say("1"))
        await queue.comes(app.say("bonjour"))
    assert app.heard
    async with quiet_world.db.transaction() as session:
        assert (await session.get_one(Resident, number)).state == "joining"  # they wrote afterwards


async def test_forgetting_the_erased_and_a_turn_of_theirs(quiet_world: World) -> None:
    person = await at_first_question(quiet_world, "sms")
    (number,) = await residents_of(quiet_world, person)

    async def forget() -> None:
        async with quiet_world.db.transaction() as session:
            await residents.forget(session, now=quiet_world.now())

    async with quiet_world.db.transaction() as session:
        await resident_admin.erase(session, number, action=Action("amina", quiet_world.now()))
    async with locked(quiet_world, select(Address)) as queue:
        await queue.comes(forget())
        await queue.comes(person.say("bonjour"))
    async with quiet_world.db.transaction() as session:
        states = await session.scalars(select(Resident.state).order_by(Resident.id))
        assert states.all() == ["erased", "joining"]  # they are unknown now, and new again


async def test_forgetting_passes_over_the_erased_who_write(quiet_world: World) -> None:
    person = await at_first_question(quiet_world, "sms")
    (number,) = await residents_of(quiet_world, person)
    async with quiet_world.db.transaction() as session:
        await resident_admin.erase(session, number, action=Action("amina", quiet_world.now()))
    if quiet_world.settings.database_url.startswith("sqlite"):
        return  # nothing runs at the same time there
    async with timeout(PATIENCE), quiet_world.db.transaction() as session:
        await session.execute(select(Resident).with_for_update(key_share=True))
        async with quiet_world.db.transaction() as other:
            await residents.forget(other, now=quiet_world.now())
    await person.say("bonjour")
    assert await residents_of(quiet_world, person) == [number]


async def test_closing_a_round_and_merging_two_of_its_ideas(quiet_world: World) -> None:
    world = quiet_world
    author = await resident(world)
    first, second = await idea(world, author), await idea(world, author, "une route")
    for number, code in ((second, "pb"), (first, "pa")):
        await post(world, f"ideas/{number}/read")
        await post(world, "proposals", **draft(code, number))
        await post(world, f"proposals/{code}/publish")
    await create_round(world, "vote", [1, 2], kind="approve", threshold=1)
    await opened(world, "vote")
    await cast(world, "vote", "1")
    context = ProposalContext(world.kit.catalogs, KEYRING)

    async def close() -> None:
        async with world.db.transaction() as session:
            await rounds.close(session, "vote", kit=context, action=Action("amina", world.now()))

    async def merge() -> None:
        with suppress(Conflict):  # they are in proposals
            async with world.db.transaction() as session:
                await moderation.merge(session, first, into=second, who="amina", context=context, now=world.now())

    async with locked(world, select(Idea).where(Idea.id == second)) as queue:
        await queue.comes(close())
        await queue.comes(merge())
    async with world.db.transaction() as session:
        assert [each.state for each in await service.get_proposals(session, ["pb", "pa"])] == ["chosen", "not_chosen"]


@pytest.mark.parametrize("turned", [False, True])
async def test_sending_each_others_codes(quiet_world: World, turned: bool) -> None:
    phone, app = await pair(quiet_world)
    of_phone, of_app = await code_of(phone), await code_of(app)
    deeds = [(phone, of_app), (app, of_phone)]
    async with locked(quiet_world, select(LinkCode)) as queue:
        for person, code in reversed(deeds) if turned else deeds:
            await queue.comes(person.say(code))
    assert phone.heard
    assert app.heard
    assert len(set(await residents_of(quiet_world, phone, app))) == 1


async def test_closing_a_consultation_and_undoing_a_merge_while_a_provider_says_that_they_left(
    quiet_world: World,
) -> None:
    phone, app, merge = await linked_pair(quiet_world)
    kept, _ = await residents_of(quiet_world, phone, app)
    async with quiet_world.db.transaction() as session:
        text = select(Delivery.id).where(Delivery.resident_id == kept, Delivery.channel == "sms")
        newest = (await session.scalars(text.order_by(Delivery.id.desc()).limit(1))).one()
        sent = {"state": "sent", "settled_at": quiet_world.now()}
        await session.execute(update(Delivery).where(Delivery.id == newest).values(**sent))

    async def undo() -> None:
        async with quiet_world.db.transaction() as session:
            await residents.undo_merge(session, merge, action=Action("amina", quiet_world.now()), keyring=KEYRING)

    reports = Reports(quiet_world.db, quiet_world.now)
    async with locked(quiet_world, select(Consultation)) as queue:
        await queue.comes(quiet_world.close("plan"))
        await queue.comes(undo())
        await queue.comes(reports.update(newest, state="failed", reason="blocked", gone=True))
    assert len(set(await residents_of(quiet_world, phone, app))) == 2
    async with quiet_world.db.transaction() as session:
        assert (await session.get_one(Delivery, newest)).state == "failed"
        assert (await session.scalars(select(Consultation.state))).all() == ["closed"]
