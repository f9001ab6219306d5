"""A process that dies between a marker and its commit, before or after, blocks nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import _check_vault
from api.consultations.vault_keys import folders, markers
from api.outbox import expiring_keys
from api.security import vault_files
from api.security.vault import Vault
from sawt.vault import database
from tests.linking.test_at_once import at_first_question
from tests.receipts.test_passing import expiring_keys as key_names
from tests.vault.test_folders import mirrored as mirrored
from tests.vault.test_folders import state
from tests.vault.test_lost import said_by_doctor, started
from tests.vault.test_strays import rolled_back
from tests.world import KEYRING, World

AGES = 2 * 3600


@pytest.fixture
def third(mirrored: World, tmp_path: Path) -> Path:
    """A new mirror that no start has seen."""
    folder = tmp_path / "third"
    folder.mkdir(0o700)
    mirrored.settings.vault.append(folder)
    return folder


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Skip everything after a transaction, as if the process had died."""
    with monkeypatch.context() as patch:
        patch.setattr(event, "listen", lambda *args, **kwargs: None)
        yield patch


async def twice(session: AsyncSession) -> None:
    """Like a start: the second time, the marker is known but its transaction has not ended."""
    for _ in range(2):
        await folders.ensure(session)


async def marking(world: World, *, commits: bool) -> None:
    db = database(world.settings)
    if commits:
        async with db.transaction() as session:
            await twice(session)
    else:
        with pytest.raises(ZeroDivisionError):
            await rolled_back(db, twice)
    await db.close()


def is_whole(folder: Path) -> bool:
    return [each.name[:7] for each in folder.glob(".*-*")] == [vault_files.MARK]


def age(folder: Path) -> None:
    """Make the only file in a folder, which a crash left, two hours old."""
    [marker] = folder.iterdir()
    assert marker.name.startswith(vault_files.BEGUN)
    os.utime(marker, (marker.stat().st_mtime - AGES,) * 2)


@pytest.mark.parametrize("commits", [False, True])
async def test_a_marker_that_a_crash_left_blocks_nothing(
    mirrored: World, third: Path, dying: pytest.MonkeyPatch, commits: bool
) -> None:
    await marking(mirrored, commits=commits)
    dying.undo()
    age(third)
    stray = third / ("0" * 32)
    stray.write_bytes(b"k" * 32)
    db = database(mirrored.settings)
    async with db.transaction() as session:
        await _check_vault(session)
    await db.close()
    assert is_whole(third)
    assert not stray.exists()
    assert (await said_by_doctor(mirrored)).ok


async def test_a_marker_of_a_transaction_under_way_is_another_databases(mirrored: World) -> None:
    one = mirrored.settings.vault[0]
    unfinished = one / f"{vault_files.BEGUN}{'2' * 32}"
    unfinished.write_text("2" * 32)
    stray = one / ("0" * 32)
    stray.write_bytes(b"k" * 32)
    await started(mirrored)
    assert stray.exists()
    assert unfinished.exists()
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)


@pytest.mark.parametrize("turned", [False, True])
async def test_a_mirror_that_was_made_by_copying_is_one_in_any_order(
    mirrored: World, tmp_path: Path, turned: bool
) -> None:
    one, two = mirrored.settings.vault
    third = tmp_path / "third"
    third.mkdir(0o700)
    for path in one.iterdir():
        (third / path.name).write_bytes(path.read_bytes())
    order = [third, two, one] if turned else [one, two, third]
    for vault_folders in (order, order[::-1]):
        db = database(mirrored.settings.model_copy(update={"vault": vault_folders}))
        async with db.transaction() as session:
            await folders.ensure(session)
            known = await folders.known(session)
        assert markers.faults(Vault(vault_folders), known) == []
        await db.close()


@pytest.mark.parametrize(("full", "written"), [((), [1, 1]), ((0,), [0, 1]), ((0, 1), [0, 0])])
async def test_a_mirror_that_is_full_keeps_nobody_from_an_answer(
    mirrored: World, monkeypatch: pytest.MonkeyPatch, full: tuple[int, ...], written: list[int]
) -> None:
    vault, write = mirrored.settings.vault, vault_files.write

    def write_where_room_is(folder: Path, name: str, content: bytes) -> None:
        if vault.index(folder) in full:
            raise OSError(28, "No space left on device")
        write(folder, name, content)

    monkeypatch.setattr(vault_files, "write", write_where_room_is)
    async with mirrored.db.transaction() as session:
        sealed = expiring_keys.use(session, keyring=KEYRING, now=mirrored.now(), needed=False)
    assert sealed is any(written)
    assert [len([*each.glob("passing-*")]) for each in vault] == written


async def test_a_key_that_a_clock_made_far_ahead_is_destroyed(mirrored: World) -> None:
    await (await at_first_question(mirrored, "telegram")).say("menu")  # a waiting reply needs none of them
    async with mirrored.db.transaction() as session:
        for ahead in ({"days": 400}, {"hours": 2}, {"minutes": 45}, {"minutes": 0}):
            expiring_keys.use(session, keyring=KEYRING, now=mirrored.now.later(**ahead))
    assert len(key_names(mirrored)) == 4
    async with mirrored.db.transaction() as session:
        await expiring_keys.expire(session, keyring=KEYRING, now=mirrored.now(), kept=expiring_keys.SERVES)
    assert len(key_names(mirrored)) == 2  # a key from a clock that is slightly wrong stays
