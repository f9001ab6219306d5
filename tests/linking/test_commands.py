"""`sawt resident`: what staff see and do in a terminal; no full number and no choice is printed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.residents.models import Merge, Resident
from sawt import __main__ as command
from tests.ballots import resident_of
from tests.linking.acts import address_of, are_linked, shown_code, vote_to_the_end
from tests.people import joined
from tests.world import KEYS, World


@pytest.fixture
def run(own_world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `sawt …` on the database of the world; returns what was printed."""
    monkeypatch.setenv("SAWT_DATABASE_URL", own_world.settings.database_url)
    monkeypatch.setenv("SAWT_KEYS", KEYS)
    monkeypatch.setenv("COLUMNS", "200")

    async def ran(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, command.cli, ["resident", *words])
        return done.exit_code, done.output + (str(done.exception) if done.exception else "")

    return ran


async def test_shows_what_is_known_and_no_number(own_world: World, run: Any) -> None:
    phone = await joined(own_world, "sms", "fr")
    receipt = await vote_to_the_end(phone, 2)
    resident = await resident_of(own_world, *address_of(phone))
    assert resident is not None
    for who in (str(resident.id), phone.phone.number):
        code, printed = await run("show", who, "--as", "amina")
        assert code == 0, printed
        assert all(word in printed for word in ("active", "fr", "Tétouan", "sms", "given"))
        assert "plan" not in printed  # it is open: participants are not revealed
        assert phone.phone.number not in printed
        assert receipt not in printed
    code, printed = await run("show", "999999", "--as", "amina")
    assert (code, "there is no resident 999999" in printed) == (1, True)


async def test_lists_a_merge_and_undoes_it(own_world: World, run: Any) -> None:
    phone, app = await joined(own_world, "sms", "fr"), await joined(own_world, "telegram", "fr")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    async with own_world.db.transaction() as session:
        number = await session.scalar(select(func.max(Merge.id)))
    assert "can be undone" in (await run("merges"))[1]
    assert (await run("unmerge", str(number), "--as", "amina"))[0] == 1  # not a terminal: nobody can confirm
    code, printed = await run("unmerge", str(number), "--yes", "--as", "amina")
    assert code == 0, printed
    assert not await are_linked(own_world, phone, app)
    assert "undone by amina" in (await run("merges"))[1]


async def test_erases(own_world: World, run: Any) -> None:
    phone = await joined(own_world, "sms", "fr")
    resident = await resident_of(own_world, *address_of(phone))
    assert resident is not None
    assert (await run("erase", str(resident.id), "--as", "amina"))[0] == 1
    code, printed = await run("erase", str(resident.id), "--yes", "--as", "amina")
    assert code == 0, printed
    async with own_world.db.transaction() as session:
        assert (await session.get_one(Resident, resident.id)).state == "erased"
    assert (await run("erase", str(resident.id), "--yes", "--as", "amina"))[0] == 1
    listed = (await run("acts"))[1]
    assert [word in listed for word in ("erase", f"resident {resident.id}", "show")] == [True, True, True]
