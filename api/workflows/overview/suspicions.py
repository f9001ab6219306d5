"""What looks like stuffing: agents whose ballots are odd, and bursts of newcomers; for staff to look at, no more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import anomalies
from api.residents import arrivals
from api.security.crypto import Keyring
from api.workflows.overview.schemas import BurstOut, OddAgent


async def agents(session: AsyncSession) -> list[OddAgent]:
    """Agents whose ballots in open consultations look odd, and those whose code other phones write."""
    found = [
        OddAgent.model_validate(
            {"number": each.agent, "name": each.name, "consultation": each.consultation, "ballots": each.ballots,
             "signs": each.signs}
        )
        for each in await anomalies.odd_agents(session)
    ]  # fmt: skip
    return found + [
        OddAgent(number=each.id, name=each.name, consultation=None, ballots=0, signs=["phones"])
        for each in await anomalies.with_other_phones(session)
    ]


async def bursts(session: AsyncSession, *, keyring: Keyring, now: datetime) -> list[BurstOut]:
    """Ranges of numbers, and channels, of which far more people join than usual."""
    return [
        BurstOut(of=each.of, count=each.count, usual=each.usual, refused=each.refused)
        for each in await arrivals.bursts(session, keyring=keyring, now=now)
    ]
