"""The share of ballots that agents typed, for a whole consultation, rounded to steps. It is always shown.

An agent types answers for people who need help. If agents typed 40 of 42 ballots, the counts by who typed are hidden,
because the other group is small. Fraud could hide behind that, so this share is always shown. It says nothing about
choices.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import agent_typed
from api.consultations.models import Consultation, ConsultationState
from api.results.schemas import AgentsShare


async def share(session: AsyncSession, consultation: Consultation, ballots: int | None) -> AgentsShare | None:
    """Return the share of `ballots` that agents typed; None if it is not shown.

    If an older release closed the consultation, it is not shown, because the ballots no longer say who typed them.
    """
    closed, stored = consultation.state == ConsultationState.CLOSED, consultation.agents_share
    if ballots is None or (closed and stored is None):
        return None
    by_agents = await agent_typed.count(session, consultation.id) if stored is None else stored
    return shown_share(by_agents, ballots, step=agent_typed.step_of(consultation))


def shown_share(by_agents: int, ballots: int, *, step: int) -> AgentsShare:
    """Return how many ballots agents typed, as a range of `step` numbers. With steps of 10, 23 becomes 20 to 29."""
    # only somebody who knows who typed all other ballots of a step could learn who typed the last one
    at_least = min(agent_typed.at_least(by_agents, step=step), ballots)
    return AgentsShare(at_least=at_least, at_most=min(at_least + step - 1, ballots), of=ballots)
