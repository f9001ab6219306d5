"""The actions staff take on a campaign; each checks its conditions and records who took it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import failure_breaker, service, transitions
from api.campaigns import launch as launching
from api.campaigns.context import CampaignContext
from api.campaigns.estimate import advice
from api.campaigns.estimate.preview import prepare
from api.campaigns.models import Campaign
from api.campaigns.rendering import rendered
from api.campaigns.reporting.report import report
from api.campaigns.schemas import CampaignIn
from api.campaigns.sending_hours import ALWAYS, Hours
from api.campaigns.transitions import CampaignState
from api.errors import Conflict, Invalid
from api.outbox import service as outbox
from api.outbox.flow import budgets, send_windows
from api.routing.prices import MILLION


class Launched(NamedTuple):
    """A campaign that was launched, and how many deliveries were queued by channel."""

    campaign: Campaign
    queued: dict[str, int]


async def submit(session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime) -> Campaign:
    """Ask for approval. Raises Invalid with the reasons against launching it, or Conflict."""
    campaign = await _allowed(session, campaign_id, "submit")
    preview = await service.preview_of(session, campaign, kit=kit, now=now)
    if preview.blockers:
        raise Invalid("; ".join(preview.blockers))
    return await move(session, campaign, "submit", who=who, now=now)


async def approve(
    session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime
) -> Campaign:
    """Approve a submitted campaign. Raises Forbidden if its author may not, or Conflict."""
    campaign = await _allowed(session, campaign_id, "approve")
    preview = await service.preview_of(session, campaign, kit=kit, now=now)
    await _may_approve(session, campaign, who, preview.recipients, kit=kit)
    return await move(session, campaign, "approve", who=who, now=now)


async def schedule(session: AsyncSession, campaign_id: int, *, at: datetime, who: str, now: datetime) -> Campaign:
    """Schedule the launch. Raises Invalid if `at` is past, or Conflict."""
    if at <= now:
        raise Invalid("the moment is past", field="at")
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = at
    return await move(session, campaign, "schedule", who=who, now=now)


async def unschedule(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Remove the schedule; the campaign stays approved."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "unschedule", who=who, now=now)


async def miss(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """Record that its scheduled time passed while the service was down; it stays approved, and staff decide.

    The time is kept for staff to see.
    """
    await move(session, campaign, "missed", who=who, now=now)


async def launch(
    session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime
) -> dict[str, int]:
    """Start sending; return how many deliveries were queued by channel.

    The audience is read once: the deliveries are queued first, and undone if the campaign may not reach so many people
    or cost so much. Raises Invalid with the reasons against launching it, Forbidden if its author approved it and it
    would now reach more people than that allows, or Conflict.
    """
    campaign = await _allowed(session, campaign_id, "launch")
    approver = await service.approver(session, campaign_id)
    consultation = await launching.lock(session, campaign)
    draft = await prepare(session, campaign, consultation, kit=kit, now=now)
    if draft.blockers:
        raise Invalid("; ".join((await service.preview_of(session, campaign, kit=kit, now=now)).blockers))
    async with session.begin_nested():
        queued = await launching.queue(session, campaign, consultation, draft.texts, kit=kit, now=now)
        if blockers := advice.audience_blockers(queued.recipients, queued.cost, campaign.budget):
            raise Invalid("; ".join(blockers))
        await _may_approve(session, campaign, approver, queued.recipients, kit=kit)
    await move(session, campaign, "launch", who=who, now=now)
    await _start(session, campaign, kit=kit, now=now)
    return queued.by_channel


async def at_once(
    session: AsyncSession, data: CampaignIn, *, kit: CampaignContext, who: str, now: datetime
) -> Launched:
    """Create and launch a campaign without approval, for commands that must notify people at once.

    Raises Untranslated before anything is queued.
    """
    campaign = await service.create(session, data, who=who, now=now)
    campaign.state = CampaignState.RUNNING
    await service.note(session, campaign, "launch", who=who, now=now)
    consultation = await launching.lock(session, campaign)
    texts = await rendered(session, campaign, consultation, kit=kit)
    queued = await launching.queue(session, campaign, consultation, texts, kit=kit, now=now)
    await _start(session, campaign, kit=kit, now=now)
    return Launched(campaign, queued.by_channel)


async def pause(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Stop sending; queued deliveries wait."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "pause", who=who, now=now)
    await send_windows.close(session, campaign.id)
    return campaign


async def resume(session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime) -> Campaign:
    """Continue after a pause: failures are counted from here, and the budget may pay again."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "resume", who=who, now=now)
    await failure_breaker.reset(session, campaign)
    await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=campaign.budget)
    await open_window(session, campaign, hours=kit.rules.hours, now=now)
    return campaign


