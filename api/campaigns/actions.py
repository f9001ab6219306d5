"""The steps of a campaign's life, as staff take them; each checks what must hold and records who took it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import failure_breaker, service, transitions
from api.campaigns.context import Kit
from api.campaigns.launch import launch as queue
from api.campaigns.models import Campaign
from api.campaigns.reporting.report import report
from api.campaigns.schemas import CampaignIn
from api.campaigns.sending_hours import ALWAYS, Hours
from api.errors import Conflict, Invalid
from api.outbox import service as outbox
from api.outbox.flow import budgets, send_windows
from api.routing.prices import MILLION


async def submit(session: AsyncSession, campaign_id: int, *, kit: Kit, who: str, now: datetime) -> Campaign:
    """Ask for approval. Raises Invalid with what stands against it, in words."""
    return await _checked(session, campaign_id, "submit", kit=kit, who=who, now=now)


async def approve(session: AsyncSession, campaign_id: int, *, kit: Kit, who: str, now: datetime) -> Campaign:
    """Approve it. Raises Forbidden where its author may not, Conflict where it was not submitted."""
    campaign = await service.get(session, campaign_id, locked=True)
    transitions.next_state(campaign.state, "approve", what=f"campaign {campaign.id}")
    found = await service.preview_of(session, campaign, kit=kit, now=now)
    await _may_approve(session, campaign, who, found.recipients, kit=kit)
    return await move(session, campaign, "approve", who=who, now=now)


async def schedule(session: AsyncSession, campaign_id: int, *, at: datetime, who: str, now: datetime) -> Campaign:
    """Launch it by itself at a moment to come. Raises Invalid where that is past."""
    if at <= now:
        raise Invalid("the moment is past", field="at")
    campaign = await service.get(session, campaign_id, locked=True)
    await move(session, campaign, "schedule", who=who, now=now)
    campaign.scheduled_for = at
    return campaign


async def unschedule(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Launch it at no moment by itself; it stays approved."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "unschedule", who=who, now=now)


async def miss(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """Note that its moment went by while nobody could launch it; it stays approved, and staff say whether it goes out.

    The moment is kept, so that they see which it was.
    """
    await move(session, campaign, "missed", who=who, now=now)


async def launch(session: AsyncSession, campaign_id: int, *, kit: Kit, who: str, now: datetime) -> dict[str, int]:
    """Begin to send; returns how many deliveries were queued by channel.

    Raises Invalid with what stands against it, or Forbidden where only its author approved it, and it would reach more
    people by now than that suffices for.
    """
    campaign = await _checked(session, campaign_id, "launch", kit=kit, who=who, now=now)
    return await _start(session, campaign, kit=kit, now=now)


async def at_once(
    session: AsyncSession, given: CampaignIn, *, kit: Kit, who: str, now: datetime
) -> tuple[Campaign, dict[str, int]]:
    """Create a campaign and launch it in one step, without approval: for what one command of the staff stands for."""
    campaign = await service.create(session, given, who=who, now=now)
    campaign.state = transitions.RUNNING
    await service.note(session, campaign, "launch", who=who, now=now)
    return campaign, await _start(session, campaign, kit=kit, now=now)


async def pause(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Hold back what is still queued, at the exact place."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "pause", who=who, now=now)
    await send_windows.close(session, campaign.id)
    return campaign


async def resume(session: AsyncSession, campaign_id: int, *, kit: Kit, who: str, now: datetime) -> Campaign:
    """Go on where it was paused: its fuse counts anew, and its purse is looked into again."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "resume", who=who, now=now)
    await failure_breaker.mend(session, campaign)
    await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=campaign.budget)
    await open_gate(session, campaign, hours=kit.rules.hours, now=now)
    return campaign


