"""Load the demonstration data: plans, commitments, consultations, ideas, votes, meetings and letters."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.background import after_closing
from api.clock import MOROCCO, now
from api.commitments import service as commitments
from api.commitments import write
from api.commitments.models import Plan
from api.commitments.schemas import CommitmentIn, PlanIn
from api.consultations import drafts, lifecycle
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn
from api.db import Database
from api.meetings import service as meetings
from api.meetings.models import Meeting
from api.meetings.schemas import MeetingIn
from api.security.crypto import Keyring
from sawt.demo import ideas, letters, rounds, staff, votes


def demo_data() -> Any:
    """Return the demonstration data from the JSON file. They include a note on where they come from."""
    return _read("demo.json")


def _read(name: str) -> Any:
    folder = Path(__file__).parent / "files"
    return json.loads((folder / name).read_text(encoding="utf-8"))


async def load(db: Database, *, keyring: Keyring) -> None:
    """Load the demonstration items that do not exist yet. Existing items stay unchanged."""
    data = demo_data()
    async with db.transaction() as session:
        await votes.load(session, now=now())
        for each in data["plans"]:
            await _load_plan(session, each)
        known = set(await session.scalars(select(Consultation.code)))
        for each in data["consultations"]:
            draft = ConsultationIn.model_validate(each)
            if draft.code not in known:
                await drafts.create(session, draft, who=actors.DEMO, now=now())
                await lifecycle.open_draft(session, draft.code, who=actors.DEMO, now=now(), smallest=votes.SMALLEST)
        plan = data["plans"][0]["plan"]["code"]
        await ideas.load(session, plan=plan)
        await rounds.load(session, plan=plan, now=now())
        await load_meetings(session, now=now())
        await letters.load(session, keyring=keyring, now=now())
        await staff.load(session, keyring=keyring, now=now())
    await after_closing.clean(db, now=now())


async def load_meetings(session: AsyncSession, *, now: datetime) -> None:
    """Load four past meetings with minutes, a cancelled meeting in Tanger, and an upcoming meeting."""
    known = set(await session.scalars(select(Meeting.code)))
    for each in _read("meetings.json")["meetings"]:
        if each["meeting"]["code"] not in known:
            times = _ahead(each["in_days"], now) if "in_days" in each else {}
            data = MeetingIn.model_validate({**each["meeting"], **times})
            meeting = await meetings.save(session, data, state=each["state"])
            meeting.minutes = each.get("minutes")
    await session.flush()


def _ahead(days: int, now: datetime) -> dict[str, datetime]:
    day = now.astimezone(MOROCCO).date() + timedelta(days=days)
    return {f"{name}_at": datetime.combine(day, time(hour), MOROCCO) for name, hour in (("starts", 10), ("ends", 13))}


async def _load_plan(session: AsyncSession, data: dict[str, Any]) -> None:
    plan = PlanIn.model_validate(data["plan"])
    if await session.scalar(select(Plan.id).where(Plan.code == plan.code)) is not None:
        return
    await commitments.save_plan(session, plan, who=actors.DEMO, now=now())
    for each in data["commitments"]:
        await write.put(session, plan.code, CommitmentIn.model_validate(each), who=actors.DEMO, now=now())
