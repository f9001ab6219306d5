"""Signs of ballot stuffing for staff to check: suspicious agents and bursts of newcomers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import anomalies
from api.residents import arrivals
from api.security.crypto import Keyring
from api.workflows.overview.schemas import BurstOut, OddAgent


async def agents(session: AsyncSession) -> list[OddAgent]:
    """Return agents with suspicious ballots in open consultations, and agents whose code was sent from other phones."""
    odd = [
        OddAgent.model_validate(
            {"number": each.agent, "name": each.name, "consultation": each.consultation, "ballots": each.ballots,
             "signs": each.signs}
        )
        for each in await anomalies.odd_agents(session)
    ]  # fmt: skip
    return odd + [
        OddAgent(number=each.id, name=each.name, consultation=None, ballots=0, signs=["phones"])
        for each in await anomalies.with_other_phones(session)
    ]


async def bursts(session: AsyncSession, *, keyring: Keyring, now: datetime) -> list[BurstOut]:
    """Return the number ranges and channels from which far more people join than usual."""
    return [
        BurstOut(of=each.of, count=each.count, usual=each.usual, refused=each.refused)
        for each in await arrivals.bursts(session, keyring=keyring, now=now)
    ]