async def budget(
    session: AsyncSession, campaign_id: int, *, amount: float | None, kit: Kit, who: str, now: datetime
) -> Campaign:
    """Set what it may spend in all (None: no limit); what waits for money goes on at the next resume.

    What was approved may cost what was approved: more of it needs a second person, as its approval did. Raises
    Forbidden, or Conflict where the campaign is over.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state in transitions.OVER:
        raise Conflict(f"a campaign that is {campaign.state} spends nothing any more")
    ceiling = None if amount is None else round(amount * MILLION)
    more = campaign.budget is not None and (ceiling is None or ceiling > campaign.budget)
    if more and campaign.state != transitions.DRAFT:
        people = await _people(session, campaign, kit=kit, now=now)
        await _may_approve(session, campaign, who, people, kit=kit)
    campaign.budget = ceiling
    if campaign.launched_at is not None:
        await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=ceiling)
    await service.note(session, campaign, "budget", who=who, now=now)
    return campaign


async def cancel(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """End it: what is still queued is cancelled; what was handed over cannot be taken back."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "cancel", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now)
    await send_windows.delete_window(session, campaign.id)
    return campaign


async def finish(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """It is through: nothing is on its way, and what still waits is for people who stopped."""
    await move(session, campaign, "finish", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now, reason="stopped")
    await send_windows.delete_window(session, campaign.id)


async def revise(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Back to a draft: what was approved is not what will be sent."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "revise", who=who, now=now)


async def edit(session: AsyncSession, campaign_id: int, given: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Write it anew, until it is launched; it is a draft then, and whoever edited it is one of its authors.

    Raises NotFound, or Conflict where it was launched or resends another one.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    transitions.next_state(campaign.state, "edit", what=f"campaign {campaign.id}")
    await service.rewrite(session, campaign, given)
    campaign.scheduled_for = None
    return await move(session, campaign, "edit", who=who, now=now)


async def move(session: AsyncSession, campaign: Campaign, step: str, *, who: str, now: datetime) -> Campaign:
    """Take a step and record it. Raises Conflict where it cannot be taken now."""
    campaign.state = transitions.next_state(campaign.state, step, what=f"campaign {campaign.id}")
    await service.note(session, campaign, step, who=who, now=now)
    return campaign


async def open_gate(session: AsyncSession, campaign: Campaign, *, hours: Hours, now: datetime) -> None:
    """Let a campaign flow within the window of hours that is open, or comes next."""
    window = (ALWAYS if campaign.urgent else hours).window(now)
    opens_at, closes_at = window if window is not None else (None, None)
    rank = send_windows.URGENT if campaign.urgent else send_windows.USUAL
    await send_windows.set_window(session, campaign.id, opens_at=opens_at, closes_at=closes_at, rank=rank)


async def _may_approve(session: AsyncSession, campaign: Campaign, approver: str, people: int, *, kit: Kit) -> None:
    """Raises Forbidden if the approver wrote any of it, and it goes to more people than that suffices for."""
    authors = await service.authors(session, campaign)
    transitions.may_approve(authors=authors, approver=approver, recipients=people, above=kit.rules.approval_above)


async def _people(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> int:
    """How many people get it: those it was launched to, or would be now."""
    if campaign.launched_at is None:
        return (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
    return (await report(session, campaign.id, prices=kit.rules.prices)).total


async def _start(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> dict[str, int]:
    campaign.launched_at = now
    queued = await queue(session, campaign, kit=kit, now=now)
    await open_gate(session, campaign, hours=kit.rules.hours, now=now)
    return queued


async def _checked(
    session: AsyncSession, campaign_id: int, step: str, *, kit: Kit, who: str, now: datetime
) -> Campaign:
    """Take a step that nothing may stand against."""
    campaign = await service.get(session, campaign_id, locked=True)
    transitions.next_state(campaign.state, step, what=f"campaign {campaign.id}")
    found = await service.preview_of(session, campaign, kit=kit, now=now)
    if found.blockers:
        raise Invalid("; ".join(found.blockers))
    if step == "launch":
        approver = await service.approver(session, campaign_id)
        await _may_approve(session, campaign, approver, found.recipients, kit=kit)
    return await move(session, campaign, step, who=who, now=now)
