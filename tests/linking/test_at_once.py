"""Linking, undoing and erasing at the same time as a turn of the same person: they take turns, in either order."""

from __future__ import annotations

from asyncio import create_task, gather, timeout
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from api.actors import Action
from api.consultations.models import Ballot, Consultation
from api.residents import service as residents
from api.residents.models import Address, Merge, Resident
from api.workflows import resident_admin
from api.workflows import residents as workflow_residents
from tests.ballots import KEYRING, ballots_of, resident_of
from tests.direct import DirectPerson
from tests.linking.acts import CODE
from tests.locks import until_waiting
from tests.world import World

PATIENCE = 60  # seconds: nothing here takes long unless it hangs


class Undone(Exception):
    """Ends a transaction without a trace."""


async def at_first_question(world: World, channel: str) -> DirectPerson:
    """Somebody who reads the first question."""
    person = DirectPerson.new(world, channel)
    for text in ("hello", "2", "1", "3"):
        await person.say(text)
    return person


async def pair(world: World) -> tuple[DirectPerson, DirectPerson]:
    """A phone that joined first, and an account."""
    return await at_first_question(world, "sms"), await at_first_question(world, "telegram")


async def code_of(person: DirectPerson) -> str:
    await person.say("LIER")
    match = CODE.search(person.heard)
    assert match is not None
    return match.group()


async def linked_pair(world: World) -> tuple[DirectPerson, DirectPerson, int]:
    """Both linked, and the id of their merge."""
    phone, app = await pair(world)
    await phone.say(await code_of(app))
    await app.say("oui")
    await app.say("bonjour")  # and is asked the first question again
    async with world.db.transaction() as session:
        number = (await session.scalars(select(Merge.id))).one()
    return phone, app, number


async def residents_of(world: World, *persons: DirectPerson) -> list[int]:
    """The residents with these addresses."""
    residents = [await resident_of(world, person.channel, person.address) for person in persons]
    return [each.id for each in residents if each is not None]


async def test_a_turn_that_waits_for_the_undo_is_of_whose_it_is_then(quiet_world: World) -> None:
    phone, app, merge = await linked_pair(quiet_world)
    async with timeout(PATIENCE):
        async with quiet_world.db.transaction() as session:
            await workflow_residents.undo_merge(
                session, merge, action=Action("amina", quiet_world.now()), keyring=KEYRING
            )
            turn = create_task(app.say("2"))
            await until_waiting(quiet_world, 1)
        await turn
    first, second = await residents_of(quiet_world, phone, app)
    assert first != second
    assert await ballots_of(quiet_world, phone.channel, phone.address) == []
    assert len(await ballots_of(quiet_world, app.channel, app.address)) == 1


async def test_an_undo_that_waits_for_a_turn_leaves_its_vote_with_who_they_were(quiet_world: World) -> None:
    phone, app, merge = await linked_pair(quiet_world)

    async def undo() -> None:
        async with quiet_world.db.transaction() as session:
            await workflow_residents.undo_merge(
                session, merge, action=Action("amina", quiet_world.now()), keyring=KEYRING
            )

    async with timeout(PATIENCE):
        async with quiet_world.db.transaction() as session:
            await session.execute(select(Consultation).with_for_update())
            turn = create_task(app.say("2"))
            await until_waiting(quiet_world, 1)
            undoing = create_task(undo())
            await until_waiting(quiet_world, 2)
        await gather(turn, undoing)
    first, second = await residents_of(quiet_world, phone, app)
    assert first != second
    assert len(await ballots_of(quiet_world, phone.channel, phone.address)) == 1
    assert await ballots_of(quiet_world, app.channel, app.address) == []
    await app.say("1")  # and the account continues on its own
    assert app.heard


async def test_linking_and_a_turn_of_the_other_do_not_wait_for_each_other(quiet_world: World) -> None:
    phone, app = await pair(quiet_world)
    code = await code_of(phone)
    (other,) = await residents_of(quiet_world, phone)
    async with timeout(PATIENCE):
        async with quiet_world.db.transaction() as session:
            await session.execute(select(Resident).where(Resident.id == other).with_for_update(key_share=True))
            linking = create_task(app.say(code))
            await until_waiting(quiet_world, 1)
            turn = create_task(phone.say("bonjour"))
            await until_waiting(quiet_world, 2)
        await gather(linking, turn)
    (other,) = await residents_of(quiet_world, app)
    async with timeout(PATIENCE):
        async with quiet_world.db.transaction() as session:
            await session.execute(select(Resident).where(Resident.id == other).with_for_update(key_share=True))
            linking = create_task(phone.tap("link:yes"))
            await until_waiting(quiet_world, 1)
            turn = create_task(app.say("bonjour"))
            await until_waiting(quiet_world, 2)
        await gather(linking, turn)
    assert len(set(await residents_of(quiet_world, phone, app))) == 1


async def test_erasing_and_a_turn_of_the_erased_do_not_wait_for_each_other(quiet_world: World) -> None:
    person = await at_first_question(quiet_world, "sms")
    (number,) = await residents_of(quiet_world, person)

    async def erase() -> None:
        async with quiet_world.db.transaction() as session:
            await resident_admin.erase(session, number, action=Action("amina", quiet_world.now()))

    async with timeout(PATIENCE):
        async with quiet_world.db.transaction() as session:
            await session.execute(select(Resident).where(Resident.id == number).with_for_update(key_share=True))
            erasing = create_task(erase())
            await until_waiting(quiet_world, 1)
            turn = create_task(person.say("2"))
            await until_waiting(quiet_world, 2)
        await gather(erasing, turn)
    async with quiet_world.db.transaction() as session:
        states = (await session.scalars(select(Resident.state))).all()
    assert states == ["joining"]  # they wrote afterwards, and are new


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_two_first_messages_that_both_find_nobody_are_one_resident(quiet_world: World, channel: str) -> None:
    one, two = (DirectPerson.new(quiet_world, channel) for _ in range(2))
    two.address = one.address
    async with timeout(PATIENCE):
        with suppress(Undone):
            async with quiet_world.db.transaction() as session:
                await residents.create(
                    session, keyring=KEYRING, channel=channel, road="x", address=one.address, now=quiet_world.now()
                )
                turns = [create_task(each.say("bonjour")) for each in (one, two)]
                await until_waiting(quiet_world, 2)  # both looked, saw nobody, and are about to write
                raise Undone
        await gather(*turns)
    assert one.heard
    assert two.heard
    async with quiet_world.db.transaction() as session:
        for table in (Resident, Address):
            assert await session.scalar(select(func.count()).select_from(table)) == 1
        assert await session.scalar(select(func.count()).select_from(Ballot)) == 0
