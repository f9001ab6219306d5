"""What is odd about the ballots an agent typed in an open consultation: shown to staff, without what was chosen."""

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
from api.consultations.models import Answer, Ballot, Consultation
from api.consultations.service import OPEN
from api.errors import KeyLost
from api.suppression import FEWEST

PACE, ALIKE, NIGHT = "pace", "alike", "night"

_SPAN = timedelta(hours=1)
_MANY = 30  # ballots in an hour: a person with whom four questions are gone through takes longer than two minutes
_ALIKE = 0.9  # of the ballots of one agent: the commonest answers are not shared by so many by chance
_NIGHT = (22, 6)  # hours in Morocco: from, to


@dataclass(frozen=True, slots=True)
class Seen:
    """One ballot that an agent typed: when it was changed last, and what tells its answers from others."""

    at: datetime
    answers: frozenset[tuple[int, int, str]]


@dataclass(frozen=True, slots=True)
class Odd:
    """An agent whose ballots look odd; of how many is said in full steps of ten."""

    agent: int
    name: str
    consultation: str
    ballots: int
    signs: Sequence[str]


def signs(ballots: Sequence[Seen]) -> list[str]:
    """What is odd about one agent's ballots; of fewer than ten nothing is said: they would tell of single persons."""
    if len(ballots) < FEWEST:
        return []
    found = []
    moments = sorted(each.at for each in ballots)
    if any(later - first < _SPAN for first, later in zip(moments, moments[_MANY - 1 :], strict=False)):
        found.append(PACE)
    most = Counter(each.answers for each in ballots).most_common(1)[0][1]
    if most >= _ALIKE * len(ballots):
        found.append(ALIKE)
    if sum(_is_night(each) for each in moments) >= FEWEST:
        found.append(NIGHT)
    return found


async def odd(session: AsyncSession) -> list[Odd]:
    """The agents whose ballots in open consultations look odd. Raises Unavailable if the vault cannot be read."""
    rows = await session.execute(select(Agent.id, Agent.name))
    names = dict(iter(rows))
    found = []
    for each in await session.scalars(select(Consultation).where(Consultation.state == OPEN).order_by(Consultation.id)):
        for agent, ballots in sorted((await _by_agent(session, each)).items()):
            if seen := signs(ballots):
                found.append(Odd(agent, names.get(agent, ""), each.code, agent_typed.at_least(len(ballots)), seen))
    return found


async def refused(session: AsyncSession) -> Sequence[Agent]:
    """The agents whose code other phones wrote too."""
    return (await session.scalars(select(Agent).where(Agent.refused > 0).order_by(Agent.id))).all()


async def _by_agent(session: AsyncSession, consultation: Consultation) -> Mapping[int, list[Seen]]:
    mine = Ballot.consultation_id == consultation.id
    if await session.scalar(select(Ballot.id).where(mine, Ballot.agent.is_not(None)).limit(1)) is None:
        return {}
    try:
        by = await agent_typed.of(session, consultation)
    except KeyLost:
        return {}
    answers: dict[int, set[tuple[int, int, str]]] = {}
    rows = await session.execute(
        select(Answer.ballot_id, Answer.question_id, Answer.rank, Answer.value)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(mine, Ballot.agent.is_not(None))
    )
    for ballot_id, question_id, rank, value in rows:
        answers.setdefault(ballot_id, set()).add((question_id, rank, value))
    found: dict[int, list[Seen]] = {}
    for each in by:
        found.setdefault(each.by.agent, []).append(Seen(each.at, frozenset(answers.get(each.ballot_id, ()))))
    return found


def _is_night(moment: datetime) -> bool:
    start, end = _NIGHT
    hour = moment.astimezone(MOROCCO).hour
    return hour >= start or hour < end
