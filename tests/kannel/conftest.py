"""A service behind a real Kannel, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from tests.databases import SqliteDatabases
from tests.kannel import debian
from tests.kannel.boxes import Boxes, running
from tests.kannel.config import PASSWORD, SERVICE, free_ports
from tests.kannel.debian import Programs
from tests.kannel.phones import Phones, switched_on
from tests.sms.kannels import SECRET
from tests.wire.checker import WireChecker
from tests.world import World, living


@pytest.fixture(scope="session")
def programs() -> Programs:
    """A Kannel. These tests are only skipped if there is none; the report says so."""
    programs = debian.on_machine() or debian.installed()
    if programs is None:
        pytest.skip("no Kannel on this machine")
    return programs


@pytest.fixture(scope="module")
def on(programs: Programs) -> dict[str, int]:
    return free_ports()


@pytest.fixture(scope="module")
async def world(
    programs: Programs, on: dict[str, int], tmp_path_factory: pytest.TempPathFactory, checker: WireChecker
) -> AsyncIterator[World]:
    """A world whose only road is Kannel."""
    url = await SqliteDatabases(tmp_path_factory.mktemp("database")).fresh()
    changed: dict[str, Any] = {
        "twilio_account_sid": "",
        "kannel_url": f"http://127.0.0.1:{on['sendsms']}/cgi-bin/sendsms",
        "kannel_username": "sawt",
        "kannel_password": SecretStr(PASSWORD),
        "kannel_sender": SERVICE,
        "kannel_secret": SecretStr(SECRET),
    }
    async with living(url, checker, **changed) as created:
        created.now.be_real()  # Kannel reports arrival times by the machine's clock
        yield created


@pytest.fixture(scope="module")
async def boxes(
    programs: Programs, on: dict[str, int], world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Boxes]:
    ports = {**on, "sawt": int(world.url.rsplit(":", 1)[1])}
    async with running(programs, tmp_path_factory.mktemp("kannel"), ports) as gateway:
        yield gateway


@pytest.fixture
def turn_on(programs: Programs, boxes: Boxes) -> Callable[..., AbstractAsyncContextManager[Phones]]:
    """Turns the phones on; one of them sends a given text."""
    return partial(switched_on, programs.fakesmsc, boxes)
