"""`sawt invite`: an invitation to everyone who agreed and was not asked yet, as a campaign like any other."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import inviting, life, service
from api.campaigns.report_schemas import Preview
from api.clock import now
from sawt.context import ruled
from sawt.database import take
from sawt.given import As, agreed
from sawt.previews import question, show_preview
from sawt.printing import Printer

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
    if state == life.SUBMITTED:
        _err.print(f"It goes to more than {above} people: somebody else approves it. Next:")
        _err.print(f"sawt campaign approve {number} --as ANOTHER, then sawt invite {code} --as {who}")


async def _draft(session: AsyncSession, code: str, who: str) -> tuple[int, Preview]:
    at = now()
    found = await inviting.draft(session, code, who=who, now=at)
    return found.id, await service.preview(session, found.id, kit=await ruled(session), now=at)


async def _proceed(session: AsyncSession, number: int, who: str) -> tuple[str, int]:
    kit = await ruled(session)
    found = await inviting.proceed(session, number, kit=kit, who=who, now=now())
    return found.state, kit.rules.approval_above
