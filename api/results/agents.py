"""The share of ballots that agents typed: always shown, of the whole only, and in steps that name nobody.

The split "answered by" is hidden where one side is small, as of 42 ballots when agents typed 40: fraud would hide
behind it. A share of the whole in full steps of the smallest group tells no choice, and of no single ballot who typed
it, except for whoever typed, or watched, all others of a step.
"""

from __future__ import annotations

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api import small
from api.consultations import typed
from api.consultations.models import Consultation


class AgentsShare(BaseModel):
    """How many of all ballots agents typed."""

    at_least: int = Field(description="a multiple of 10")
    at_most: int
    of: int = Field(description="all ballots")


async def share(session: AsyncSession, consultation: Consultation, ballots: int) -> AgentsShare | None:
    """The share of agents in this many ballots, open or closed; None where so few say nothing of anybody."""
    kept = consultation.agents_share  # since closing
    return of(await typed.count(session, consultation.id) if kept is None else kept, ballots)


def of(typed_by_agents: int, ballots: int) -> AgentsShare | None:
    """The share as it is shown: the step that `typed_by_agents` falls into."""
    if ballots < small.FEWEST:
        return None
    at_least = typed.at_least(typed_by_agents)
    return AgentsShare(at_least=at_least, at_most=min(at_least + small.FEWEST - 1, ballots), of=ballots)
