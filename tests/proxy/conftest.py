"""A service behind the Caddy whose settings we ship, which the tests of this folder share."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.databases import SqliteDatabases
from tests.kannel import debian
from tests.server import free_socket, serving
from tests.world import quiet

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"


@pytest.fixture(scope="session")
def caddy() -> str:
    """A Caddy. That there is none is the only reason to skip these tests; the end of the run says so."""
    if shutil.which("caddy") is None:
        debian.install("caddy")
    found = shutil.which("caddy")
    if found is None:
        pytest.skip("no Caddy on this machine")
    return found


@pytest.fixture(scope="module")
async def proxied(caddy: str, _sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a proxied service."""
    behind, before = free_socket(), free_socket()
    site = f"http://127.0.0.1:{before.getsockname()[1]}"
    before.close()
    home = str(tmp_path_factory.mktemp("caddy"))
    environment = {
        "PATH": os.environ["PATH"], "HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home,
        "SAWT_SITE": site, "SAWT_AT": f"127.0.0.1:{behind.getsockname()[1]}",
    }  # fmt: skip
    async with quiet(await _sqlite.fresh(), public_url=site) as world, serving(world.service.app, behind):
        process = await asyncio.create_subprocess_exec(
            caddy, "run", "--config", str(CADDYFILE), "--adapter", "caddyfile", env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await _ready(site)
            yield site
        finally:
            process.terminate()
            await process.wait()


async def _ready(site: str) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(60):
        while True:
            try:
                await http.get(f"{site}/health")
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return
