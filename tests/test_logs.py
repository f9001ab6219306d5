"""Logs say what happened and how often, never who said what: a process at its most talkative is read through."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from api.settings import root

# What the process is made to go through; each leaves its event, or nothing would have been looked at.
EVENTS = (
    "webhook.refused", "telegram.malformed", "telegram.failed", "telegram.reply", "outbox.failed", "outbox.send",
    "outbox.misconfigured", '"event": "uvicorn.error", "error": "KeyError"',
)  # fmt: skip


async def test_no_address_and_no_word_is_logged(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.talkative", database_url, str(file),
        cwd=root(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    logged = b"\n".join(await process.communicate()).decode()
    assert process.returncode == 0, logged
    assert [event for event in EVENTS if event not in logged] == []
    secrets = json.loads(file.read_text(encoding="utf-8"))
    assert len(secrets) == 9
    assert [secret for secret in secrets if secret in logged] == [], logged
