"""How long closing a large consultation takes, and how much memory: on both databases, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import resource
import secrets
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert, select

from api import cleaning
from api.consultations import drafts, lifetime
from api.consultations.ballots import new_receipt
from api.consultations.content import read
from api.consultations.models import Answer, Ballot, Consultation
from api.consultations.schemas import ConsultationIn
from api.crypto import Keyring
from api.db import Database
from api.settings import Settings
from sawt.vault import database
from tests.consultations import question, words

_CHUNK = 5_000
_QUESTIONS = 4


def measured(name: str, url: str, ballots: int) -> list[dict[str, Any]]:
    """One row of the bench; written by this process and closed by another, whose peak is that of closing alone."""
    keys = Keyring.generate()
    asyncio.run(_seed(url, keys, ballots))
    command = [sys.executable, "-m", "tests.bench.closing", url, keys]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return [{"family": "closing", "database": name, "ballots": ballots, **json.loads(done.stdout)}]


def opened(url: str, keys: str) -> Database:
    """A database with these keys, and with the vault of this run."""
    return database(Settings(_env_file=None, database_url=url, keys=SecretStr(keys)))


async def _seed(url: str, keys: str, ballots: int) -> None:
    db, now = opened(url, keys), datetime.now(UTC)
    given = {"code": "bench", "title": words("bench"), "questions": [question("single", options=4)] * _QUESTIONS}
    async with db.transaction() as session:
        made = await drafts.create(session, ConsultationIn.model_validate(given), now=now)
        await lifetime.open_it(session, "bench", now=now)
        asked = await read(session, consultation_id=made.id)
    for first in range(0, ballots, _CHUNK):
        numbers = [secrets.randbits(62) for _ in range(min(_CHUNK, ballots - first))]
        async with db.transaction() as session:
            await session.execute(insert(Ballot), [_ballot(number, made.id, now) for number in numbers])
            answers = [
                {"ballot_id": number, "question_id": each.id, "rank": 0, "value": each.options[number % 4].value}
                for number in numbers
                for each in asked
            ]
            await session.execute(insert(Answer), answers)
    await db.close()


def _ballot(number: int, consultation_id: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "consultation_id": consultation_id, "voter": secrets.token_bytes(32), "receipt": new_receipt(),
        "channel": "sms", "language": "fr", "province": "01.571", "complete": True, "cast_on": date(2026, 11, 1),
        "changed_at": now, "assisted": False,
    }  # fmt: skip


async def _close(url: str, keys: str) -> dict[str, Any]:
    db = opened(url, keys)
    async with db.transaction() as session:  # what a running service has loaded already is no part of closing
        await session.scalar(select(Consultation.id))
    before, start = _peak(), time.perf_counter()
    async with db.transaction() as session:
        await lifetime.close(session, "bench", now=datetime.now(UTC))
    seconds = time.perf_counter() - start
    assert await cleaning.clean(db, now=datetime.now(UTC))
    published = time.perf_counter() - start
    await db.close()
    return {"seconds": round(seconds, 2), "published": round(published, 2), "grown_mb": _peak() - before}


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_close(*sys.argv[1:]))))
