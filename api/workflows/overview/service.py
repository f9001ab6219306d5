"""Build the staff overview from the data of every domain. The overview is not stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import alarm
from api.clocks import service as clocks
from api.consultations.receipts import verification
from api.consultations.vault_keys import destruction_proof
from api.desk import reading
from api.outbox.flow import lanes
from api.outbox.worker import provider_deletion
from api.security import rights
from api.security.crypto import Keyring
from api.workflows.overview import account_resets, suspicions, troubles, waiting
from api.workflows.overview.schemas import ClockJumped, ClosingHeld, ListAltered, Overview, RecordBroken, RoadResting


async def overview(session: AsyncSession, *, keyring: Keyring, now: datetime) -> Overview:
    """Return everything that needs action by staff, and the next meetings.

    Staff of a province get what is of their province: ideas, proposals, letters, meetings and agents.
    """
    region = await _of_region(session, keyring=keyring, now=now) if rights.seen() is None else _nothing()
    return Overview(
        **region,
        agents=await suspicions.agents(session),
        ideas=await waiting.ideas(session),
        proposals=await waiting.proposals(session),
        letters=[desk for desk in await reading.overview(session, now=now) if desk.open],
        meetings=await waiting.meetings(session, now),
        resets=await account_resets.recent(session, now=now),
    )


async def _of_region(session: AsyncSession, *, keyring: Keyring, now: datetime) -> dict[str, Any]:
    """Return what is of no province: campaigns, plans, closings, and the service itself."""
    return {
        **dict(await troubles.troubles(session, now=now)),
        "clocks": [
            ClockJumped(process=each.process, since=each.at, ahead=each.ahead) for each in await clocks.holds(session)
        ],
        "held": [
            ClosingHeld(code=each.code, title=each.title, since=each.closes_at or now, why=why)
            for each, why in await destruction_proof.waiting(session, now=now)
        ],
        "altered": [
            ListAltered(code=each.code, title=each.title, since=since)
            for each, since in await verification.altered(session)
        ],
        "record": await _record(session, now),
        "roads": [
            RoadResting(road=each.road, until=each.paused_until or now, reason=each.reason or "")
            for each in await lanes.resting(session, now=now)
        ],
        "kept": await provider_deletion.count_left(session, before=now - provider_deletion.LATE),
        "bursts": await suspicions.bursts(session, keyring=keyring, now=now),
        "campaigns": await waiting.campaigns(session),
        "late": await waiting.late(session, now),
    }


def _nothing() -> dict[str, Any]:
    """Return what staff of a province get in place of what is the Region's."""
    lists = ("failing", "stuck", "overdue", "clocks", "held", "altered", "roads", "bursts", "campaigns", "late")
    return {**{name: [] for name in lists}, "budget": None, "record": None, "kept": 0}


async def _record(session: AsyncSession, now: datetime) -> RecordBroken | None:
    found = await alarm.alarm(session)
    return None if found is None else RecordBroken(seq=found.seq, since=found.since or now)
