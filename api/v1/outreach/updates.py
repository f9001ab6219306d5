"""News and questions for the followers of a commitment, over the JSON API."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.campaigns.schemas import Part
from api.commitments.update_schemas import GroundIn, UpdateIn
from api.security.rights import Permission
from api.v1.commitments import ONE
from api.v1.rule_deps import Smallest
from api.v1.voting.consultations import WeighDep
from api.web.deps import Actor, Now, Session, requires, staff_router
from api.workflows import updates


class Drafted(BaseModel):
    """What was drafted: nothing is sent before the campaign was approved and launched."""

    campaign: int = Field(description="the number of the draft")
    parts: list[Part] = Field([], description="what it says, to whom; several become one message")
    consultation: str | None = Field(None, description="the code of the one that asks")


router = staff_router("/plans", "commitments", needs=requires(Permission.PUBLISH))


@router.post(f"{ONE}/updates", status_code=201)
async def update(code: str, number: int, given: UpdateIn, who: Actor, session: Session, now: Now) -> Drafted:
    """Keep news, and draft the campaign that brings them; a draft that waits takes them up, of all commitments."""
    _, campaign = await updates.draft_update(session, code, number, given, who=who, now=now)
    return Drafted(campaign=campaign.id, parts=campaign.parts or [])


@router.post(f"{ONE}/milestones/{{milestone}}/ground", status_code=201)
async def ground(
    code: str,
    number: int,
    milestone: int,
    given: GroundIn,
    who: Actor,
    session: Session,
    now: Now,
    smallest: Smallest,
    weigh: WeighDep,
) -> Drafted:
    """Open a yes/no question on a milestone, and draft the invitation of its followers in one commune."""
    asked, campaign = await updates.draft_ground(
        session, code, number, milestone, given, who=who, now=now, smallest=smallest, weigh=weigh
    )
    return Drafted(campaign=campaign.id, consultation=asked.code)
