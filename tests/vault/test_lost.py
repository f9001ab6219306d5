"""The key of an open vote is lost, or one of its mirrors: ballots count, nobody can vote, and everybody is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.app import _check_vault
from api.background import after_closing, cleanup
from api.consultations import lifecycle
from api.consultations.models import Ballot, Consultation, Participation
from api.consultations.vault_keys import folders
from api.errors import KeyLost, Unavailable
from sawt.doctor.checks import examine
from sawt.doctor.finding import Finding
from sawt.vault import database
from tests.api.office import CONSULTATIONS, call
from tests.linking.test_at_once import at_first_question
from tests.world import World, quiet


@pytest.fixture
async def mirrored(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with quiet(database_url, vault=[tmp_path / "one", tmp_path / "two"]) as world:
        yield world


async def keys(world: World) -> list[Path]:
    """The key files of the one consultation."""
    async with world.db.transaction() as session:
        name = await session.scalar(select(Consultation.key_name))
    return [folder / str(name) for folder in world.settings.vault]


async def said_by_doctor(world: World) -> Finding:
    [finding] = [each async for each in examine(world.settings) if each.subject == "SAWT_VAULT"]
    return finding


async def started(world: World) -> None:
    async with world.db.transaction() as session:
        await _check_vault(session)


async def test_a_mirror_that_is_gone_is_told_and_repaired_at_the_next_start(
    mirrored: World, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = await keys(mirrored)
    one.unlink()
    assert "have different keys of plan" in (await said_by_doctor(mirrored)).words
    await started(mirrored)
    assert one.read_bytes() == two.read_bytes()
    assert "vault.key_repaired" in capsys.readouterr().out
    assert (await said_by_doctor(mirrored)).ok


async def test_ballots_count_and_nobody_votes_once_the_key_is_lost(
    mirrored: World, capsys: pytest.CaptureFixture[str]
) -> None:
    voter, late = await at_first_question(mirrored, "sms"), await at_first_question(mirrored, "sms")
    await voter.say("1")
    for path in await keys(mirrored):
        path.unlink()
    assert "plan: the key is lost" in (await said_by_doctor(mirrored)).words
    await started(mirrored)
    assert "vault.key_lost" in capsys.readouterr().out
    for person in (voter, late):
        await person.say("1")
        assert person.words("error.lost") in person.heard
        await person.say("bonjour")  # everything else still works
        assert person.replies
    assert await counted(mirrored) == 1
    with pytest.raises(KeyLost, match="--key-is-lost"):
        await mirrored.close("plan")
    closed = await call(mirrored, "POST", f"{CONSULTATIONS}/plan/close", json={"key_is_lost": True})
    assert closed.status_code == 200
    assert "closing.key_lost" in capsys.readouterr().out
    assert (await mirrored.http.get("/consultations/plan/receipts.txt")).status_code == 200
    async with mirrored.db.transaction() as session:
        assert set(await session.scalars(select(Participation.state))) <= {"asked", "finished"}


async def counted(world: World) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Ballot)) or 0


async def test_a_key_is_given_up_only_where_every_folder_is_the_right_one(mirrored: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(0o700)
    key_files, folders_before = await keys(mirrored), mirrored.settings.vault[:]
    mirrored.settings.vault[:] = [tmp_path / "other"]
    db = database(mirrored.settings)
    for lost in (True, False):
        with pytest.raises(Unavailable, match="is not a folder of this vault"):
            async with db.transaction() as session:
                await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now(), key_is_lost=lost)
    for folder in folders_before:  # recorded, as for disks that broke
        async with db.transaction() as session:
            await folders.forget(session, str(folder), who="tests", now=mirrored.now())
    async with db.transaction() as session:
        await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now(), key_is_lost=True)
    assert await after_closing.clean(db, now=mirrored.now())
    await db.close()
    assert all(path.exists() for path in key_files)  # on disks reported as gone


async def test_a_key_that_was_given_up_goes_wherever_it_comes_back(
    mirrored: World, capsys: pytest.CaptureFixture[str]
) -> None:
    [one, two] = await keys(mirrored)
    key = one.read_bytes()
    one.unlink(), two.unlink()
    async with mirrored.db.transaction() as session:
        await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now(), key_is_lost=True)
    two.write_bytes(key)  # before cleaning
    await after_closing.clean(mirrored.db, now=mirrored.now())
    assert not two.exists()
    one.write_bytes(key)  # and long after cleaning
    assert (await said_by_doctor(mirrored)).ok is False
    await cleanup.keeping(mirrored.service.means).work(mirrored.db, mirrored.now())
    assert not one.exists()
    assert "vault.stray_key" in capsys.readouterr().out
