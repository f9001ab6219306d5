"""Ideas over the JSON API: staff read and moderate them."""

from __future__ import annotations

from api.pagination import Page
from api.proposals import pages
from api.proposals.ideas import decline_reasons, moderation, search
from api.proposals.page_schemas import IdeaOut, IdeaPage
from api.proposals.schemas import Decline, Merge, Publish
from api.region.lookup import OfProvince
from api.security.rights import Permission
from api.v1.proposal_deps import ProposalKit
from api.v1.proposals import Filter
from api.web.deps import ANYBODY, Actor, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/ideas", "ideas", needs=requires(Permission.MODERATE, local=True))


@router.get("", dependencies=[requires(Permission.MODERATE, Permission.WRITE, Permission.AUDIT, local=True)])
async def every(
    session: Session,
    asked: Paged,
    state: Filter = None,
    theme: Filter = None,
    province: OfProvince = None,
    flagged: bool = False,
) -> Page[IdeaOut]:
    """Ideas: those nobody has read first, the oldest of them first; then the others, the newest first."""
    found = await search.listed(session, state=state, theme=theme, province=province, flagged=flagged, asked=asked)
    return found.page(pages.idea_out)


@router.get("/reasons", dependencies=[ANYBODY])
async def usual_reasons(kit: ProposalKit) -> dict[str, dict[str, str]]:
    """The usual reasons for declining, by name, as authors would read them."""
    return {name: decline_reasons.words_of(kit.catalogs, name) for name in decline_reasons.REASONS}


@router.get("/{number}", dependencies=[requires(Permission.MODERATE, Permission.WRITE, Permission.AUDIT, local=True)])
async def one(number: int, session: Session) -> IdeaPage:
    """One idea with its chain, its history, and those that resemble it."""
    return await pages.idea_page(session, await search.get(session, number))


@router.post("/{number}/read")
async def read(number: int, who: Actor, session: Session, kit: ProposalKit, now: Now) -> IdeaOut:
    """Say that it was read; its authors are told."""
    return pages.idea_out(await moderation.read(session, number, who=who, kit=kit, now=now))


@router.post("/{number}/publish")
async def publish(number: int, given: Publish, who: Actor, session: Session, now: Now) -> IdeaOut:
    """Let everybody read it, without what is personal."""
    return pages.idea_out(await moderation.publish(session, number, text=given.text, who=who, now=now))


@router.post("/{number}/merge")
async def merge(number: int, given: Merge, who: Actor, session: Session, kit: ProposalKit, now: Now) -> IdeaOut:
    """Merge it into another one, which is returned: its authors become authors of that one too."""
    return pages.idea_out(await moderation.merge(session, number, into=given.into, who=who, kit=kit, now=now))


@router.post("/{number}/decline")
async def decline(number: int, given: Decline, who: Actor, session: Session, kit: ProposalKit, now: Now) -> IdeaOut:
    """Decline it, for a reason in words."""
    words = given.words.model_dump() if given.words else decline_reasons.words_of(kit.catalogs, given.reason or "")
    return pages.idea_out(await moderation.decline(session, number, reason=words, who=who, kit=kit, now=now))
