"""`sawt invite`: an invitation to everyone who agreed and was not asked yet, as a campaign like any other."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import invite as campaign_invite
from api.campaigns import service
from api.campaigns.reporting.schemas import Preview
from api.campaigns.transitions import CampaignState
from api.clock import now
from sawt.cli.cli_input import As, agreed
from sawt.cli.outreach.campaign_preview import question, show_preview
from sawt.cli.printing import Printer
from sawt.context import ruled
from sawt.database import take

_err = Printer(stderr=True)


def invite(
    code: Annotated[str, typer.Argument(help="the consultation's code")],
    who: As,
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Invite everyone who agreed and was not asked yet, after saying how many they are and at what price."""
    number, found = take(lambda session: _draft(session, code, who))
    show_preview(found)
    if not yes:
        _err.print(f"Campaign {number} is kept as it is if you say no.")
        agreed(question(found))
    state, above = take(lambda session: _proceed(session, number, who))
    _err.print(f"Campaign {number} is {state}.")
    if state == CampaignState.SUBMITTED:
        _err.print(f"It goes to more than {above} people: somebody else approves it. Next:")
        _err.print(f"sawt campaign approve {number} --as ANOTHER, then sawt invite {code} --as {who}")


async def _draft(session: AsyncSession, code: str, who: str) -> tuple[int, Preview]:
    at = now()
    found = await campaign_invite.draft(session, code, who=who, now=at)
    return found.id, await service.preview(session, found.id, kit=await ruled(session), now=at)


async def _proceed(session: AsyncSession, number: int, who: str) -> tuple[str, int]:
    kit = await ruled(session)
    found = await campaign_invite.proceed(session, number, kit=kit, who=who, now=now())
    return found.state, kit.rules.approval_above
