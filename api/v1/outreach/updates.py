"""Updates and ground checks for the followers of a commitment, over the JSON API."""

from __future__ import annotations

from api.commitments.update_schemas import GroundIn, UpdateIn
from api.security.rights import Permission
from api.v1.commitments import ONE
from api.v1.deps import SmallestCountDep, WeighDep
from api.web.deps import ActionDep, Session, requires, staff_router
from api.workflows import updates
from api.workflows.update_schemas import Drafted

# `exclude_unset` below: an audience has one condition, and null is none.
router = staff_router("/plans", "commitments", needs=requires(Permission.PUBLISH))


@router.post(f"{ONE}/updates", status_code=201, response_model_exclude_unset=True)
async def create_update(code: str, number: int, data: UpdateIn, action: ActionDep, session: Session) -> Drafted:
    """Record an update on a commitment, and add the update to a draft campaign for followers.

    One draft collects the updates on all commitments. If there is none, a new one is created.
    """
    _, campaign = await updates.draft_update(session, code, number, data, action=action)
    return Drafted(campaign=campaign.id, parts=campaign.parts or [], consultation=None)


@router.post(f"{ONE}/milestones/{{milestone}}/ground", status_code=201, response_model_exclude_unset=True)
async def create_ground_check(
    code: str,
    number: int,
    milestone: int,
    data: GroundIn,
    action: ActionDep,
    session: Session,
    smallest: SmallestCountDep,
    weigh: WeighDep,
) -> Drafted:
    """Ask followers of a commitment in one commune whether a milestone is done.

    This opens a consultation with one yes/no question, and drafts the campaign that invites them to answer.
    """
    consultation, campaign = await updates.draft_ground(
        session, code, number, milestone, data, action=action, smallest=smallest, weigh=weigh
    )
    return Drafted(campaign=campaign.id, parts=[], consultation=consultation.code)
