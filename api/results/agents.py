"""The share of ballots that agents typed: always shown, of the whole only, and in steps that name nobody.

The split "answered by" is hidden where one side is small, as of 42 ballots when agents typed 40: fraud would hide
behind it. A share of the whole in full steps of the smallest group tells no choice, and of no single ballot who typed
it, except for whoever typed, or watched, all others of a step.
"""

from __future__ import annotations

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import agent_typed
from api.consultations.models import Consultation
from api.consultations.service import CLOSED


class AgentsShare(BaseModel):
    """How many of all ballots agents typed."""

    at_least: int = Field(description="in whole steps of `smallest_count`")
    at_most: int
    of: int = Field(description="all ballots, as `ballots` has them")


async def share(session: AsyncSession, consultation: Consultation, ballots: int | None) -> AgentsShare | None:
    """The share of agents in this many ballots, as they are shown; None where none are.

    None too of consultations that an older release closed: their ballots say no more who typed.
    """
    closed, kept = consultation.state == CLOSED, consultation.agents_share
    if ballots is None or (closed and kept is None):
        return None
    by_agents = await agent_typed.count(session, consultation.id) if kept is None else kept
    return of(by_agents, ballots, step=agent_typed.step_of(consultation))


def of(by_agents: int, ballots: int, *, step: int) -> AgentsShare:
    """The share as it is shown: the step that `by_agents` falls into; of no more ballots than are shown."""
    at_least = min(agent_typed.at_least(by_agents, step=step), ballots)
    return AgentsShare(at_least=at_least, at_most=min(at_least + step - 1, ballots), of=ballots)