async def budget(
    session: AsyncSession, campaign_id: int, *, amount: float | None, kit: CampaignContext, who: str, now: datetime
) -> Campaign:
    """Set the spending limit (None: no limit). A campaign paused for lack of money continues when it is resumed.

    Raising the budget after approval needs a second person, as the approval did. Raises Forbidden, or Conflict if
    the campaign has ended.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state in transitions.OVER:
        raise Conflict(f"the campaign is {campaign.state}: it spends nothing any more")
    ceiling = None if amount is None else round(amount * MILLION)
    raised = campaign.budget is not None and (ceiling is None or ceiling > campaign.budget)
    if raised and campaign.state != CampaignState.DRAFT:
        people = await _people(session, campaign, kit=kit, now=now)
        await _may_approve(session, campaign, who, people, kit=kit)
    campaign.budget = ceiling
    if campaign.launched_at is not None:
        await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=ceiling)
    await service.note(session, campaign, "budget", who=who, now=now)
    return campaign


async def cancel(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """End it and cancel what is queued; what was handed over cannot be recalled."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "cancel", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now)
    await send_windows.delete_window(session, campaign.id)
    return campaign


async def finish(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """End a campaign that is done; what is still queued is for people who stopped."""
    await move(session, campaign, "finish", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now, reason="stopped")
    await send_windows.delete_window(session, campaign.id)


async def revise(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Make it a draft again; it needs a new approval."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "revise", who=who, now=now)


async def edit(session: AsyncSession, campaign_id: int, data: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Replace the contents of a campaign before its launch; it becomes a draft, and the editor one of its authors.

    Raises NotFound, or Conflict if it was launched or resends another one.
    """
    campaign = await _allowed(session, campaign_id, "edit")
    await service.rewrite(session, campaign, data)
    campaign.scheduled_for = None
    return await move(session, campaign, "edit", who=who, now=now)


async def move(session: AsyncSession, campaign: Campaign, action: str, *, who: str, now: datetime) -> Campaign:
    """Take an action and record it. Raises Conflict if it is not allowed now."""
    campaign.state = transitions.next_state(campaign.state, action, subject=f"campaign {campaign.id}")
    await service.note(session, campaign, action, who=who, now=now)
    return campaign


async def open_window(session: AsyncSession, campaign: Campaign, *, hours: Hours, now: datetime) -> None:
    """Set the send window to the current or next sending hours."""
    window = (ALWAYS if campaign.urgent else hours).window(now)
    opens_at, closes_at = window if window is not None else (None, None)
    rank = send_windows.URGENT if campaign.urgent else send_windows.USUAL
    await send_windows.set_window(session, campaign.id, opens_at=opens_at, closes_at=closes_at, rank=rank)


async def _allowed(session: AsyncSession, campaign_id: int, action: str) -> Campaign:
    """The campaign, locked. Raises NotFound, or Conflict if the action is not allowed now."""
    campaign = await service.get(session, campaign_id, locked=True)
    transitions.next_state(campaign.state, action, subject=f"campaign {campaign.id}")
    return campaign


async def _may_approve(
    session: AsyncSession, campaign: Campaign, approver: str, people: int, *, kit: CampaignContext
) -> None:
    """Raises Forbidden if the approver is an author and the campaign reaches more people than that allows."""
    authors = await service.authors(session, campaign)
    transitions.may_approve(authors=authors, approver=approver, recipients=people, above=kit.rules.approval_above)


async def _people(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> int:
    """How many people a campaign was launched to, or would reach now."""
    if campaign.launched_at is None:
        return (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
    return (await report(session, campaign.id, prices=kit.rules.prices)).total


async def _start(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> None:
    campaign.launched_at = now
    await open_window(session, campaign, hours=kit.rules.hours, now=now)
