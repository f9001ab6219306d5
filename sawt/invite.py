"""`sawt invite`: an invitation to everyone who agreed and was not asked yet."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import steps
from api.clock import now
from sawt.context import kit
from sawt.database import take
from sawt.printing import Printer
from sawt.settings import configured

_out = Printer()


def invite(code: Annotated[str, typer.Argument(help="the consultation's code")]) -> None:
    """Queue an invitation to every consenting resident who was not asked yet."""
    queued = take(lambda session: _invite(session, code))
    total = sum(queued.values())
    words = ", ".join(f"{channel}: {count}" for channel, count in queued.items())
    _out.print(f"Invitations queued: {total} ({words}).")


async def _invite(session: AsyncSession, code: str) -> dict[str, int]:
    _, queued = await steps.invite(session, code, kit=kit(configured()), who="sawt invite", now=now())
    return queued
