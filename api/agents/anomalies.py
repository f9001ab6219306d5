"""Signs of fraud in the ballots that an agent typed. Staff see the signs, but not how anybody voted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents.models import Agent
from api.clock import MOROCCO
from api.consultations.ballots import agent_typed
from api.consultations.models import Answer, Ballot, Consultation, ConsultationState
from api.errors import KeyLost
from api.security.row_scope import scoped
from api.suppression import FEWEST

PACE, ALIKE, NIGHT = "pace", "alike", "night"

_SPAN = timedelta(hours=1)
_MANY = 30  # ballots in an hour: four questions to one person take more than two minutes
_ALIKE = 0.9  # share of ballots with the same answers; so many cannot be chance
_NIGHT = (22, 6)  # hours in Morocco: from, to


@dataclass(frozen=True, slots=True)
class TypedBallot:
    """A ballot that an agent typed: the time of its last change, and its answers as (question, rank, value)."""

    at: datetime
    answers: frozenset[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class OddAgent:
    """An agent who typed suspicious ballots in a consultation, with the signs of fraud.

    `ballots` is the number of ballots that the agent typed there, rounded down to a multiple of 10.
    """

    agent: int
    name: str
    consultation: str
    ballots: int
    signs: Sequence[str]


def signs(ballots: Sequence[TypedBallot]) -> list[str]:
    """Return the signs of fraud in one agent's ballots.

    If there are fewer than ten ballots, the list is empty, because signs could reveal how a person voted.
    """
    if len(ballots) < FEWEST:
        return []
    result = []
    moments = sorted(each.at for each in ballots)
    if any(later - first < _SPAN for first, later in zip(moments, moments[_MANY - 1 :], strict=False)):
        result.append(PACE)
    most = Counter(each.answers for each in ballots).most_common(1)[0][1]
    if most >= _ALIKE * len(ballots):
        result.append(ALIKE)
    if sum(_is_night(each) for each in moments) >= FEWEST:
        result.append(NIGHT)
    return result


async def odd_agents(session: AsyncSession) -> list[OddAgent]:
    """Return the agents with suspicious ballots in open consultations.

    Raises Unavailable if the vault is unreadable.
    """
    names = dict((await session.execute(scoped(select(Agent.id, Agent.name), Agent.province))).all())
    result = []
    for each in await session.scalars(
        select(Consultation).where(Consultation.state == ConsultationState.OPEN).order_by(Consultation.id)
    ):
        for agent, ballots in sorted((await _by_agent(session, each)).items()):
            if agent in names and (odd := signs(ballots)):
                count = agent_typed.at_least(len(ballots))
                result.append(OddAgent(agent, names[agent], each.code, count, odd))
    return result


async def with_other_phones(session: AsyncSession) -> Sequence[Agent]:
    """Return the agents whose code was also sent from phones other than their own."""
    agents = scoped(select(Agent).where(Agent.refused > 0), Agent.province)
    return (await session.scalars(agents.order_by(Agent.id))).all()


async def _by_agent(session: AsyncSession, consultation: Consultation) -> Mapping[int, list[TypedBallot]]:
    typed = (Ballot.consultation_id == consultation.id, Ballot.agent.is_not(None))
    if await session.scalar(select(Ballot.id).where(*typed).limit(1)) is None:
        return {}
    try:
        ballots = await agent_typed.typed_ballots(session, consultation)
    except KeyLost:
        return {}
    answers: dict[int, set[tuple[int, int, str]]] = {}
    rows = await session.execute(
        select(Answer.ballot_id, Answer.question_id, Answer.rank, Answer.value)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(*typed)
    )
    for ballot_id, question_id, rank, value in rows:
        answers.setdefault(ballot_id, set()).add((question_id, rank, value))
    result: dict[int, list[TypedBallot]] = {}
    for each in ballots:
        ballot = TypedBallot(each.at, frozenset(answers.get(each.ballot_id, ())))
        result.setdefault(each.by.agent, []).append(ballot)
    return result


def _is_night(moment: datetime) -> bool:
    start, end = _NIGHT
    hour = moment.astimezone(MOROCCO).hour
    return hour >= start or hour < end
