"""Rounds over the JSON API: made of proposals; and closing, of these as of every consultation."""

from __future__ import annotations

from api.campaigns.deps import CampaignKit
from api.consultations.routes import out
from api.consultations.schemas import ConsultationOut
from api.consultations.service import count_questions
from api.deps import CatalogsDep, KeyringDep, Now, Session, staff_router
from api.proposals import pages
from api.proposals.page_schemas import ProposalOut
from api.proposals.schemas import Code, EditedProposal
from api.rounds import options, service
from api.rounds.schemas import RoundIn

router = staff_router()


@router.post("/rounds", status_code=201, tags=["rounds"])
async def create(given: RoundIn, session: Session, catalogs: CatalogsDep, now: Now) -> ConsultationOut:
    """Keep a vote on proposals as a draft; it is opened, scheduled and counted as every consultation."""
    return out(await service.create(session, given, catalogs=catalogs, now=now), 1)


@router.patch("/proposals/{code}", tags=["proposals"])
async def edit(code: Code, given: EditedProposal, session: Session, catalogs: CatalogsDep, now: Now) -> ProposalOut:
    """Change what is given of it, until a vote on it opens; drafts of votes on it change with it."""
    found = await options.edit(session, code, given.proposal, who=given.who, catalogs=catalogs, now=now)
    return await pages.proposal_out(session, found)


@router.post("/consultations/{code}/close", tags=["consultations"])
async def close(code: str, session: Session, kit: CampaignKit, keyring: KeyringDep, now: Now) -> ConsultationOut:
    """Close it, destroy the secret that ties ballots to people, and tell authors of proposals what was decided."""
    found = await service.close(session, code, kit=kit.for_authors(keyring), now=now)
    return out(found, await count_questions(session, found.id))
