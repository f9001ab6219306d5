"""`sawt` starts quickly: each command and service imports only what it needs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from typer.testing import CliRunner

from sawt.__main__ import Commands, cli
from sawt.migrate import alembic_config
from sawt.revisions import newest
from tests.world import KEYS

ROOT = Path(__file__).resolve().parents[2]
WEB = {"fastapi", "starlette", "uvicorn", "sse_starlette", "jinja2"}
SIGN_IN = {"argon2"}  # only a service compares passwords
PROVIDERS = {"twilio", "telegram", "aiohttp", "httpx"}
SERVING = {"serve", "demo"}
# All top-level commands, in the order of the help; remove one only on purpose.
NAMES = [
    "login", "logout", "whoami", "confirm",
    "today", "invite", "results", "serve", "migrate", "demo", "keys", "doctor", "campaign", "audit", "commitment",
    "consultation", "answers", "clock", "agent", "desk", "idea", "lanes", "meeting", "roads", "messages", "places",
    "proposal", "resident", "round", "rules", "staff", "themes", "tokens", "vault", "words",
]  # fmt: skip
# Prints a line of JSON: top-level names of all imported modules, and full names of those in `api`.
SEEN = """
import json, sys
def seen():
    ours = [name for name in sys.modules if name.startswith("api.")]
    print()
    print(json.dumps([*ours, *{name.split(".")[0] for name in sys.modules}]))
"""
RUN = "from sawt.__main__ import cli\nfor words in {words}:\n    cli(words, standalone_mode=False)\nseen()"
LOAD = "from sawt.__main__ import Commands\nfor name in {names}:\n    Commands.load(name)\nseen()"
COMPOSE = """
import sawt.cli.system.serve
from pydantic import SecretStr
from api.settings import Settings
from sawt.compose import compose
for more in {settings}:
    compose(Settings(_env_file=None, keys=SecretStr({keys!r}), public_url="https://sawt.example", **more))
    seen()
"""


async def imported(code: str, **settings: str) -> list[set[str]]:
    """What a separate process has imported at each `seen()` in the code."""
    environment = {name: os.environ[name] for name in ("PATH", "SAWT_VAULT")} | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SEEN + code, stdout=PIPE, stderr=PIPE, cwd=ROOT, env=environment
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return [set(json.loads(line)) for line in out.decode().splitlines() if line.startswith("[")]


async def test_what_is_run_often_imports_little() -> None:
    [modules] = await imported(LOAD.format(names=["results", "today", "login"]))
    assert modules & (WEB | (PROVIDERS - {"httpx"}) | SIGN_IN | {"alembic", "rehearsal", "bot"}) == set()


async def test_help_and_keys_import_no_database() -> None:
    [modules] = await imported(RUN.format(words=[["--help"], ["keys"]]))
    assert modules & (WEB | PROVIDERS | {"sqlalchemy", "pydantic_settings", "babel"}) == set()


async def test_only_serving_imports_routes() -> None:
    [modules] = await imported(LOAD.format(names=[name for name in NAMES if name not in SERVING]))
    assert modules & (WEB | (PROVIDERS - {"httpx"}) | SIGN_IN | {"rehearsal", "bot"}) == set()  # they are clients
    assert [name for name in modules if name.startswith("api.") and "routes" in name] == []


async def test_a_service_imports_what_its_settings_need() -> None:
    kannel = {"kannel_url": "http://127.0.0.1:13013/cgi-bin/sendsms", "kannel_sender": "5757"}
    kannel |= {"kannel_password": "a-password", "kannel_secret": "a-shared-secret-of-kannel"}
    telegram = {"telegram_token": "1234567890:AAAAAAAAAAAAAAAAAAAAAAAAAA"}
    twilio = {"twilio_account_sid": "AC" + "0" * 32, "twilio_sender": "+212600000099", "twilio_auth_token": "x"}
    code = COMPOSE.format(keys=KEYS, settings=[{}, kannel, telegram, twilio])
    nothing, gateway, bot, account = [modules & (PROVIDERS | {"rehearsal"}) for modules in await imported(code)]
    assert nothing == set()
    assert gateway == {"httpx"}
    assert bot == {"httpx", "telegram"}
    assert account == PROVIDERS


def test_every_command_is_there_with_the_help_of_the_table() -> None:
    assert list(Commands.table) == NAMES
    for name, (_, words) in Commands.table.items():
        assert (Commands.load(name).name, Commands.load(name).help) == (name, words)


def test_the_help_of_the_top_lists_every_command() -> None:
    answer = CliRunner().invoke(cli, ["--help"])
    lines = [line.strip("│ ").split()[0] for line in answer.output.splitlines() if line.startswith("│ ")]
    assert [each for each in lines if each in NAMES] == NAMES


@pytest.mark.parametrize(
    ("typed", "meant"), [("todya", "today"), ("consultations", "consultation"), ("rezults", "results")]
)
def test_a_slip_is_answered_with_a_suggestion(typed: str, meant: str) -> None:
    answer = CliRunner().invoke(cli, [typed])
    assert answer.exit_code == 2
    assert f"Did you mean '{meant}'" in answer.output


def test_a_slip_within_a_group_is_answered_as_well() -> None:
    answer = CliRunner().invoke(cli, ["meeting", "cansel"])
    assert answer.exit_code == 2
    assert "Did you mean 'cancel'" in answer.output


def test_the_newest_revision_is_that_of_alembic() -> None:
    assert newest() == ScriptDirectory.from_config(alembic_config()).get_current_head()
