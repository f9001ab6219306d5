"""Consultations over the JSON API: create, open, schedule, read; `api/rounds` closes them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.consultations import drafts, lifecycle, service
from api.consultations.presentation import out
from api.consultations.schemas import ConsultationIn, ConsultationOut, Times
from api.consultations.sms_budget import Weigh
from api.pagination import Page
from api.security.rights import Permission
from api.v1.rule_deps import Smallest
from api.web.deps import ANYBODY, Actor, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/consultations", "consultations", needs=ANYBODY)


async def _weigh(request: Request) -> Weigh:
    found: Weigh = request.app.state.weigh
    return found


WeighDep = Annotated[Weigh, Depends(_weigh)]


@router.get("")
async def every(session: Session, asked: Paged) -> Page[ConsultationOut]:
    """Consultations, the newest first."""
    return (await service.every(session, asked)).page(lambda each: out(*each))


@router.get("/{code}")
async def one(code: str, session: Session) -> ConsultationOut:
    """One consultation as it stands."""
    found = await service.get(session, code)
    return out(found, await service.count_questions(session, found.id))


@router.post("/{code}/open", dependencies=[requires(Permission.SEND, fresh=True)])
async def open_it(code: str, who: Actor, session: Session, now: Now, smallest: Smallest) -> ConsultationOut:
    """Open a draft: from now on it takes ballots."""
    found = await lifecycle.open_it(session, code, who=who, now=now, smallest=smallest)
    return out(found, await service.count_questions(session, found.id))


@router.post("/{code}/discard", status_code=204, dependencies=[requires(Permission.WRITE)])
async def discard(code: str, who: Actor, session: Session, now: Now) -> None:
    """Delete a draft that nothing names; its proposals are free for another round."""
    await drafts.discard(session, code, who=who, now=now)


@router.post("/{code}/schedule", dependencies=[requires(Permission.SEND, fresh=True)])
async def schedule(code: str, given: Times, who: Actor, session: Session, now: Now) -> ConsultationOut:
    """Say when it opens and closes by itself."""
    times = {"opens_at": given.opens_at, "closes_at": given.closes_at}
    found = await lifecycle.schedule(session, code, **times, who=who, now=now)
    return out(found, await service.count_questions(session, found.id))


@router.post("", status_code=201, dependencies=[requires(Permission.WRITE)])
async def create(given: ConsultationIn, who: Actor, session: Session, weigh: WeighDep, now: Now) -> ConsultationOut:
    """Keep a new consultation as a draft; one with a message of more than six SMS segments is refused."""
    return out(await drafts.create(session, given, who=who, now=now, weigh=weigh), len(given.questions))
