"""No key survives a closing unseen: every folder of the vault is known, and held against what the database knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.consultations import folders, lifetime
from api.consultations.models import Consultation
from api.errors import Conflict, Lost, Unavailable
from sawt.vault import database
from tests.api.office import CONSULTATIONS, call
from tests.vault.test_lost import keys, said_by_doctor, started
from tests.world import World, quiet


@pytest.fixture
async def mirrored(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with quiet(database_url, vault=[tmp_path / "one", tmp_path / "two"]) as found:
        yield found


async def state(world: World) -> tuple[str, bool]:
    """Whether it is open or closed, and whether it is published."""
    async with world.db.transaction() as session:
        found = (await session.scalars(select(Consultation))).one()
    return found.state, found.cleaned_at is not None


async def refused(world: World) -> str:
    """What staff hear who try to close it over `/v1`."""
    answer = await call(world, "POST", f"{CONSULTATIONS}/plan/close")
    assert (answer.status_code, await state(world)) == (503, ("open", False))
    return str(answer.json()["detail"])


def away(folder: Path, *, empty: bool) -> Path:
    """Unmount a disk: its folder is gone, or an empty mount point is left."""
    there = folder.rename(folder.with_name("unmounted"))
    if empty:
        folder.mkdir(0o700)
    return there


@pytest.mark.parametrize("empty", [False, True])
async def test_a_mirror_that_is_away_holds_the_closing_until_it_is_back(mirrored: World, empty: bool) -> None:
    one, two = mirrored.settings.vault
    [_, key] = await keys(mirrored)
    there = away(two, empty=empty)
    assert str(two) in await refused(mirrored)
    assert str(two) in (found := await said_by_doctor(mirrored)).words
    assert not found.ok
    await started(mirrored)  # and a start makes no key where the disk should be
    assert not key.exists()
    if empty:
        two.rmdir()
    there.rename(two)
    assert (await said_by_doctor(mirrored)).ok
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)
    assert [path.exists() for path in (key, one / key.name)] == [False, False]


@pytest.mark.parametrize("which", ["other", "fewer", "copied"])
async def test_another_vault_in_the_callers_shell_closes_nothing(mirrored: World, tmp_path: Path, which: str) -> None:
    one, two = mirrored.settings.vault
    held = await keys(mirrored)
    given = {"other": [tmp_path / "other"], "fewer": [one], "copied": [one, tmp_path / "other"]}[which]
    (tmp_path / "other").mkdir(0o700)
    for path in one.iterdir() if which == "copied" else ():
        (tmp_path / "other" / path.name).write_bytes(path.read_bytes())
    elsewhere = World(
        mirrored.url, mirrored.settings.model_copy(update={"vault": given}), mirrored.service, None, mirrored.now,  # type: ignore[arg-type]
        mirrored.http,
    )  # fmt: skip
    db = database(elsewhere.settings)
    with pytest.raises(Unavailable, match=str(tmp_path / "other") if which != "fewer" else str(two)):
        async with db.transaction() as session:
            await folders.ensure(session)
    with pytest.raises(Unavailable):
        async with db.transaction() as session:
            await lifetime.close(session, "plan", now=mirrored.now())
    await db.close()
    assert not (await said_by_doctor(elsewhere)).ok
    assert await state(mirrored) == ("open", False)
    assert all(path.exists() for path in held)


async def test_a_key_that_opens_nothing_in_one_folder_holds_the_closing(mirrored: World) -> None:
    [one, two] = await keys(mirrored)
    two.write_bytes(b"x" * 32)
    assert f"is not in {two.parent}" in await refused(mirrored)
    await started(mirrored)
    assert one.read_bytes() == two.read_bytes()
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)


async def test_a_mirror_that_goes_between_closing_and_cleaning_keeps_the_list_back(
    mirrored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mirrored.db.transaction() as session:
        await lifetime.close(session, "plan", now=mirrored.now())
    [_, two] = await keys(mirrored)
    there = away(two.parent, empty=True)
    with pytest.raises(Unavailable):
        await cleaned(mirrored)
    assert await state(mirrored) == ("closed", False)
    two.parent.rmdir()
    there.rename(two.parent)
    assert await cleaned(mirrored)
    assert not two.exists()


async def cleaned(world: World) -> bool:
    return bool(await world.service.app.state.clean(world.db, now=world.now()))


async def test_a_key_is_only_lost_if_it_is_nowhere(mirrored: World) -> None:
    async with mirrored.db.transaction() as session:
        with pytest.raises(Conflict, match="is not lost"):
            await lifetime.close(session, "plan", now=mirrored.now(), key_is_lost=True)
    for path in await keys(mirrored):
        path.unlink()
    async with mirrored.db.transaction() as session:
        with pytest.raises(Lost, match="--key-is-lost"):
            await lifetime.close(session, "plan", now=mirrored.now())
    answer = await call(mirrored, "POST", f"{CONSULTATIONS}/plan/close", json={"key_is_lost": True})
    assert (answer.status_code, await state(mirrored)) == (200, ("closed", True))
