"""`sawt invite`: invite everyone who consented and was not invited yet, by an ordinary campaign."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import invite as campaign_invite
from api.campaigns import service
from api.campaigns.reporting.schemas import Preview
from api.campaigns.transitions import CampaignState
from api.clock import now
from sawt.cli.cli_input import As, confirm
from sawt.cli.outreach.campaign_preview import question, show_preview
from sawt.cli.printing import Printer
from sawt.context import context_in_force
from sawt.database import transact

_err = Printer(stderr=True)


def invite(
    code: Annotated[str, typer.Argument(help="the consultation's code")],
    who: As,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Invite everyone who consented and was not invited yet; shows how many people and the price first."""
    number, preview = transact(lambda session: _draft(session, code, who))
    show_preview(preview)
    if not yes:
        _err.print(f"If you say no, campaign {number} stays as it is.")
        confirm(question(preview))
    state, above = transact(lambda session: _proceed(session, number, who))
    _err.print(f"Campaign {number} is {state}.")
    if state == CampaignState.SUBMITTED:
        _err.print(f"It goes to more than {above} people, so someone else must approve it. Next:")
        _err.print(f"sawt campaign approve {number} --as ANOTHER, then sawt invite {code} --as {who}")


async def _draft(session: AsyncSession, code: str, who: str) -> tuple[int, Preview]:
    at = now()
    campaign = await campaign_invite.draft(session, code, who=who, now=at)
    return campaign.id, await service.preview(session, campaign.id, kit=await context_in_force(session), now=at)


async def _proceed(session: AsyncSession, number: int, who: str) -> tuple[str, int]:
    kit = await context_in_force(session)
    campaign = await campaign_invite.proceed(session, number, kit=kit, who=who, now=now())
    return campaign.state, kit.rules.approval_above
