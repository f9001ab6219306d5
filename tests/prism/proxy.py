"""A Prism proxy with Twilio's own document, which validates every request and response."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.prism.npm import Prism
from tests.server import free_socket
from tests.wire.checker import DATA

DOCUMENT = DATA / "twilio_api_v2010.json"
_PATIENCE = 60.0  # seconds to start; usually two
_LIST = "/2010-04-01/Accounts/{AccountSid}/Messages.json"


def corrected(document: Path) -> str:
    """The document without one rule that Twilio's own responses break, which its own clients rely on.

    A list's links have the format "uri" in the document, but are relative: "/2010-04-01/Accounts/…". Clients add the
    host in front, so an absolute link in our fake would satisfy the document and break paging.
    """
    spec: dict[str, Any] = json.loads(document.read_bytes())
    listed = spec["paths"][_LIST]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
    for field in listed.values():
        if field.get("format") == "uri":
            field["format"] = "uri-reference"
    return json.dumps(spec)


@asynccontextmanager
async def judging(prism: Prism, upstream: str, folder: Path, *, document: str) -> AsyncIterator[str]:
    """The proxy's address during the block; `upstream` plays Twilio, `folder` is for the document and log."""
    (folder / "twilio.json").write_text(document, encoding="utf-8")
    with free_socket() as taken:
        port = taken.getsockname()[1]
    words = ("proxy", "twilio.json", upstream, "-h", "127.0.0.1", "-p", str(port), "--errors")
    with (folder / "prism.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            prism.node, prism.program, *words, stdin=DEVNULL, stdout=log, stderr=log, cwd=folder
        )
    try:
        url = f"http://127.0.0.1:{port}"
        await _answers(url, process)
        yield url
    finally:
        if process.returncode is None:
            process.kill()  # it stores nothing, and would wait for idle connections
        await process.wait()


async def _answers(url: str, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(_PATIENCE), httpx.AsyncClient(trust_env=False) as http:
        while process.returncode is None:
            try:
                await http.get(url)
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)
    raise RuntimeError("Prism ended before it answered: see prism.log")
