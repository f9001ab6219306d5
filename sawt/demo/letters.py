"""The demonstration's letters to the staff, one of them answered, and an agent of an association with a known code."""

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

CODE = "246810"  # of the agent: everybody may know it, it opens nothing but the demonstration
_WHO = actors.DEMO
# Who wrote, in which language, from which province, what, and what was answered.
_LETTERS = (
    ("+212600000041", "fr", "01.405", "Quand le bus scolaire passe-t-il au douar ?", "Dès la rentrée, à 7 h 30."),
    ("+212600000042", "ar", "01.151", "أين يمكن الاطلاع على ميزانية الجهة؟", None),
)


async def load(session: AsyncSession, *, keyring: Keyring, now: datetime) -> None:
    """Load them once."""
    if await session.scalar(select(Letter.id).limit(1)) is None:
        for number, language, province, text, answer in _LETTERS:
            await _letter(session, number, language, province, text, answer, keyring=keyring, now=now)
    if await session.scalar(select(Agent.id).limit(1)) is None:
        given = AgentIn(name="Association (démonstration)", province="01.151")
        await agents.create(session, given, who=_WHO, keyring=keyring, now=now, code=CODE)


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
    """Of somebody with a phone of the rehearsal's who has agreed to be written to."""
    known = catalogs()
    author, address = await residents.get_or_create(
        session, keyring=keyring, channel="sms", road="twilio", address=number, now=now
    )
    author.language, author.province = language, province
    wording = known.voice(language)("consent.ask")
    residents.record_consent(session, author, granted=True, channel="sms", wording=wording, now=now)
    made = await desk.write(session, author, text, address_id=address.id, keyring=keyring, now=now)
    if answer is not None:
        await answering.answer(session, made.id, answer, who=_WHO, catalogs=known, keyring=keyring, now=now)
