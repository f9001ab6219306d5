"""Logs say what happened and how often, never who said what, even at the most verbose level."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

from api.settings import root

# Events that the process must log, so that the test proves something.
EVENTS = (
    "webhook.refused", "telegram.malformed_update", "telegram.update_failed", "telegram.reply_failed",
    "outbox.delivery_failed", "outbox.send_failed", "outbox.misconfigured", "web.unavailable",
)  # fmt: skip
# Refusals by providers, a lost response, a failing server and an error of ours, each with its own reason.
FAILURES = (
    ("outbox.delivery_failed", "21211"), ("outbox.delivery_failed", "21610"), ("outbox.delivery_failed", "20500"),
    ("outbox.delivery_failed", "lost"), ("outbox.misconfigured", "20003"), ("telegram.reply_failed", "NetworkError"),
    ("outbox.send_failed", "RuntimeError"),
    ("uvicorn.error", "KeyError"), ("telegram.update_failed", "KeyError"),
)  # fmt: skip


async def test_no_address_and_no_word_is_logged(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.talkative", database_url, str(file),
        cwd=root(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, logged = [each.decode() for each in await process.communicate()]
    assert process.returncode == 0, logged
    assert printed == ""
    lines = [json.loads(line) for line in logged.splitlines()]  # fails unless all lines are JSON
    assert set(EVENTS) - {line["event"] for line in lines} == set()
    failures = {(line["event"], line.get("reason") or line.get("error")) for line in lines}
    assert set(FAILURES) - failures == set()
    secrets = json.loads(file.read_text(encoding="utf-8"))
    assert len(secrets) == 9
    assert [secret for secret in secrets if secret in logged] == [], logged
    # Ignore random ids: they are hexadecimal, and may look like a number.
    said = [
        {key: value for key, value in line.items() if key not in {"request", "fingerprint", "file"}} for line in lines
    ]
    assert re.search("2126[0-9]{4}", json.dumps(said)) is None, logged
