"""Plans for tests: a regional one with a commitment in each state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from api.commitments import service, write
from api.commitments.content import CommitmentRecord
from api.commitments.models import Milestone, Plan
from api.commitments.schemas import CommitmentIn, PlanIn
from tests.consultations import words
from tests.world import World

CODE = "plan-test"
LATE_BY = 12


def plan(code: str = CODE) -> dict[str, Any]:
    """Return the body of a regional plan."""
    return {
        "code": code,
        "title": words("plan"),
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
    }


def assessment(status: str, on: str = "2026-10-01", evidence: str = "") -> dict[str, str]:
    """Return what a source reports."""
    return {"status": status, "on": on, "evidence": evidence}


def commitments(today: date) -> list[dict[str, Any]]:
    """Return commitments that are on track (1), planned (2), twelve days late (3), done (4) and blocked (5)."""
    late, soon = (today - timedelta(days=LATE_BY)).isoformat(), (today + timedelta(days=30)).isoformat()
    milestones = [
        [_step(1, late, "done"), _step(2, soon, "on_track")],
        [_step(1, soon)],
        [_step(1, "2026-01-31", "done"), _step(2, late, "on_track"), _step(3, soon)],
        [_step(1, late, "done")],
        [_step(1, late, "planned")],
    ]
    bodies = [
        {"number": number, "title": words(f"title {number}"), "label": words(f"label {number}"), "milestones": steps}
        for number, steps in enumerate(milestones, start=1)
    ]
    bodies[0]["theme"] = bodies[2]["theme"] = "rights"
    bodies[1]["provinces"] = ["01.571"]
    bodies[4]["operational"] = assessment("blocked")
    return bodies


async def add_plan(world: World, code: str = CODE, *, told: bool = True) -> None:
    """Add the plan to this world, once; `told`: its late milestones were already reported."""
    async with world.db.transaction() as session:
        if await session.scalar(select(Plan.id).where(Plan.code == code)) is None:
            await service.save_plan(session, PlanIn.model_validate(plan(code)), who="amina", now=world.now())
            for each in commitments(service.today(world.now())):
                await put(world, session, each, code=code)
            if told:  # otherwise the service's scheduler would report them in the middle of another test
                await session.execute(update(Milestone).values(told_late=Milestone.due_on))


async def put(world: World, session: Any, body: dict[str, Any], *, code: str = CODE) -> CommitmentRecord:
    """Add or replace a commitment."""
    return await write.put(session, code, CommitmentIn.model_validate(body), who="amina", now=world.now())


def _step(number: int, due_on: str, status: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"number": number, "title": words(f"step {number}"), "due_on": due_on}
    return body if status is None else {**body, "operational": assessment(status)}
