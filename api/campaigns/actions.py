"""The actions that staff take on a campaign. Each checks whether it is allowed and records who took it."""

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
    """A campaign that was launched, and how many deliveries were queued on each channel."""

    campaign: Campaign
    queued: dict[str, int]


async def submit(session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime) -> Campaign:
    """Submit a draft for approval. Raises Conflict if it is no draft, Invalid if there are reasons against a launch."""
    campaign = await _allowed(session, campaign_id, "submit")
    preview = await service.preview_of(session, campaign, kit=kit, now=now)
    if preview.blockers:
        raise Invalid("; ".join(preview.blockers))
    return await move(session, campaign, "submit", who=who, now=now)


async def approve(
    session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime
) -> Campaign:
    """Approve a submitted campaign.

    Raises Conflict if it is not submitted. Raises Forbidden if an author approves it and it reaches more people than
    authors may approve.
    """
    campaign = await _allowed(session, campaign_id, "approve")
    preview = await service.preview_of(session, campaign, kit=kit, now=now)
    await _may_approve(session, campaign, who, preview.recipients, kit=kit)
    return await move(session, campaign, "approve", who=who, now=now)


async def schedule(session: AsyncSession, campaign_id: int, *, at: datetime, who: str, now: datetime) -> Campaign:
    """Set when the campaign will be launched. Raises Invalid if `at` is past, Conflict if it is not approved."""
    if at <= now:
        raise Invalid("this time is in the past", field="at")
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = at
    return await move(session, campaign, "schedule", who=who, now=now)


async def unschedule(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Remove the time of the launch; the campaign stays approved."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "unschedule", who=who, now=now)


async def miss(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """Record that the time of a scheduled launch passed while the service was down.

    The campaign is approved again, and staff decide what to do. The missed time stays stored for them.
    """
    await move(session, campaign, "missed", who=who, now=now)


async def launch(
    session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime
) -> dict[str, int]:
    """Start to send a campaign; return how many deliveries were queued on each channel.

    Raises Conflict if the campaign is not approved, Invalid if there are reasons against a launch. Raises Forbidden if
    it now reaches more people than an author may approve, and an author approved it.
    """
    campaign = await _allowed(session, campaign_id, "launch")
    approver = await service.approver(session, campaign_id)
    consultation = await launching.lock(session, campaign)
    draft = await prepare(session, campaign, consultation, kit=kit, now=now)
    if draft.blockers:
        raise Invalid("; ".join((await service.preview_of(session, campaign, kit=kit, now=now)).blockers))
    # The audience is read only once: deliveries are queued first, and removed if too many or too costly.
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

    Raises Untranslated, before anything is queued, if a text is missing in a language.
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
    """Stop sending a campaign until it is resumed. Its queued deliveries wait."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "pause", who=who, now=now)
    await send_windows.close(session, campaign.id)
    return campaign


async def resume(session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime) -> Campaign:
    """Continue a paused campaign. Failures are counted from zero, and the campaign may spend money again."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "resume", who=who, now=now)
    await failure_breaker.reset(session, campaign)
    await budgets.set_ceiling(session, budgets.of_campaign(campaign.id), ceiling=campaign.budget)
    await open_window(session, campaign, hours=kit.rules.hours, now=now)
    return campaign


async def budget(
    session: AsyncSession, campaign_id: int, *, amount: float | None, kit: CampaignContext, who: str, now: datetime
) -> Campaign:
    """Set the spending limit of a campaign (None: no limit).

    If a campaign was paused because its money was spent, it continues only when it is resumed. After the draft was
    submitted, only somebody who could approve the campaign may raise its budget. Raises Forbidden, or Conflict if the
    campaign has ended.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state in transitions.OVER:
        raise Conflict(f"the campaign is {campaign.state}: its budget can no longer change")
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
    """End a campaign and cancel its queued deliveries. Messages already sent cannot be recalled."""
    campaign = await move(session, await service.get(session, campaign_id, locked=True), "cancel", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now)
    await send_windows.delete_window(session, campaign.id)
    return campaign


async def finish(session: AsyncSession, campaign: Campaign, *, who: str, now: datetime) -> None:
    """End a campaign that has sent everything. Cancel deliveries that are still queued for people who sent STOP."""
    await move(session, campaign, "finish", who=who, now=now)
    await outbox.cancel_queued(session, campaign_id=campaign.id, now=now, reason="stopped")
    await send_windows.delete_window(session, campaign.id)


async def revise(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Make a campaign a draft again; it then needs a new approval."""
    campaign = await service.get(session, campaign_id, locked=True)
    campaign.scheduled_for = None
    return await move(session, campaign, "revise", who=who, now=now)


async def edit(session: AsyncSession, campaign_id: int, data: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Replace the contents of a campaign before its launch.

    The campaign becomes a draft again, and the editor counts as one of its authors. Raises NotFound, or Conflict if the
    campaign was launched or resends another campaign.
    """
    campaign = await _allowed(session, campaign_id, "edit")
    await service.rewrite(session, campaign, data)
    campaign.scheduled_for = None
    return await move(session, campaign, "edit", who=who, now=now)


async def move(session: AsyncSession, campaign: Campaign, action: str, *, who: str, now: datetime) -> Campaign:
    """Change the state of a campaign by an action, and record the action. Raises Conflict if it is not allowed now."""
    campaign.state = transitions.next_state(campaign.state, action, subject=f"campaign {campaign.id}")
    await service.note(session, campaign, action, who=who, now=now)
    return campaign


async def open_window(session: AsyncSession, campaign: Campaign, *, hours: Hours, now: datetime) -> None:
    """Let a campaign send in the present sending hours or, if there are none now, in the next ones."""
    window = (ALWAYS if campaign.urgent else hours).window(now)
    opens_at, closes_at = window if window is not None else (None, None)
    rank = send_windows.URGENT if campaign.urgent else send_windows.USUAL
    await send_windows.set_window(session, campaign.id, opens_at=opens_at, closes_at=closes_at, rank=rank)


async def _allowed(session: AsyncSession, campaign_id: int, action: str) -> Campaign:
    """Return the campaign, locked. Raises NotFound, or Conflict if the action is not allowed now."""
    campaign = await service.get(session, campaign_id, locked=True)
    transitions.next_state(campaign.state, action, subject=f"campaign {campaign.id}")
    return campaign


async def _may_approve(
    session: AsyncSession, campaign: Campaign, approver: str, people: int, *, kit: CampaignContext
) -> None:
    """Raise Forbidden if an author approves a campaign to more people than authors may approve."""
    authors = await service.authors(session, campaign)
    above = await service.most_alone(session, approver, in_force=kit.rules.approval_above)
    transitions.may_approve(authors=authors, approver=approver, recipients=people, above=above)


async def _people(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> int:
    """Return how many people a campaign was sent to, or would be sent to now."""
    if campaign.launched_at is None:
        return (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
    return (await report(session, campaign.id, prices=kit.rules.prices)).total


async def _start(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> None:
    campaign.launched_at = now
    await open_window(session, campaign, hours=kit.rules.hours, now=now)
