"""Rows that make one thing due at a moment, written directly into an empty database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from api.agents.models import AgentTry
from api.campaigns.models import Campaign
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.consultations.models import Consultation, Superseded
from api.db import Database
from api.meetings.models import Meeting, Registration
from api.outbox.models import Delivery, SendWindow
from api.residents.models import Address, Merge, Resident
from tests.consultations import words

CAMPAIGN = {"name": "n", "purpose": "inform", "audience": {}, "urgent": False, "author": "a", "tried": 0, "failed": 0}
CONSULTATION = {"code": "c", "title": {}, "revision": 1, "invited_only": False}
PERSON = {"state": "active", "language": "fr", "latin": False}
ADDRESS = {"channel": "sms", "road": "twilio", "blind_index": b"b", "sealed": b"s", "state": "active"}
DELIVERY = {"channel": "sms", "road": "twilio", "address_id": 1, "resident_id": 1, "priority": 1, "attempts": 0}
MEETING: dict[str, Any] = {
    "code": "m", "title": {}, "place": {}, "seats": 1, "province": "01.511", "languages": [], "agreed": 0,
    "disagreed": 0,
}  # fmt: skip


async def write(db: Database, model: Any, **values: Any) -> None:
    """Write one row."""
    async with db.transaction() as session:
        await session.execute(insert(model), [values])


async def person(db: Database, now: datetime, **more: Any) -> None:
    """Write resident 1 with address 1."""
    await write(db, Resident, id=1, joined_at=now, **PERSON)
    await write(db, Address, id=1, resident_id=1, **{**ADDRESS, **more})


async def delivery(db: Database, now: datetime, **more: Any) -> None:
    """Write a delivery to that person; by default it is queued and due."""
    await person(db, now)
    await write(db, Delivery, **{**DELIVERY, "state": "queued", "due_at": now, "created_at": now, **more})


async def campaign(db: Database, *, state: str, opens_at: datetime | None = None, **more: Any) -> None:
    """Write campaign 1, and its send window if it has one."""
    await write(db, Campaign, id=1, **{**CAMPAIGN, "state": state, **more})
    if opens_at is not None:
        await write(db, SendWindow, campaign_id=1, opens_at=opens_at, closes_at=opens_at + timedelta(hours=9), rank=1)


async def consultation(db: Database, now: datetime, **more: Any) -> None:
    """Write a consultation."""
    await write(db, Consultation, **{**CONSULTATION, "created_at": now, **more})


async def milestone(db: Database, now: datetime, *, status: str | None = None, **more: Any) -> None:
    """Write a milestone, with its operational status if it has one."""
    day = now.date()
    await write(db, Plan, id=1, code="p", title={}, starts_on=day, ends_on=day, scope="regional", axes=[], sheet={})
    await write(db, Commitment, id=1, plan_id=1, number=1, title={}, confirmed=[], provinces=[], sheet={})
    await write(db, Milestone, id=1, commitment_id=1, number=1, title=words("m"), sheet={}, **more)
    if status is not None:
        source = {"source": "operational", "on": day, "evidence": "", "who": "a", "at": now}
        await write(db, Assessment, commitment_id=1, milestone_id=1, status=status, **source)


async def meeting(db: Database, now: datetime, *, days: float, registered: str | None = None, **more: Any) -> None:
    """Write a meeting so many days ahead, with one registration in state `registered`."""
    starts = now + timedelta(days=days)
    values = {**MEETING, "state": "planned", "starts_at": starts, "ends_at": starts + timedelta(hours=2), **more}
    await write(db, Meeting, id=1, **values)
    if registered is not None:
        await person(db, now)
        await write(
            db, Registration, meeting_id=1, resident_id=1, state=registered, since=now, asked=False, judged=False
        )


async def merge(db: Database, merged_at: datetime) -> None:
    """Write a merge that can be undone."""
    await write(db, Merge, kept_id=1, gone_id=2, how="code", channel="sms", merged_at=merged_at, sealed=b"s")


async def superseded(db: Database, now: datetime, kept_until: datetime) -> None:
    """Write a ballot that does not count any more but is kept for a while."""
    await consultation(db, now, id=1, state="open")
    await write(db, Superseded, consultation_id=1, receipt="r", voter=b"v", sealed=b"s", kept_until=kept_until)


async def wrong_code(db: Database, at: datetime) -> None:
    """Write a wrong code that was tried."""
    await write(db, AgentTry, origin=b"o", day=at.date(), failed=1)
