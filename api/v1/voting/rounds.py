"""Rounds over the JSON API: made of proposals; and closing, of these as of every consultation."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from api.consultations.presentation import out
from api.consultations.schemas import ConsultationOut
from api.consultations.service import count_questions, get
from api.db import Database
from api.errors import Unavailable
from api.proposals import pages
from api.proposals.page_schemas import ProposalOut
from api.proposals.schemas import Code, ProposalEdit
from api.security.rights import Permission
from api.v1.outreach.deps import CampaignKit
from api.v1.voting.consultations import WeighDep
from api.web.deps import Actor, CatalogsDep, Db, KeyringDep, Now, Session, requires, staff_router
from api.web.refusals import refused
from api.workflows import rounds, vote_options
from api.workflows.round_schemas import Closing, RoundIn

router = staff_router(needs=requires(Permission.WRITE))


class Clean(Protocol):
    """Makes closed consultations clean: see `api/background/after_closing.py`."""

    async def __call__(self, db: Database, *, now: datetime) -> bool:
        """Whether all are."""
        ...


async def _clean(request: Request) -> Clean:
    found: Clean = request.app.state.clean
    return found


Cleaner = Annotated[Clean, Depends(_clean)]


@router.post("/rounds", status_code=201, tags=["rounds"], responses=refused(404))
async def create(
    given: RoundIn, who: Actor, session: Session, catalogs: CatalogsDep, weigh: WeighDep, now: Now
) -> ConsultationOut:
    """Keep a vote on proposals as a draft; it is opened, scheduled and counted as every consultation."""
    return out(await rounds.create(session, given, catalogs=catalogs, who=who, now=now, weigh=weigh), 1)


@router.patch("/proposals/{code}", tags=["proposals"], dependencies=[requires(Permission.WRITE, local=True)])
async def edit(
    code: Code, given: ProposalEdit, who: Actor, session: Session, catalogs: CatalogsDep, now: Now
) -> ProposalOut:
    """Change what is given of it, until a vote on it opens; drafts of votes on it change with it."""
    found = await vote_options.edit(session, code, given, who=who, catalogs=catalogs, now=now)
    return await pages.proposal_out(session, found)


@router.post(
    "/consultations/{code}/close", tags=["consultations"], dependencies=[requires(Permission.SEND, fresh=True)]
)
async def close(
    code: str,
    who: Actor,
    db: Db,
    clean: Cleaner,
    kit: CampaignKit,
    keyring: KeyringDep,
    now: Now,
    given: Closing | None = None,
) -> ConsultationOut:
    """Close it, destroy the secret that ties ballots to people, and tell authors of proposals what was decided.

    Its list is published at `cleaned_at`: usually at once, else by itself within minutes.
    """
    async with db.transaction() as session:
        lost = given is not None and given.key_is_lost
        await rounds.close(session, code, kit=kit.for_authors(keyring), who=who, now=now, key_is_lost=lost)
    with contextlib.suppress(Unavailable):  # it is closed; the rest is tried again
        await clean(db, now=now)
    async with db.transaction() as session:
        found = await get(session, code)
        return out(found, await count_questions(session, found.id))
