"""Drafts of consultations over the JSON API: preview, edit, copy and test them."""

from __future__ import annotations

from api.authoring import service as authoring_service
from api.authoring.schemas import CloneIn, ConsultationPage
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.consultations import editing, service
from api.consultations.presentation import consultation_out
from api.consultations.schemas import ConsultationIn, ConsultationOut
from api.security.rights import Permission
from api.v1.deps import CampaignContextDep
from api.web.deps import ANYBODY, ActionDep, Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.refusals import refused

router = staff_router("/consultations/{code}", "consultations", needs=requires(Permission.WRITE))


@router.get("/page", dependencies=[ANYBODY])
async def get_consultation_page(code: str, session: Session, context: CampaignContextDep) -> ConsultationPage:
    """Get a consultation as residents will read it: questions, options and rules by language, with lengths in SMS."""
    return await authoring_service.page(session, code, kit=context)


@router.get("/file", dependencies=[ANYBODY], response_model_exclude_none=True, responses=refused(409))
async def get_consultation_file(code: str, session: Session) -> ConsultationIn:
    """Get a consultation as staff write it, to edit it or to create another one.

    The status is 409 if the consultation does not fit the present rules for consultations.
    """
    return await editing.as_input(session, await service.get(session, code))


@router.put("")
async def edit_consultation(
    code: str, data: ConsultationIn, action: ActionDep, session: Session, context: CampaignContextDep
) -> ConsultationOut:
    """Replace a draft consultation. Approved campaigns for it must be approved again."""
    consultation = await authoring_service.edit(session, code, data, action=action, kit=context)
    return consultation_out(consultation, len(data.questions))


@router.post("/clone", status_code=201)
async def clone_consultation(code: str, data: CloneIn, actor: Actor, session: Session, now: Now) -> ConsultationOut:
    """Copy a consultation to a new draft with another code."""
    consultation = await editing.clone(session, code, data.code, who=actor, now=now)
    return consultation_out(consultation, await service.count_questions(session, consultation.id))


@router.post("/test", status_code=202)
async def test_consultation(
    code: str,
    data: TestIn,
    action: ActionDep,
    session: Session,
    context: CampaignContextDep,
    keyring: KeyringDep,
) -> list[TestOut]:
    """Send a consultation's questions to a staff phone, marked as a test. Replies to these messages are not counted."""
    return await authoring_service.send_test(session, code, data, action=action, kit=context, keyring=keyring)
