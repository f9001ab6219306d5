"""The share of ballots that agents typed: always shown, for the whole consultation only, and in steps.

The breakdown "answered by" is hidden if one side is small, as with 42 ballots of which agents typed 40, so fraud could
hide behind it. A share of the whole in steps of the smallest group reveals no choice. It does not reveal who typed a
single ballot either, except to those who typed, or watched, all others of a step.
"""

from __future__ import annotations

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import agent_typed
from api.consultations.models import Consultation, ConsultationState


class AgentsShare(BaseModel):
    """How many of all ballots agents typed."""

    at_least: int = Field(description="rounded down to steps of `smallest_count`")
    at_most: int
    of: int = Field(description="all ballots, the same number as `ballots`")


async def share(session: AsyncSession, consultation: Consultation, ballots: int | None) -> AgentsShare | None:
    """The share of agents in this many ballots, as it is shown; None if it is not.

    It is also None for consultations that an older release closed: their ballots no longer say who typed them.
    """
    closed, stored = consultation.state == ConsultationState.CLOSED, consultation.agents_share
    if ballots is None or (closed and stored is None):
        return None
    by_agents = await agent_typed.count(session, consultation.id) if stored is None else stored
    return shown_share(by_agents, ballots, step=agent_typed.step_of(consultation))


def shown_share(by_agents: int, ballots: int, *, step: int) -> AgentsShare:
    """The share as it is shown: the step that contains `by_agents`, limited to the number of ballots shown."""
    at_least = min(agent_typed.at_least(by_agents, step=step), ballots)
    return AgentsShare(at_least=at_least, at_most=min(at_least + step - 1, ballots), of=ballots)
