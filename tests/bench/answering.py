"""The fourth family of the bench: one answered question over HTTP, compared with the floor of the same run."""

from __future__ import annotations

from typing import Any

from api.security.crypto import Keyring
from tests.bench import reading
from tests.bench.crowd import Target, answers, gather
from tests.bench.load import Measured, run
from tests.bench.serving import free_port, listening, server
from tests.databases import PostgresDatabases, SqliteDatabases

_SECONDS = 6.0
_PEOPLE = 3000
_WORST = 5  # slowest texts of 1,600 letters to list
TARGET = 0.3  # of the floor
_TOKEN = "a-bench-token"


async def _measure(databases: SqliteDatabases | PostgresDatabases, processes: int, *, floor: bool) -> Measured:
    """Measure the service, or its floor, on a separate database."""
    url, port, keys = await databases.fresh(), free_port(), Keyring.generate()
    target = Target(f"http://127.0.0.1:{port}", "/floor" if floor else "/sms/twilio/inbound", _TOKEN)
    environment = {
        "SAWT_DATABASE_URL": url,
        "SAWT_KEYS": keys,
        "SAWT_PUBLIC_URL": target.url,
        "SAWT_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "SAWT_TWILIO_AUTH_TOKEN": _TOKEN,
        "SAWT_TWILIO_SENDER": "+212600000099",
        "SAWT_TELEGRAM_TOKEN": "",
        "SAWT_LOG_LEVEL": "WARNING",
        "SAWT_REPEATED_WITHIN": "0",  # the crowd answers all questions with one word, without a pause
    }
    if not floor:
        await gather(url, keys, people=_PEOPLE)
    requests = answers(target, people=_PEOPLE)
    factory = "tests.bench.floor:application" if floor else "sawt.serve:application"
    with server(factory, environment, port, processes) as process:
        await listening(port)
        return await run(port, requests, process, seconds=_SECONDS)


async def measured(database: str, databases: SqliteDatabases | PostgresDatabases) -> list[dict[str, Any]]:
    """Measure a signed webhook, a stored answer and the next question, on 16 connections, with one process and two."""
    rows = []
    for processes in (1, 2):
        low = await _measure(databases, processes, floor=True)
        own = await _measure(databases, processes, floor=False)
        for what, one in (("floor", low), ("Sawt", own)):
            share = {} if one is low else {"of_floor": round(own.per_second / low.per_second, 2)}
            rows.append(
                {
                    "family": "an answered question", "database": database, "what": f"{what}, {processes} process(es)",
                    "per_second": round(one.per_second), "p50_ms": round(one.p50, 1), "p99_ms": round(one.p99, 1),
                    "cpu_ms": round(one.cpu, 2), **share,
                }
            )  # fmt: skip
    return rows


def understood() -> list[dict[str, Any]]:
    """Measure reading a reply, without a database."""
    median, late, slowest = reading.measure()
    times = {"p50_ms": round(median / 1000, 3), "p99_ms": round(late / 1000, 3), "most_ms": round(slowest / 1000, 3)}
    worst = [
        {"family": "reading a reply", "what": f"1,600 letters: {name} ({scene})", "most_ms": round(cost, 2)}
        for cost, scene, name in reading.worst()[:_WORST]
    ]
    return [{"family": "reading a reply", "what": "the corpus", **times}, *worst]
