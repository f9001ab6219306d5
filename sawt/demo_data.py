"""The demonstration data: the plan, its commitments and one open consultation, loaded once."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select

import api
from api.clock import now
from api.commitments import service as commitments
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn
from api.db import Database


def demo_data() -> Any:
    """The demonstration data as JSON; see its own note on sources."""
    folder = Path(api.__file__).parent / "data"
    return json.loads((folder / "demo.json").read_text(encoding="utf-8"))


async def load(db: Database) -> None:
    """Load what is not there yet; what was changed or closed since stays as it is."""
    data = demo_data()
    plan = data["plan"]
    async with db.transaction() as session:
        await commitments.keep_plan(
            session,
            code=plan["code"],
            title=plan["title"],
            starts_on=date.fromisoformat(plan["starts_on"]),
            ends_on=date.fromisoformat(plan["ends_on"]),
            commitments=[each["title"] for each in data["commitments"]],
        )
        known = set(await session.scalars(select(Consultation.code)))
        for each in data["consultations"]:
            given = ConsultationIn.model_validate(each)
            if given.code not in known:
                await consultations.create(session, given, now=now())
                await consultations.open_it(session, given.code, now=now())
