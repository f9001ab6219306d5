"""Drafts of consultations over the JSON API: read as residents will, edited, copied, tried on a phone."""

from __future__ import annotations

from api.authoring import service as authoring_service
from api.authoring.schemas import CloneIn, ConsultationPage
from api.campaigns.estimate.trial import TestIn, TestOut
from api.consultations import editing, service
from api.consultations.presentation import out
from api.consultations.schemas import ConsultationIn, ConsultationOut
from api.security.rights import Permission
from api.v1.outreach.deps import CampaignKit
from api.web.deps import ANYBODY, Actor, KeyringDep, Now, Session, requires, staff_router

router = staff_router("/consultations/{code}", "consultations", needs=requires(Permission.WRITE))


@router.get("/page", dependencies=[ANYBODY])
async def page(code: str, session: Session, kit: CampaignKit) -> ConsultationPage:
    """A consultation as residents will read it: questions, options, rules, in every language with SMS segments."""
    return await authoring_service.page(session, code, kit=kit)


@router.put("")
async def edit(
    code: str, given: ConsultationIn, who: Actor, session: Session, kit: CampaignKit, now: Now
) -> ConsultationOut:
    """Write a draft anew; approved campaigns that name it need approval again."""
    found = await authoring_service.edit(session, code, given, who=who, kit=kit, now=now)
    return out(found, len(given.questions))


@router.post("/clone", status_code=201)
async def clone(code: str, given: CloneIn, who: Actor, session: Session, now: Now) -> ConsultationOut:
    """A new draft that asks the same, under another code."""
    found = await editing.clone(session, code, given.code, who=who, now=now)
    return out(found, await service.count_questions(session, found.id))


@router.post("/test", status_code=202)
async def try_out(
    code: str, given: TestIn, who: Actor, session: Session, kit: CampaignKit, keyring: KeyringDep, now: Now
) -> list[TestOut]:
    """Send its questions to a phone of the staff, marked as tests; what is answered to them counts nowhere."""
    return await authoring_service.send_test(session, code, given, who=who, kit=kit, keyring=keyring, now=now)
