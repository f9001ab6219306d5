"""Checkpoints are signed each hour if anything is new, published, and raise an alarm if a row does not verify."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from api import audit
from api.audit import alarm, chain, checkpoints, offline, service, statement
from api.audit.models import Act, Checkpoint
from api.audit.service import Broken, Position
from api.background.cleanup import signing
from api.clock import MOROCCO
from api.settings import Settings
from sawt.__main__ import cli
from sawt.doctor.record_checks import check_record
from tests.api.office import call
from tests.record_tools import unprotected
from tests.terminal import Terminal
from tests.world import KEYRING, KEYS, World


async def noted(world: World, subject: str = "resident 1") -> None:
    async with world.db.transaction() as session:
        await audit.note(session, who="amina", act="show", subject=subject, now=world.now())


async def signed(world: World, now: datetime | None = None) -> int:
    """Take a checkpoint if one is due; returns how many there are."""
    await checkpoints.take(world.db, keyring=KEYRING, origin="https://sawt.example", now=now or world.now())
    async with world.db.viewing() as session:
        return await session.scalar(select(func.count()).select_from(Checkpoint)) or 0


async def due(world: World, now: datetime) -> list[datetime]:
    """The times at which the job is due."""
    moments = signing(world.service.means).moments
    async with world.db.viewing() as session:
        found = [await session.scalar(each.query, {"now": now}) for each in moments]
    return [each.shift(moment, now) for each, moment in zip(moments, found, strict=True) if moment is not None]


async def changed(world: World, statement: str) -> None:
    """Change rows past their triggers."""
    async with world.db.transaction() as session, unprotected(session):
        await session.execute(text(statement))


async def sawt(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """Run a command of somebody signed in, on the machine with the database and the keys."""
    for name, value in {"DATABASE_URL": world.settings.database_url, "KEYS": KEYS}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    monkeypatch.setenv("COLUMNS", "300")
    return await Terminal(world, monkeypatch)(*words)


async def test_a_checkpoint_is_due_an_hour_after_the_last_if_anything_is_new(quiet_world: World) -> None:
    now = quiet_world.now()
    assert await due(quiet_world, now) == [now]  # the world has begun with acts
    assert await signed(quiet_world, now) == 1
    assert await due(quiet_world, now) == []
    later = now + timedelta(hours=1)
    assert await signed(quiet_world, later) == 1  # nothing is new
    await noted(quiet_world)
    assert await due(quiet_world, now) == [later]
    assert await signed(quiet_world, later - timedelta(seconds=1)) == 1
    assert await signed(quiet_world, later) == 2


async def test_what_is_exported_verifies_against_the_published_checkpoint(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert (await quiet_world.http.get("/record.json")).status_code == 404
    for place in range(3):
        await noted(quiet_world, f"resident {place}")
    assert await signed(quiet_world) == 1
    exported = await call(quiet_world, "GET", "/v1/record/export")
    point = (await quiet_world.http.get("/record.json")).text
    lines = exported.content.splitlines(keepends=True)
    assert offline.verify(lines, statement.parse(point)).rows == len(lines) > 3
    files = [tmp_path / name for name in ("record.jsonl", "checkpoint.json", "record.pem")]
    for file, words in zip(files[1:], ("checkpoint", "key"), strict=True):
        file.write_text((await sawt(quiet_world, monkeypatch, "audit", words)).stdout, encoding="utf-8")
    written = (await sawt(quiet_world, monkeypatch, "audit", "export", str(files[0]))).stderr
    assert written == f"{len(lines)} acts in {files[0]}.\n"
    again = await Terminal(quiet_world, monkeypatch).refused("audit", "export", str(files[0]))
    assert "exists already: pass --overwrite" in again
    assert files[0].read_bytes() == exported.content
    for name in ("DATABASE_URL", "KEYS"):
        monkeypatch.delenv(f"SAWT_{name}")
    words = ["audit", "verify", *map(str, files[:2])]
    for more in ([], ["--key", str(files[2])]):
        result = await asyncio.to_thread(CliRunner().invoke, cli, [*words, *more])
        assert result.exit_code == 0, result.exception
        assert f"{len(lines)} rows verify" in result.stdout
    files[0].write_bytes(b"".join([lines[0], *lines[2:]]))
    result = await asyncio.to_thread(CliRunner().invoke, cli, words)
    assert "row 2 does not verify" in str(result.exception)


async def test_the_command_lists_what_the_filters_say(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, terminal: Terminal
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    await noted(quiet_world, "resident 12")
    quiet_world.now.advance(minutes=2)
    await noted(quiet_world, "resident 1")
    since = (quiet_world.now() - timedelta(minutes=1)).astimezone(MOROCCO).isoformat(timespec="minutes")[:16]
    for options, found in (
        (["--subject", "resident 1"], {"resident 1"}),
        (["--kind", "resident"], {"resident 1", "resident 12"}),
        (["--who", "amina", "--act", "show", "--until", since], {"resident 12"}),
        (["--kind", "resident", "--since", since], {"resident 1"}),
    ):
        rows = (await terminal("audit", "list", *options)).stdout
        assert {each for each in ("resident 1", "resident 12") if f" {each} " in rows} == found, options
    assert (await terminal("audit", "list", "--who", "idir")).stderr == "none\n"


@pytest.mark.parametrize("tag", ["ar", "fr"])
async def test_the_public_page_shows_checkpoints_and_the_key(quiet_world: World, tag: str) -> None:
    empty = await quiet_world.http.get("/record", params={"lang": tag})
    assert "BEGIN PUBLIC KEY" in empty.text
    await signed(quiet_world)
    page = await quiet_world.http.get("/record", params={"lang": tag})
    point = (await quiet_world.http.get("/record.json")).json()
    assert point["head"] in page.text
    assert page.status_code == 200


async def test_the_list_is_filtered_by_who_when_what_and_subject(quiet_world: World) -> None:
    began = quiet_world.now()
    quiet_world.now.advance(minutes=1)
    await noted(quiet_world, "resident 12")
    quiet_world.now.advance(minutes=1)
    before = quiet_world.now()
    await noted(quiet_world, "resident 1")
    for query, found in (
        ({"subject": "resident 1"}, ["resident 1"]),
        ({"kind": "resident"}, ["resident 1", "resident 12"]),
        ({"kind": "resid"}, []),
        ({"by": "amina", "act": "show", "until": before.isoformat()}, ["resident 12"]),
        ({"since": (began + timedelta(seconds=90)).isoformat()}, ["resident 1"]),
        ({"by": "idir"}, []),
    ):
        page = (await call(quiet_world, "GET", "/v1/record", params=query)).json()
        assert [each["subject"] for each in page["items"]] == found, query


async def test_a_row_that_was_changed_is_an_alarm_everywhere(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await noted(quiet_world)
    assert (await quiet_world.http.get("/readyz")).json() == {"status": "ready"}
    async with quiet_world.db.viewing() as session:
        assert await alarm.alarm(session) is None
        last = await session.scalar(select(func.max(Act.seq)))
    await noted(quiet_world)
    await changed(quiet_world, f"UPDATE acts SET who = 'idir' WHERE seq = {last + 1}")
    watch = alarm.RecordWatch(quiet_world.db)
    words = f"row {last + 1} of the record does not verify"
    assert await watch.alarms() == [words]
    assert words in (await sawt(quiet_world, monkeypatch, "today")).stdout
    (finding,) = await check_record(Settings(_env_file=None, database_url=quiet_world.settings.database_url))
    assert (finding.ok, f"row {last + 1} " in finding.words) == (False, True)
    assert (await call(quiet_world, "GET", "/v1/overview")).json()["record"]["seq"] == last + 1


async def test_what_does_not_verify_is_not_signed_and_stays_an_alarm_until_it_does(quiet_world: World) -> None:
    await noted(quiet_world)
    await signed(quiet_world)
    quiet_world.now.advance(hours=2)
    await noted(quiet_world)
    await changed(quiet_world, "UPDATE acts SET who = 'idir' WHERE seq = 1")
    assert await signed(quiet_world) == 1
    found = (await call(quiet_world, "GET", "/v1/overview")).json()["record"]
    assert found["seq"] == 1
    await changed(quiet_world, "UPDATE acts SET who = 'amina' WHERE seq = 1")
    assert await signed(quiet_world) == 2
    assert (await call(quiet_world, "GET", "/v1/overview")).json()["record"] is None


async def rewritten(world: World, change: str) -> None:
    """Change the acts, and compute the whole chain anew, as whoever owns the database can."""
    await changed(world, change)
    async with world.db.transaction() as session, unprotected(session):
        last = Position()
        for act in (await session.scalars(select(Act).order_by(Act.seq))).all():
            row = {**service.exported(act, last.hash), "seq": last.seq + 1}
            row.pop("hash")
            last = Position(last.seq + 1, chain.row_hash(row))
            values = {"seq": last.seq, "hash": last.hash, "was": act.seq}
            await session.execute(text("UPDATE acts SET seq = :seq, hash = :hash WHERE seq = :was"), values)
        end = {"seq": last.seq, "hash": last.hash}
        await session.execute(text("UPDATE record_heads SET seq = :seq, hash = :hash"), end)


@pytest.mark.parametrize("change", ["UPDATE acts SET who = 'idir' WHERE seq = 1", "DELETE FROM acts WHERE seq = 1"])
async def test_nothing_is_signed_that_contradicts_what_was_signed_before(quiet_world: World, change: str) -> None:
    await noted(quiet_world)
    await signed(quiet_world)
    async with quiet_world.db.viewing() as session:
        point = (await checkpoints.latest(session, 1))[0]
    await rewritten(quiet_world, change)
    for _ in range(3):
        await noted(quiet_world)
    assert await signed(quiet_world, quiet_world.now() + timedelta(hours=2)) == 1
    assert (await call(quiet_world, "GET", "/v1/overview")).json()["record"]["seq"] == point.seq
    with pytest.raises(Broken):
        await service.verify_all(quiet_world.db)


async def test_a_record_that_was_cut_off_is_found(quiet_world: World) -> None:
    await noted(quiet_world)
    await signed(quiet_world)
    await rewritten(quiet_world, "DELETE FROM acts WHERE seq = (SELECT max(seq) FROM acts)")
    with pytest.raises(Broken):
        await service.verify_all(quiet_world.db)


async def test_readiness_names_the_row_and_goes_on(quiet_world: World) -> None:
    await noted(quiet_world)
    await changed(quiet_world, "DELETE FROM acts WHERE seq = 2")
    answer = await quiet_world.http.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["alarms"] == ["row 2 of the record does not verify"]


async def test_the_key_stays_the_same_when_keys_are_rotated() -> None:
    first, second = KEYS.split(",")
    rotated = statement.public_key(type(KEYRING).parse(f"{first},2:{'A' * 43}=,{second}").signing_key("record"))
    assert rotated == statement.public_key(KEYRING.signing_key("record"))
    assert json.dumps(rotated).count("\\n") == 3
