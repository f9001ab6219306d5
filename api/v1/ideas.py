"""Ideas over the JSON API: read and moderate them."""

from __future__ import annotations

from api.pagination import Page
from api.proposals import pages
from api.proposals.ideas import decline_reasons, moderation, search
from api.proposals.page_schemas import IdeaOut, IdeaPage
from api.proposals.schemas import Decline, Merge, Publish
from api.region.lookup import OfProvince
from api.security.rights import Permission
from api.v1.deps import ProposalContextDep
from api.v1.proposals import Filter
from api.web.deps import ANYBODY, Actor, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/ideas", "ideas", needs=requires(Permission.MODERATE, local=True))


@router.get("", dependencies=[requires(Permission.MODERATE, Permission.WRITE, Permission.AUDIT, local=True)])
async def list_ideas(
    session: Session,
    page: PageDep,
    state: Filter = None,
    theme: Filter = None,
    province: OfProvince = None,
    flagged: bool = False,
) -> Page[IdeaOut]:
    """List ideas. Unread ideas come first, oldest first; then the rest, newest first."""
    rows = await search.listed(session, state=state, theme=theme, province=province, flagged=flagged, asked=page)
    return rows.page(pages.idea_out)


@router.get("/reasons", dependencies=[ANYBODY])
async def list_decline_reasons(context: ProposalContextDep) -> dict[str, dict[str, str]]:
    """List the standard reasons for declining an idea, each with the text that authors get in each language."""
    return {name: decline_reasons.words_of(context.catalogs, name) for name in decline_reasons.REASONS}


@router.get("/{number}", dependencies=[requires(Permission.MODERATE, Permission.WRITE, Permission.AUDIT, local=True)])
async def get_idea(number: int, session: Session) -> IdeaPage:
    """Get an idea with the proposal and the commitment it led to, its history, and similar ideas."""
    return await pages.idea_page(session, await search.get(session, number))


@router.post("/{number}/read")
async def mark_idea_read(number: int, actor: Actor, session: Session, context: ProposalContextDep, now: Now) -> IdeaOut:
    """Mark an idea as read, and notify its authors."""
    return pages.idea_out(await moderation.read(session, number, who=actor, context=context, now=now))


@router.post("/{number}/publish")
async def publish_idea(number: int, data: Publish, actor: Actor, session: Session, now: Now) -> IdeaOut:
    """Publish an idea as its author wrote it, or with another text from which personal data was removed."""
    return pages.idea_out(await moderation.publish(session, number, text=data.text, who=actor, now=now))


@router.post("/{number}/merge")
async def merge_idea(
    number: int, data: Merge, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> IdeaOut:
    """Merge an idea into another idea, and return that other idea. It then has the authors of both."""
    return pages.idea_out(await moderation.merge(session, number, into=data.into, who=actor, context=context, now=now))


@router.post("/{number}/decline")
async def decline_idea(
    number: int, data: Decline, actor: Actor, session: Session, context: ProposalContextDep, now: Now
) -> IdeaOut:
    """Decline an idea, with a standard reason or with a reason in your own words."""
    reason = data.words.model_dump() if data.words else decline_reasons.words_of(context.catalogs, data.reason or "")
    return pages.idea_out(await moderation.decline(session, number, reason=reason, who=actor, context=context, now=now))
