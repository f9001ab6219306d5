"""The vault's folders over time: keys that nothing refers to, missing markers, mirrors that come and go, the
scheduler.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import _check_vault
from api.background import schedule
from api.consultations.models import Consultation
from api.consultations.vault_keys import folders
from api.consultations.vault_keys.folders import VaultFolder
from api.db import Database
from api.errors import NotFound
from api.workflows.overview import service as overview
from sawt.vault import database
from tests.consultations import main_consultation
from tests.vault.test_folders import mirrored as mirrored
from tests.vault.test_folders import state
from tests.vault.test_lost import keys, said_by_doctor, started
from tests.world import KEYRING, World


async def test_keys_that_nothing_names_are_overwritten_at_start_and_told(
    mirrored: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stray, part = mirrored.settings.vault[1] / ("0" * 32), mirrored.settings.vault[0] / f".{'1' * 32}.12345678"
    for path in (stray, part):
        path.write_bytes(b"k" * 32)
    stray.with_name("README").write_text("mine")
    (tmp_path / "linked").hardlink_to(stray)
    finding = await said_by_doctor(mirrored)
    assert (finding.ok, "2 files" in finding.words) == (False, True)
    await started(mirrored)
    assert capsys.readouterr().out.count("vault.stray_key") == 2
    assert [stray.exists(), part.exists(), stray.with_name("README").exists()] == [False, False, True]
    assert (tmp_path / "linked").read_bytes() != b"k" * 32
    assert all(path.exists() for path in await keys(mirrored))
    assert (await said_by_doctor(mirrored)).ok


async def test_keys_of_another_database_are_told_and_left(mirrored: World) -> None:
    stray = mirrored.settings.vault[0] / ("0" * 32)
    stray.write_bytes(b"k" * 32)
    (mirrored.settings.vault[0] / f".vault-{'2' * 32}").write_text("2" * 32)
    await started(mirrored)
    assert stray.read_bytes() == b"k" * 32
    assert "another database" in (await said_by_doctor(mirrored)).words


async def test_a_vault_of_an_older_release_is_marked_at_the_first_start(mirrored: World, tmp_path: Path) -> None:
    for folder in mirrored.settings.vault:
        for mark in folder.glob(".vault-*"):
            mark.unlink()
    async with mirrored.db.transaction() as session:
        for each in await session.scalars(select(VaultFolder)):
            await session.delete(each)
    db = database(mirrored.settings.model_copy(update={"vault": [tmp_path / "other"]}))
    async with db.transaction() as session:
        await _check_vault(session)
        assert await folders.known(session) == {}  # a vault without any of the keys is not the right one
    await db.close()
    await started(mirrored)
    async with mirrored.db.transaction() as session:
        assert [*(await folders.known(session)).values()] == sorted(map(str, mirrored.settings.vault))
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)


async def test_a_new_mirror_is_taken_and_a_broken_one_forgotten(mirrored: World, tmp_path: Path) -> None:
    _, two = mirrored.settings.vault
    third = tmp_path / "third"
    third.mkdir(0o700)
    mirrored.settings.vault.append(third)
    db = database(mirrored.settings)
    for _ in range(2):
        async with db.transaction() as session:
            await _check_vault(session)
            assert await session.scalar(select(func.count()).select_from(VaultFolder)) == 3
    await db.close()
    assert len({path.read_bytes() for path in await keys(mirrored)}) == 1
    mirrored.settings.vault.remove(two)
    assert str(two) in (await said_by_doctor(mirrored)).words
    async with mirrored.db.transaction() as session:
        with pytest.raises(NotFound, match=str(two)):
            await folders.forget(session, "/nowhere", who="tests", now=mirrored.now())
        await folders.forget(session, str(two), who="tests", now=mirrored.now())
    assert (await said_by_doctor(mirrored)).ok


async def test_the_clock_holds_such_a_closing_and_staff_see_why(
    mirrored: World, capsys: pytest.CaptureFixture[str]
) -> None:
    await mirrored.open({**main_consultation(), "code": "second"})
    async with mirrored.db.transaction() as session:
        await session.execute(update(Consultation).values(closes_at=mirrored.now.later(seconds=5)))
        name = await session.scalar(select(Consultation.key_name).where(Consultation.code == "second"))
    mirrored.now.advance(seconds=6)
    key_file = mirrored.settings.vault[1] / str(name)
    key = key_file.read_bytes()
    key_file.unlink()
    await schedule.scheduler(mirrored.kit, mirrored.service.means).once()
    assert "closing.delayed" in capsys.readouterr().out
    async with mirrored.db.transaction() as session:
        waiting = await overview.overview(session, keyring=KEYRING, now=mirrored.now())
        states = dict(iter(await session.execute(select(Consultation.code, Consultation.state))))
    assert states == {"plan": "closed", "second": "open"}  # the other one is closed anyway
    assert [(each.code, str(key_file.parent) in each.why) for each in waiting.held] == [("second", True)]
    key_file.write_bytes(key)
    await schedule.scheduler(mirrored.kit, mirrored.service.means).once()
    async with mirrored.db.transaction() as session:
        assert set(await session.scalars(select(Consultation.state))) == {"closed"}
        assert (await overview.overview(session, keyring=KEYRING, now=mirrored.now())).held == []


def marks(folder: Path) -> int:
    """How many markers a folder has, complete or begun."""
    return len(list(folder.glob(".*-*")))


async def rolled_back(db: Database, work: Callable[[AsyncSession], Awaitable[object]]) -> None:
    """Do the work, and fail before the transaction ends."""
    async with db.transaction() as session:
        await work(session)
        raise ZeroDivisionError


async def test_a_transaction_that_is_undone_leaves_no_marker(mirrored: World, tmp_path: Path) -> None:
    third = tmp_path / "third"
    third.mkdir(0o700)
    mirrored.settings.vault.append(third)
    db = database(mirrored.settings)
    with pytest.raises(ZeroDivisionError):
        await rolled_back(db, folders.ensure)
    assert marks(third) == 0
    async with db.transaction() as session:
        await folders.ensure(session)
    assert [marks(each) for each in mirrored.settings.vault] == [1, 1, 1]
    await db.close()


async def test_a_folder_that_is_forgotten_loses_its_marker(mirrored: World) -> None:
    one, two = mirrored.settings.vault
    with pytest.raises(ZeroDivisionError):
        await rolled_back(
            mirrored.db, lambda session: folders.forget(session, str(two), who="tests", now=mirrored.now())
        )
    assert marks(two) == 1
    async with mirrored.db.transaction() as session:
        await folders.forget(session, str(two), who="tests", now=mirrored.now())
    assert [marks(one), marks(two)] == [1, 0]
    stray = two / ("0" * 32)
    stray.write_bytes(b"k" * 32)
    await started(mirrored)  # now a new mirror
    assert not stray.exists()
