"""Votes on proposals over the JSON API: create a vote, edit its proposals, and close any consultation."""

from __future__ import annotations

import contextlib

from fastapi import Request

from api.consultations.presentation import consultation_out
from api.consultations.schemas import ConsultationOut
from api.consultations.service import count_questions, get
from api.errors import Unavailable
from api.outbox.worker import provider_deletion
from api.proposals import pages
from api.proposals.page_schemas import ProposalOut
from api.proposals.schemas import Code, ProposalEdit
from api.security.rights import Permission
from api.v1.deps import CampaignContextDep, CleanDep, WeighDep
from api.web.deps import ActionDep, CatalogsDep, Db, KeyringDep, Session, context_of, requires, staff_router
from api.web.refusals import refused
from api.workflows import rounds, vote_options
from api.workflows.round_schemas import ClosedOut, Closing, RoundIn

router = staff_router(needs=requires(Permission.WRITE))


@router.post("/rounds", status_code=201, tags=["rounds"], responses=refused(404))
async def create_round(
    data: RoundIn, action: ActionDep, session: Session, catalogs: CatalogsDep, weigh: WeighDep
) -> ConsultationOut:
    """Create a draft vote on proposals. Open and schedule it like any other consultation."""
    return consultation_out(await rounds.create(session, data, catalogs=catalogs, action=action, weigh=weigh), 1)


@router.patch("/proposals/{code}", tags=["proposals"], dependencies=[requires(Permission.WRITE, local=True)])
async def edit_proposal(
    code: Code, data: ProposalEdit, action: ActionDep, session: Session, catalogs: CatalogsDep
) -> ProposalOut:
    """Change fields of a proposal, until a vote on it opens. Draft votes with this proposal change too."""
    proposal = await vote_options.edit(session, code, data, action=action, catalogs=catalogs)
    return await pages.proposal_out(session, proposal)


@router.post(
    "/consultations/{code}/close", tags=["consultations"], dependencies=[requires(Permission.SEND, fresh=True)]
)
async def close_consultation(
    code: str,
    request: Request,
    action: ActionDep,
    db: Db,
    clean: CleanDep,
    context: CampaignContextDep,
    keyring: KeyringDep,
    data: Closing | None = None,
) -> ClosedOut:
    """Close a consultation and destroy the secret that links ballots to residents.

    After a vote on proposals, the authors of the proposals' ideas are notified. The list of ballots is published at
    `cleaned_at`: usually at once, otherwise automatically within minutes.
    """
    async with db.transaction() as session:
        key_is_lost = data is not None and data.key_is_lost
        authors = context.for_authors(keyring)
        await rounds.close(session, code, kit=authors, action=action, key_is_lost=key_is_lost)
    with contextlib.suppress(Unavailable):  # the consultation is closed; the scheduler retries what remains to be done
        await clean(db, now=action.at)
    async with db.transaction() as session:
        consultation = await get(session, code)
        closed = consultation_out(consultation, await count_questions(session, consultation.id))
        left = await provider_deletion.count_left(session)
    url = context_of(request).public_url.rstrip("/")
    list_url = f"{url}/consultations/{code}/receipts" if url else ""
    tens = -(-left // 10) * 10  # an exact count would show when a single person answers
    return ClosedOut(**closed.model_dump(), list_url=list_url, left_at_providers=tens)
