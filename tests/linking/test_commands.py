"""`sawt resident`: what staff see and do in a terminal; no full number and no choice is printed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from api.residents.models import Merge, Resident
from tests.ballots import resident_of
from tests.linking.acts import address_of, are_linked, shown_code, vote_to_the_end
from tests.people import joined
from tests.terminal import Terminal
from tests.world import World


@pytest.fixture
async def wired_terminal(own_world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`sawt` in a world with people who write messages."""
    monkeypatch.setenv("COLUMNS", "200")
    return Terminal(own_world, monkeypatch)


async def test_shows_what_is_known_and_no_number(own_world: World, wired_terminal: Terminal) -> None:
    phone = await joined(own_world, "sms", "fr")
    receipt = await vote_to_the_end(phone, 2)
    resident = await resident_of(own_world, *address_of(phone))
    assert resident is not None
    for who in (str(resident.id), phone.phone.number):
        printed = (await wired_terminal("resident", "show", who)).output
        assert all(word in printed for word in ("active", "fr", "Tétouan", "sms", "given"))
        assert "plan" not in printed  # it is open: participants are not revealed
        assert phone.phone.number not in printed
        assert receipt not in printed
    assert "there is no resident 999999" in await wired_terminal.refused("resident", "show", "999999")
    assert "no resident uses this" in await wired_terminal.refused("resident", "show", "+212600000099")


async def test_lists_a_merge_and_undoes_it(own_world: World, wired_terminal: Terminal) -> None:
    phone, app = await joined(own_world, "sms", "fr"), await joined(own_world, "telegram", "fr")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    async with own_world.db.transaction() as session:
        number = str(await session.scalar(select(func.max(Merge.id))))
    assert "can be undone" in (await wired_terminal("resident", "merges")).output
    assert "pass --yes" in await wired_terminal.refused("resident", "unmerge", number)  # nobody can confirm
    assert f"Merge {number} is undone" in (await wired_terminal("resident", "unmerge", number, "--yes")).stderr
    assert not await are_linked(own_world, phone, app)
    assert "undone by amina" in (await wired_terminal("resident", "merges")).output


async def test_erases(own_world: World, wired_terminal: Terminal) -> None:
    phone, other = await joined(own_world, "sms", "fr"), await joined(own_world, "sms", "fr")
    resident, by_phone = [await resident_of(own_world, *address_of(each)) for each in (phone, other)]
    assert resident is not None
    assert by_phone is not None
    number = str(resident.id)
    assert "pass --yes" in await wired_terminal.refused("resident", "erase", number)
    await wired_terminal("resident", "erase", number, "--yes")
    await wired_terminal("resident", "erase", other.phone.number, "--yes")
    async with own_world.db.transaction() as session:
        for each in (resident, by_phone):
            assert (await session.get_one(Resident, each.id)).state == "erased"
    assert "is already erased" in await wired_terminal.refused("resident", "erase", number, "--yes")
    await wired_terminal("resident", "show", number)
    listed = (await wired_terminal("resident", "acts")).output
    assert [word in listed for word in ("erase", f"resident {number}", "show", "find")] == [True] * 4
