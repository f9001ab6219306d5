"""The question whether two devices are one person's expires when either leaves: a yes then links nothing."""

from __future__ import annotations

import pytest

from api.residents.models import Resident
from tests.ballots import resident_of
from tests.direct import DirectPerson
from tests.linking.acts import CODE, address_of, are_linked, says, shown_code
from tests.linking.test_both_devices import are_one, code_of
from tests.linking.test_linking import both
from tests.seated import seated
from tests.world import World


@pytest.mark.parametrize("leaves", ["blocks", "says stop"])
async def test_a_yes_after_the_other_side_left_links_nothing(world: World, leaves: str) -> None:
    phone, app = await both(world)
    await phone.say("LIER")
    await app.say(f"LIER {shown_code(phone)}")
    assert says(app, "link.wait")
    if leaves == "blocks":
        channel, address = address_of(app)
        await world.service.dialogue.left(channel=channel, address=address)
    else:
        await app.say("STOP")
    await phone.say("oui")
    assert says(phone, "link.unknown")
    assert not await are_linked(world, phone, app)
    resident = await resident_of(world, *address_of(phone))
    assert resident is not None
    assert resident.state == "active"


async def test_the_question_lapses_when_whoever_is_asked_left(world: World) -> None:
    phone, app = await both(world)
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("STOP")
    await app.say("START")
    await app.say("oui")
    assert not await are_linked(world, phone, app)


async def test_a_yes_links_nobody_who_refused_meanwhile(quiet_world: World) -> None:
    """Otherwise one's refusal would bind the other, too."""
    shows, sends = DirectPerson.new(quiet_world, "sms"), DirectPerson.new(quiet_world, "telegram")
    for text in ("bonjour", "français", "oui", "Tanger", "LIER"):
        await shows.say(text)
    match = CODE.search(shows.heard)
    assert match is not None
    for text in ("bonjour", "français", f"LIER {match.group()}"):
        await sends.say(text)
    await sends.say("non")
    await shows.say("oui")
    states = [await state_of(quiet_world, each) for each in (shows, sends)]
    assert states == ["active", "declined"]


@pytest.mark.parametrize("state", ["declined", "erased"])
async def test_a_yes_is_for_whoever_is_still_there(quiet_world: World, state: str) -> None:
    """Whatever led to it: the question is still there, but its yes is for nobody."""
    shows, sends = await seated(quiet_world, "sms"), await seated(quiet_world, "telegram")
    await sends.say(await code_of(shows))
    async with quiet_world.db.transaction() as session:
        resident = await resident_of(quiet_world, sends.channel, sends.address)
        assert resident is not None
        (await session.get_one(Resident, resident.id)).state = state
    await shows.tap("link:yes")
    assert shows.words("link.unknown", "fr") in shows.heard
    assert not await are_one(quiet_world, shows, sends)


async def state_of(world: World, person: DirectPerson) -> str | None:
    """The state of somebody."""
    resident = await resident_of(world, person.channel, person.address)
    return resident and resident.state
