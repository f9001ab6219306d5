"""Measures the time and memory of closing a large consultation, on both databases, in a separate process.

The database is filled as after a vote: ballots, the residents who took part, their conversations, and the replies of
the last hour.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event, insert, select

from api.background import after_closing
from api.consultations import drafts, lifecycle
from api.consultations.ballots.casting import new_receipt
from api.consultations.content import QuestionContent, read
from api.consultations.models import Answer, Ballot, Consultation, Participation
from api.consultations.schemas import ConsultationIn
from api.consultations.vault_keys.secrecy import secret_of
from api.conversations.models import Conversation
from api.db import Base, Database
from api.inbound.models import Inbound
from api.outbox.models import Delivery
from api.residents.models import Address, Resident
from api.security.crypto import Keyring, voter_token
from api.settings import Settings
from sawt.vault import database
from tests.consultations import question, words

_CHUNK = 5_000
_QUESTIONS = 4
_REPLIES = 4  # to each of them

Rows = list[dict[str, Any]]


def measured(name: str, url: str, ballots: int) -> Rows:
    """One row of the bench: this process inserts the rows, another closes, so that its peak memory is the closing's."""
    keys = Keyring.generate()
    asyncio.run(_seed(url, keys, ballots))
    command = [sys.executable, "-m", "tests.bench.closing", url, keys]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return [{"family": "closing", "database": name, "ballots": ballots, **json.loads(done.stdout)}]


def opened(url: str, keys: str) -> Database:
    """A database with these keys and this run's vault."""
    return database(Settings(_env_file=None, database_url=url, keys=SecretStr(keys)))


async def _seed(url: str, keys: str, ballots: int) -> None:
    db, now = opened(url, keys), datetime.now(UTC)
    data = {"code": "bench", "title": words("bench"), "questions": [question("single", options=4)] * _QUESTIONS}
    async with db.transaction() as session:
        draft = await drafts.create(session, ConsultationIn.model_validate(data), who="amina", now=now)
        await lifecycle.open_draft(session, "bench", who="amina", now=now)
        asked, secret = await read(session, consultation_id=draft.id), secret_of(session, draft)
    for first in range(1, ballots + 1, _CHUNK):
        people = range(first, min(first + _CHUNK, ballots + 1))
        async with db.transaction() as session:
            for table, rows in _rows(people, asked, draft.id, secret, now):
                await session.execute(insert(table), rows)
    await db.close()


def _rows(
    people: Sequence[int], asked: Sequence[QuestionContent], vote: int, secret: bytes, now: datetime
) -> list[tuple[type[Base], Rows]]:
    """The rows of these people in each table; their ids are also the ids of their addresses."""
    numbers = {each: secrets.randbits(62) for each in people}
    answers = [
        {"ballot_id": number, "question_id": each.id, "rank": 0, "value": each.options[number % 4].value}
        for number in numbers.values()
        for each in asked
    ]
    replies = [(each, _REPLIES * each + turn) for each in people for turn in range(_REPLIES)]
    return [
        (
            Resident,
            [{"id": each, "state": "active", "language": "fr", "latin": True, "joined_at": now} for each in people],
        ),
        (Address, [_address(each) for each in people]),
        (Conversation, [{"address_id": each, "hour": now, "heard_at": now, "heard": 3} for each in people]),
        (Participation, [{"consultation_id": vote, "resident_id": each, "state": "finished"} for each in people]),
        (Ballot, [_ballot(numbers[each], vote, voter_token(secret, each), now) for each in people]),
        (Answer, answers),
        (Inbound, [{"id": n, "provider": "kannel", "external_id": str(n), "received_at": now} for _, n in replies]),
        (Delivery, [_reply(each, number, now) for each, number in replies]),
    ]


def _address(number: int) -> dict[str, Any]:
    return {
        "id": number, "resident_id": number, "channel": "sms", "road": "kannel", "prefix": "+21260",
        "blind_index": secrets.token_bytes(32), "sealed": secrets.token_bytes(60), "state": "active",
    }  # fmt: skip


def _reply(to: int, number: int, now: datetime) -> dict[str, Any]:
    return {
        "channel": "sms", "road": "kannel", "address_id": to, "resident_id": to, "priority": 0, "state": "sent",
        "inbound_id": number, "sealed": secrets.token_bytes(160), "due_at": now, "created_at": now, "settled_at": now,
        "attempts": 1, "external_id": str(number), "parts": 1,
    }  # fmt: skip


def _ballot(number: int, vote: int, voter: bytes, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "consultation_id": vote, "voter": voter, "receipt": new_receipt(),
        "channel": "sms", "language": "fr", "province": "01.571", "complete": True, "cast_on": date(2026, 11, 1),
        "changed_at": now, "assisted": False,
    }  # fmt: skip


async def _close(url: str, keys: str) -> dict[str, Any]:
    db = opened(url, keys)
    async with db.transaction() as session:  # load what a running service has loaded before
        await session.scalar(select(Consultation.id))
    statements: list[str] = []
    event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
    before, start = _peak(), time.perf_counter()
    async with db.transaction() as session:
        await lifecycle.close_ballots(session, "bench", who="amina", now=datetime.now(UTC))
    seconds = time.perf_counter() - start
    assert await after_closing.clean(db, now=datetime.now(UTC))
    published = time.perf_counter() - start
    await db.close()
    return {
        "seconds": round(seconds, 2), "published": round(published, 2), "statements": len(statements),
        "grown_mb": _peak() - before,
    }  # fmt: skip


def _peak() -> int:
    """The peak memory of this process in megabytes; `getrusage` would include its parent's at the fork."""
    match = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(match[1]) // 1024 if match else 0


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_close(*sys.argv[1:]))))
