"""The demonstration's letters to the staff, one of them answered, and an agent (an association) with a fixed code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.agents import service as agents
from api.agents.models import Agent
from api.agents.schemas import AgentIn
from api.desk import answering
from api.desk import service as desk
from api.desk.models import Letter
from api.residents import service as residents
from api.security.crypto import Keyring
from sawt.context import catalogs

CODE = "246810"  # the agent's code; public, since it only works in the demonstration
_WHO = actors.DEMO
# Author's number, language, province, letter, answer.
_LETTERS = (
    ("+212600000041", "fr", "01.405", "Quand le bus scolaire passe-t-il au douar ?", "Dès la rentrée, à 7 h 30."),
    ("+212600000042", "ar", "01.151", "أين يمكن الاطلاع على ميزانية الجهة؟", None),
)


async def load(session: AsyncSession, *, keyring: Keyring, now: datetime) -> None:
    """Load the letters if the database has no letters yet, and the agent if it has no agents yet."""
    if await session.scalar(select(Letter.id).limit(1)) is None:
        for number, language, province, text, answer in _LETTERS:
            await _letter(session, number, language, province, text, answer, keyring=keyring, now=now)
    if await session.scalar(select(Agent.id).limit(1)) is None:
        data = AgentIn(name="Association (démonstration)", province="01.151")
        await agents.create(session, data, who=_WHO, keyring=keyring, now=now, code=CODE)


async def _letter(
    session: AsyncSession,
    number: str,
    language: str,
    province: str,
    text: str,
    answer: str | None,
    *,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Write a letter from a rehearsal phone whose owner consented to messages. Answer it if `answer` is given."""
    texts = catalogs()
    author, address = await residents.get_or_create(
        session, keyring=keyring, channel="sms", road="twilio", address=number, now=now
    )
    author.language, author.province = language, province
    wording = texts.voice(language)("consent.ask")
    residents.record_consent(session, author, granted=True, channel="sms", wording=wording, now=now)
    letter = await desk.write(session, author, text, address_id=address.id, keyring=keyring, now=now)
    if answer is not None:
        await answering.answer(session, letter.id, answer, who=_WHO, catalogs=texts, keyring=keyring, now=now)
