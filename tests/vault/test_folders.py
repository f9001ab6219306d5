"""No key survives closing unseen: every folder of the vault is known, and compared with what the database knows."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api import audit
from api.app import _check_vault
from api.consultations import lifecycle
from api.consultations.models import Consultation
from api.consultations.vault_keys import folders
from api.errors import Conflict, KeyLost, Unavailable
from sawt.vault import database
from tests.api.office import CONSULTATIONS, call
from tests.vault.test_lost import keys, said_by_doctor, started
from tests.world import World, quiet


@pytest.fixture
async def mirrored(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with quiet(database_url, vault=[tmp_path / "one", tmp_path / "two"]) as world:
        yield world


async def state(world: World) -> tuple[str, bool]:
    """Whether it is open or closed, and whether it is published."""
    async with world.db.transaction() as session:
        consultation = (await session.scalars(select(Consultation))).one()
    return consultation.state, consultation.cleaned_at is not None


async def refused(world: World) -> str:
    """Try to close it over `/v1`, which fails; return the error."""
    answer = await call(world, "POST", f"{CONSULTATIONS}/plan/close")
    assert (answer.status_code, await state(world)) == (503, ("open", False))
    return str(answer.json()["detail"])


def away(folder: Path, *, empty: bool) -> Path:
    """Unmount a disk: its folder is missing, or an empty mount point is left."""
    unmounted = folder.rename(folder.with_name(f"{folder.name}-unmounted"))
    if empty:
        folder.mkdir(0o700)
    return unmounted


@pytest.mark.parametrize("empty", [False, True])
async def test_a_mirror_that_is_away_holds_the_closing_until_it_is_back(mirrored: World, empty: bool) -> None:
    one, two = mirrored.settings.vault
    [_, key] = await keys(mirrored)
    unmounted = away(two, empty=empty)
    assert str(two) in await refused(mirrored)
    finding = await said_by_doctor(mirrored)
    assert (str(two) in finding.words, finding.ok) == (True, False)
    await started(mirrored)  # a start writes no key to the mount point
    assert not key.exists()
    if empty:
        two.rmdir()
    unmounted.rename(two)
    assert (await said_by_doctor(mirrored)).ok
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)
    assert [path.exists() for path in (key, one / key.name)] == [False, False]


@pytest.mark.parametrize("which", ["other", "fewer", "copied"])
async def test_another_vault_in_the_callers_shell_closes_nothing(mirrored: World, tmp_path: Path, which: str) -> None:
    one, two = mirrored.settings.vault
    key_files = await keys(mirrored)
    vault = {"other": [tmp_path / "other"], "fewer": [one], "copied": [one, tmp_path / "other"]}[which]
    (tmp_path / "other").mkdir(0o700)
    for path in one.iterdir() if which == "copied" else ():
        (tmp_path / "other" / path.name).write_bytes(path.read_bytes())
    elsewhere = World(
        mirrored.url, mirrored.settings.model_copy(update={"vault": vault}), mirrored.service, None, mirrored.now,  # type: ignore[arg-type]
        mirrored.http,
    )  # fmt: skip
    db = database(elsewhere.settings)
    with pytest.raises(Unavailable, match=str(tmp_path / "other") if which != "fewer" else str(two)):
        async with db.transaction() as session:
            await folders.ensure(session)
    with pytest.raises(Unavailable):
        async with db.transaction() as session:
            await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    await db.close()
    assert not (await said_by_doctor(elsewhere)).ok
    assert await state(mirrored) == ("open", False)
    assert all(path.exists() for path in key_files)


async def test_a_key_that_opens_nothing_in_one_folder_holds_the_closing(mirrored: World) -> None:
    [one, two] = await keys(mirrored)
    two.write_bytes(b"x" * 32)
    assert f"is missing in {two.parent}" in await refused(mirrored)
    await started(mirrored)
    assert one.read_bytes() == two.read_bytes()
    await mirrored.close("plan")
    assert await state(mirrored) == ("closed", True)


async def test_a_mirror_that_goes_between_closing_and_cleaning_keeps_the_list_back(
    mirrored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mirrored.db.transaction() as session:
        await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    [_, two] = await keys(mirrored)
    unmounted = away(two.parent, empty=True)
    with pytest.raises(Unavailable):
        await cleaned(mirrored)
    assert await state(mirrored) == ("closed", False)
    two.parent.rmdir()
    unmounted.rename(two.parent)
    assert await cleaned(mirrored)
    assert not two.exists()


async def cleaned(world: World) -> bool:
    return bool(await world.service.app.state.clean(world.db, now=world.now()))


async def test_a_key_is_only_lost_if_it_is_nowhere(mirrored: World) -> None:
    async with mirrored.db.transaction() as session:
        with pytest.raises(Conflict, match="is not lost"):
            await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now(), key_is_lost=True)
    for path in await keys(mirrored):
        path.unlink()
    async with mirrored.db.transaction() as session:
        with pytest.raises(KeyLost, match="--key-is-lost"):
            await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    answer = await call(mirrored, "POST", f"{CONSULTATIONS}/plan/close", json={"key_is_lost": True})
    assert (answer.status_code, await state(mirrored)) == (200, ("closed", True))


def copied(world: World) -> World:
    """The same installation with SAWT_VAULT set to copies of its folders."""
    copies = [shutil.copytree(each, each.with_name(f"{each.name}-copy")) for each in world.settings.vault]
    settings = world.settings.model_copy(update={"vault": copies})
    return World(world.url, settings, world.service, None, world.now, world.http)  # type: ignore[arg-type]


async def test_a_copy_of_the_vault_closes_nothing_and_no_start_takes_it(mirrored: World) -> None:
    key_files, elsewhere = await keys(mirrored), copied(mirrored)
    db = database(elsewhere.settings)
    with pytest.raises(Unavailable, match="is a copy of"):
        async with db.transaction() as session:
            await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    async with db.transaction() as session:
        await _check_vault(session)
        assert [*(await folders.known(session)).values()] == [str(each) for each in mirrored.settings.vault]
    await db.close()
    assert "is a copy of" in (await said_by_doctor(elsewhere)).words
    assert all(path.exists() for path in key_files)
    await mirrored.close("plan")
    assert not any(path.exists() for path in key_files)


async def test_a_vault_that_moved_is_taken_at_a_start_only_and_it_is_told(
    mirrored: World, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = copied(mirrored)
    for each in mirrored.settings.vault:
        shutil.rmtree(each)
    db = database(elsewhere.settings)
    with pytest.raises(Unavailable, match="restart the service"):
        async with db.transaction() as session:
            await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    async with db.transaction() as session:
        await _check_vault(session)
        assert [*(await folders.known(session)).values()] == [str(each) for each in elsewhere.settings.vault]
        acts = (await audit.listed(session, subject="vault folder")).items
    assert [(each.who, each.act) for each in acts] == [("service", "move")] * 2
    assert capsys.readouterr().out.count("vault.folder_moved") == 2
    async with db.transaction() as session:
        await lifecycle.close_ballots(session, "plan", who="amina", now=mirrored.now())
    await db.close()


async def test_a_link_to_a_folder_is_the_folder(mirrored: World, tmp_path: Path) -> None:
    links = [tmp_path / f"link-{each.name}" for each in mirrored.settings.vault]
    for link, folder in zip(links, mirrored.settings.vault, strict=True):
        link.symlink_to(folder)
    mirrored.settings.vault[:] = links
    assert (await said_by_doctor(mirrored)).ok
