"""Measures an idle service at night, in a separate process: statements per second, and share of a core."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import uvicorn
from sqlalchemy import event, text

from api.clock import MOROCCO
from api.db import Database
from rehearsal.app import create_rehearsal
from rehearsal.settings import RehearsalSettings
from sawt.compose import compose
from tests.server import free_socket, serving
from tests.world import settings_for

SECONDS, WARM = 60.0, 5.0
TARGET = 1.0  # statements per second in all; also percent of a core
_PEOPLE = (
    "INSERT INTO residents (id, state, language, latin, joined_at)"
    " SELECT n, 'active', 'fr', false, :now FROM {numbers}",
    "INSERT INTO addresses (id, resident_id, channel, road, blind_index, sealed, state)"
    " SELECT n, n, 'sms', 'twilio', {blind}, {empty}, 'active' FROM {numbers}",
    "INSERT INTO campaigns (id, name, purpose, audience, urgent, state, author, tried, failed, launched_at)"
    " VALUES (1, 'Bench', 'inform', '{{}}', false, 'running', 'one', 0, 0, :now)",
    "INSERT INTO bodies (id, campaign_id, channel, language, latin, text, choices, parts, purpose)"
    " VALUES (1, 1, 'sms', 'fr', false, 'news', '[]', 1, 'inform')",
    "INSERT INTO deliveries (channel, road, province, address_id, resident_id, priority, state, attempts, campaign_id,"
    " body_id, due_at, created_at, expires_at) SELECT 'sms', 'twilio', '', n, n, 2, 'queued', 0, 1, 1, :now, :now, :end"
    " FROM {numbers}",
)
_SPELLED = {
    "sqlite": {
        "numbers": "(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < :count)"
        " SELECT n FROM up)",
        "blind": "randomblob(16)",
        "empty": "x''",
    },
    "postgresql": {
        "numbers": "generate_series(1, CAST(:count AS integer)) AS numbers(n)",
        "blind": "decode(md5(n::text), 'hex')",
        "empty": "''::bytea",
    },
}


def night() -> datetime:
    """The present moved to three o'clock at night in Morocco, when every campaign's send window is closed."""
    real = datetime.now(UTC)
    return real + _AHEAD


def _until_three() -> timedelta:
    local = datetime.now(UTC).astimezone(MOROCCO)
    return (local.replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=1)) - local


_AHEAD = _until_three()


async def measured(database: str, url: str, rows: int) -> dict[str, Any]:
    """Watch an idle service with this many rows queued behind a closed send window."""
    if rows:
        await _seed(url, rows)
    on = free_socket()
    settings = settings_for(url, f"http://127.0.0.1:{on.getsockname()[1]}", telegram_secret="a-webhook-secret")
    providers = RehearsalSettings(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        service_number=settings.twilio_sender,
        inbound_url=f"{settings.public_url}/sms/twilio/inbound",
        bot_token=settings.telegram_token.get_secret_value(),
    )
    async with serving(create_rehearsal(providers), on):
        command = (sys.executable, "-m", "tests.bench.idle", url, settings.public_url)
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        out, _ = await process.communicate()
    measured = json.loads(next(line for line in reversed(out.splitlines()) if line.startswith(b"{")))
    return {"family": "an idle service", "database": database, "queued": rows, **measured}


async def _seed(url: str, rows: int) -> None:
    db = Database(url)
    dialect = db.engine.dialect.name
    values = {"count": rows, "now": night() - timedelta(hours=1), "end": night() + timedelta(days=3)}
    async with db.engine.begin() as connection:
        for statement in _PEOPLE:
            spelled = statement.format(**_SPELLED[dialect])
            own = {name: value for name, value in values.items() if f":{name}" in spelled}
            await connection.execute(text(spelled).bindparams(**{n: _plain(v, dialect) for n, v in own.items()}))
    async with db.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("ANALYZE"))
    await db.close()


def _plain(value: Any, dialect: str) -> Any:
    sqlite = dialect == "sqlite" and isinstance(value, datetime)
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else value


async def _watch(url: str, providers: str) -> dict[str, Any]:
    """Serve as `sawt serve` does, and watch this process."""
    apis = {"twilio_api_url": f"{providers}/twilio", "telegram_api_url": f"{providers}/telegram"}
    usual = {"telegram_secret": "a-webhook-secret", **apis, **SERVING}
    service = compose(settings_for(url, providers, **usual), now=night)
    statements: list[str] = []
    event.listen(service.db.engine.sync_engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
    config = uvicorn.Config(service.app, port=0, log_config=None, access_log=False, loop="none")
    server, process = uvicorn.Server(config), psutil.Process()
    running = asyncio.create_task(server.serve())
    await asyncio.sleep(WARM)
    statements.clear()
    start, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    await asyncio.sleep(SECONDS)
    wall, cpu = time.perf_counter() - start, sum(process.cpu_times()[:2]) - cpu
    count = len(statements)
    server.should_exit = True
    await running
    return {"statements_per_second": round(count / wall, 2), "core_percent": round(100 * cpu / wall, 2)}


SERVING: dict[str, Any] = {"background": ["deliver", "schedule"]}

if __name__ == "__main__":
    import uvloop

    sys.stdout.write(json.dumps(uvloop.run(_watch(*sys.argv[1:]))) + "\n")
