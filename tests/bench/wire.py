"""The third family of the bench: a campaign over HTTP to the rehearsal network, compared with bare requests."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import aiohttp
import psutil
from sqlalchemy import func, select
from starlette.applications import Starlette

from api.clock import now
from api.db import Database
from api.outbox.flow import send_windows
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.security.crypto import Keyring
from rehearsal.app import create_rehearsal
from rehearsal.settings import RehearsalSettings
from tests.bench.serving import free_port, listening, server
from tests.outbox.queued import queue

TARGET = 500  # deliveries a second of one process
_SID, _TOKEN, _SENDER = "AC" + "0" * 32, "a-bench-token", "+212600000099"
_IN_FLIGHT = 100


def rehearsal() -> Starlette:
    """The rehearsal network, in a separate process."""
    url = os.environ["SAWT_PUBLIC_URL"]
    return create_rehearsal(
        RehearsalSettings(
            account_sid=_SID,
            auth_token=_TOKEN,
            service_number=_SENDER,
            inbound_url=f"{url}/sms/twilio/inbound",
            bot_token="1000000001:abcdefghijklmnopqrstuvwxyz012345",
            callback_delay=3600.0,  # no status reports: measure sending alone
        )
    )


async def measured(database_url: str, rows: int) -> list[dict[str, Any]]:
    """Measure a campaign of this many deliveries by one process, and the same requests without Sawt."""
    service_port, network_port, keys = free_port(), free_port(), Keyring.generate()
    url, network = f"http://127.0.0.1:{service_port}", f"http://127.0.0.1:{network_port}/twilio"
    environment = {
        "SAWT_DATABASE_URL": database_url, "SAWT_KEYS": keys, "SAWT_PUBLIC_URL": url, "SAWT_LOG_LEVEL": "WARNING",
        "SAWT_TWILIO_ACCOUNT_SID": _SID, "SAWT_TWILIO_AUTH_TOKEN": _TOKEN, "SAWT_TWILIO_SENDER": _SENDER,
        "SAWT_TWILIO_API_URL": network, "SAWT_TELEGRAM_TOKEN": "", "SAWT_AT_ONCE": "1000",
        "SAWT_RATES": '{"twilio": 100000}',
    }  # fmt: skip
    db = Database(database_url)
    await queue(db, Keyring.parse(keys), count=rows, campaign=1)
    with server("tests.bench.wire:rehearsal", environment, network_port, 1):
        await listening(network_port)
        floor = await _floor(network, rows // 4)
        with server("sawt.serve:application", environment, service_port, 1) as process:
            await listening(service_port)
            own = await _campaign(db, rows, process)
    await db.close()
    return [
        {"family": "over HTTP", "what": "floor: bare requests", "rows": rows // 4, "per_second": round(floor)},
        {
            "family": "over HTTP",
            "what": "Sawt, one process",
            "rows": rows,
            **own,
            "of_floor": round(own["per_second"] / floor, 2),
        },
    ]


async def _campaign(db: Database, rows: int, process: psutil.Process) -> dict[str, Any]:
    async with db.transaction() as session:
        await send_windows.set_window(session, 1, opens_at=now(), closes_at=None)
    start, peak = time.perf_counter(), 0
    while await _sent(db) < rows:
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.1)
    wall = time.perf_counter() - start
    return {"per_second": round(rows / wall), "seconds": round(wall, 2), "peak_mb": peak // 2**20}


async def _sent(db: Database) -> int:
    async with db.transaction() as session:
        sent = select(func.count()).select_from(Delivery).where(Delivery.state == DeliveryState.SENT)
        return await session.scalar(sent) or 0


async def _floor(network: str, rows: int) -> float:
    """Requests per second by the same client library to the same network, with nothing else."""
    waiting = iter(range(rows))
    url = f"{network}/2010-04-01/Accounts/{_SID}/Messages.json"

    async def worker(http: aiohttp.ClientSession) -> None:
        for number in waiting:
            form = {"To": f"+2126001{number:05d}", "From": _SENDER, "Body": "news"}
            async with http.post(url, data=form) as answer:
                assert answer.status == 201
                await answer.read()

    start = time.perf_counter()
    async with aiohttp.ClientSession(auth=aiohttp.BasicAuth(_SID, _TOKEN)) as http:
        await asyncio.gather(*(worker(http) for _ in range(_IN_FLIGHT)))
    return rows / (time.perf_counter() - start)
