"""Consultations over the JSON API: create, open, schedule, read and discard them. `rounds.py` closes consultations."""

from __future__ import annotations

from api.consultations import drafts, lifecycle, service
from api.consultations.presentation import consultation_out
from api.consultations.schemas import ConsultationIn, ConsultationOut, Times
from api.pagination import Page
from api.security.rights import Permission
from api.v1.deps import SmallestCountDep, WeighDep
from api.web.deps import ANYBODY, REASONED, Actor, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/consultations", "consultations", needs=ANYBODY)


@router.get("")
async def list_consultations(session: Session, page: PageDep) -> Page[ConsultationOut]:
    """List consultations, the newest first."""
    return (await service.every(session, page)).page(lambda row: consultation_out(*row))


@router.get("/{code}")
async def get_consultation(code: str, session: Session) -> ConsultationOut:
    """Get one consultation."""
    consultation = await service.get(session, code)
    return consultation_out(consultation, await service.count_questions(session, consultation.id))


@router.post("/{code}/open", dependencies=[requires(Permission.SEND, fresh=True)])
async def open_consultation(
    code: str, actor: Actor, session: Session, now: Now, smallest: SmallestCountDep
) -> ConsultationOut:
    """Open a draft consultation. Residents can vote at once."""
    consultation = await lifecycle.open_draft(session, code, who=actor, now=now, smallest=smallest)
    return consultation_out(consultation, await service.count_questions(session, consultation.id))


@router.post("/{code}/discard", status_code=204, dependencies=[requires(Permission.WRITE), REASONED])
async def discard_consultation(code: str, actor: Actor, session: Session, now: Now) -> None:
    """Delete a draft to which no campaign or meeting refers. Its proposals can then be options of another vote."""
    await drafts.discard(session, code, who=actor, now=now)


@router.post("/{code}/schedule", dependencies=[requires(Permission.SEND, fresh=True)])
async def schedule_consultation(code: str, data: Times, actor: Actor, session: Session, now: Now) -> ConsultationOut:
    """Set the times at which a consultation opens and closes automatically."""
    times = {"opens_at": data.opens_at, "closes_at": data.closes_at}
    consultation = await lifecycle.schedule(session, code, **times, who=actor, now=now)
    return consultation_out(consultation, await service.count_questions(session, consultation.id))


@router.post("", status_code=201, dependencies=[requires(Permission.WRITE)])
async def create_consultation(
    data: ConsultationIn, actor: Actor, session: Session, weigh: WeighDep, now: Now
) -> ConsultationOut:
    """Create a draft consultation. A message of more than six SMS segments is refused."""
    return consultation_out(await drafts.create(session, data, who=actor, now=now, weigh=weigh), len(data.questions))
