"""Nothing runs with an unusable database, schema, keys or settings: one sentence says so."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import make_url, text

from api.db import Database
from api.errors import Unavailable, WrongSetup
from api.security import key_check
from api.security.crypto import Keyring
from api.web.readiness import Readiness
from sawt import __main__ as command
from sawt.cli.system import serve
from sawt.cli.system.migrate import upgrade
from sawt.compose import compose
from sawt.migrate import migrate
from sawt.preconditions import DatabaseGuard
from sawt.revisions import history, missing, newest, revision_of
from tests.campaigns.crowd import resident
from tests.databases import PostgresDatabases
from tests.upgrading import undo
from tests.world import KEYS, World, settings_for

OTHERS = Keyring.generate()
ROTATED = KEYS.replace(",1:", f",2:{OTHERS.split('1:')[1]},1:")
WITHOUT_OLD = ",".join(each for each in ROTATED.split(",") if not each.startswith("1:"))


def opened(url: str, keys: str = KEYS, *, keeps: bool = True) -> Database:
    """Open a database like a process with these keys."""
    return Database(url, guard=DatabaseGuard(settings_for(url, "http://127.0.0.1", keys=keys), write_check=keeps))


async def verdict(url: str, keys: str = KEYS, **more: Any) -> str:
    """The part that prevents using the database, as one word; "" if it is usable."""
    db, part = opened(url, keys, **more), ""
    try:
        async with db.transaction():
            pass
    except WrongSetup as error:
        part = error.part
    await db.close()
    return part


def ran(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *words: str,
    folder: Path = Path("/"),
    **variables: str,
) -> str:
    """Run a command in a folder; it must end with exit code 2 and one line of error, which is returned."""
    monkeypatch.chdir(folder)
    for name, value in variables.items():
        monkeypatch.setenv(f"SAWT_{name.upper()}", value)
    monkeypatch.setattr(sys, "argv", ["sawt", *words])
    with pytest.raises(SystemExit) as ended:
        command.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out, said.err.count("\n")) == (2, "", 1), said
    return said.err


async def test_other_keys_are_refused_before_anything_is_written(database_url: str) -> None:
    assert await verdict(database_url) == ""  # its first keys
    mixed = OTHERS.split(",")[0] + "," + KEYS.split(",")[1]
    for keys in (OTHERS, mixed, KEYS.split(",")[0] + "," + OTHERS.split(",")[1]):
        assert await verdict(database_url, keys) == "keys"
        assert await verdict(database_url, keys, keeps=False) == "keys"
    assert await verdict(database_url) == ""


async def test_keys_can_be_rotated_and_the_old_one_dropped(database_url: str) -> None:
    assert [await verdict(database_url, keys) for keys in (KEYS, ROTATED, WITHOUT_OLD)] == ["", "", ""]
    assert await verdict(database_url, KEYS) == "keys"  # the old key cannot open values sealed with the new one


async def test_keys_are_tried_on_what_is_there_where_no_value_was_sealed_yet(quiet_world: World) -> None:
    await resident(quiet_world)
    async with quiet_world.db.transaction() as session:
        await session.execute(text("DELETE FROM key_checks"))
    url = quiet_world.settings.database_url
    assert await verdict(url, OTHERS) == "keys"
    assert await verdict(url, keeps=False) == ""
    async with quiet_world.db.transaction() as session:
        assert await key_check.fits(session, Keyring.parse(KEYS)) is None  # a command stores no check value
    assert await verdict(url) == ""
    async with quiet_world.db.transaction() as session:
        assert await key_check.fits(session, Keyring.parse(KEYS)) is True


@pytest.fixture
async def old(database_url: str) -> str:
    """A database without the last two migrations."""
    db = Database(database_url)
    await undo(db, list(history())[-3])
    await db.close()
    return database_url


async def test_nothing_is_migrated_under_other_keys(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    db = Database(old)
    await DatabaseGuard(settings_for(old, "http://sawt.test"), write_check=True).check_keys(db.engine)
    monkeypatch.setenv("SAWT_DATABASE_URL", old)
    monkeypatch.setenv("SAWT_KEYS", OTHERS)
    with pytest.raises(WrongSetup, match="SAWT_KEYS"):
        await upgrade(db)
    assert await revision_of(db.engine) != newest()
    await db.close()


async def test_old_tables_are_refused_by_name_until_they_are_migrated(old: str) -> None:
    db = opened(old)
    with pytest.raises(WrongSetup) as error:
        async with db.transaction():
            pass
    for name in list(history().values())[-2:]:
        assert name in str(error.value)
    assert "sawt migrate" in str(error.value)
    await migrate(Database(old))
    async with db.transaction():  # without a restart
        pass
    await db.close()


async def test_readiness_says_what_does_not_fit(quiet_world: World) -> None:
    seconds = iter(range(0, 100, 2))
    readiness = Readiness(quiet_world.db, lambda: float(next(seconds)))
    assert await readiness.problems() == []
    async with quiet_world.db.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert await readiness.problems() == ["schema"]
    async with quiet_world.db.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert await readiness.problems() == []  # a newer release may migrate while this one runs
    async with quiet_world.db.engine.begin() as connection:
        await connection.execute(text(f"UPDATE alembic_version SET version_num = '{newest()}'"))
        await connection.execute(text("UPDATE key_checks SET blind = sealed"))
    assert await readiness.problems() == ["keys"]
    answer = await quiet_world.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "wrong": ["keys"], "tasks": []})
    assert [(await quiet_world.http.get(path)).status_code for path in ("/livez", "/health")] == [200, 200]


async def test_a_service_on_the_wrong_ground_answers_503_and_tells_strangers_nothing(database_url: str) -> None:
    assert await verdict(database_url) == ""
    service = compose(settings_for(database_url, "http://wrong.invalid", keys=OTHERS))
    async with AsyncClient(transport=ASGITransport(service.app), base_url="http://wrong.invalid") as http:
        answer = await http.get("/v1/overview", headers={"Authorization": "Bearer test-api-token"})
    assert (answer.status_code, answer.json()["detail"]) == (
        503,
        "the service is not configured correctly; its operator has been notified",
    )
    await service.db.close()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_missing_role_or_database_is_no_outage(databases: PostgresDatabases, database_url: str) -> None:
    nowhere = database_url.replace(database_url.rsplit("/", 1)[1].split("?")[0], "nowhere")
    for url, words in ((nowhere, "no database with the name"), (_other_role(database_url), "refused the user name")):
        db = Database(url)
        with pytest.raises(WrongSetup, match=words) as error:
            await db.verify()
        assert error.value.part == "database"
        await db.close()


def _other_role(url: str) -> str:
    return make_url(url).set(username="nobody").render_as_string(hide_password=False)


async def test_a_server_that_is_away_is_an_outage() -> None:
    db = Database("postgresql+asyncpg://x:y@127.0.0.1:1/z")
    with pytest.raises(Unavailable):
        await db.verify()
    assert await Readiness(db).problems() == ["database"]
    await db.close()


@pytest.mark.parametrize("words", [("lanes", "list"), ("serve", "--port", "1"), ("vault", "list")], ids=" ".join)
def test_every_command_refuses_what_is_not_there(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(serve.logs, "configure", lambda _level: None)
    file = tmp_path / "none.db"
    said = ran(monkeypatch, capsys, *words, database_url=f"sqlite+aiosqlite:///{file}", keys=KEYS)
    assert "sawt migrate" in said
    assert not file.exists()
    said = ran(monkeypatch, capsys, *words, database_url=f"sqlite+aiosqlite:///{tmp_path}/none/none.db", keys=KEYS)
    assert "does not exist" in said
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"keys": ""}, "SAWT_KEYS is not set: run 'sawt keys'"),
        ({"keys": "index:eA=="}, "SAWT_KEYS: "),
        ({"keys": KEYS, "kannel_url": "http://127.0.0.1:13013/cgi-bin/sendsms", "kannel_password": "a-word",
          "kannel_secret": "a-shared-secret-of-kannel", "kannel_sender": "5757"}, "SAWT_VAULT is not set: create a "),
    ],
)  # fmt: skip
def test_a_required_setting_that_is_not_set_is_said_to_be(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(serve.logs, "configure", lambda _level: None)
    monkeypatch.delenv("SAWT_VAULT")
    variables = {name: value for name, value in variables.items() if value}
    said = ran(monkeypatch, capsys, "serve", database_url=f"sqlite+aiosqlite:///{tmp_path}/none.db", **variables)
    assert said.startswith(expected)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("aproval_above", "5", "did you mean SAWT_APPROVAL_ABOVE"),
        ("unheard_of", "5", "SAWT_UNHEARD_OF: this setting does not exist"),
        ("ramadan", '[["2027-03-09", "2027-02-08"]]', "2027-03-09 is after 2027-02-08"),
        ("log_level", "verbose", "the value must be one of DEBUG, INFO, WARNING, ERROR"),
        ("rates", "{", "SAWT_RATES: the value must be JSON"),
        ("rates", '{"sms": -1}', "greater than 0"),
        ("claim_lease", "Infinity", "finite"),
        ("database_url", "mysql://root:secret@host/db", "postgresql+asyncpg://"),
        ("database_url", "rubbish", "sqlite+aiosqlite:///"),
        ("database_url", "postgresql+asyncpg://u:secret@h:port/db", "not a valid database URL"),
    ],
)
def test_a_slip_in_a_setting_is_one_sentence(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ran(monkeypatch, capsys, "lanes", "list", **{name: value})
    assert said in output
    assert "secret" not in output


def test_a_slip_in_the_file_is_seen_and_what_is_the_proxys_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SAWT_KEYZ=secret\nSAWT_SITE=sawt.example\nSAWT_AT=127.0.0.1:8000\nOTHER=1\n")
    said = ran(monkeypatch, capsys, "lanes", "list", folder=tmp_path)
    assert said == "SAWT_KEYZ: this setting does not exist (did you mean SAWT_KEYS?). Try: sawt doctor\n"


def test_what_is_missing_is_named_in_order() -> None:
    names = list(history().values())
    assert missing(None) == names
    assert missing(newest()) == missing("9999") == []
    assert missing("0001") == names[1:]
