"""Staff actions on letters: answer them, assign them to another province's desk, or close them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.channel import Choice, Reply
from api.desk.models import Letter
from api.desk.service import ANSWER, ANSWERED, CLOSED, OPEN, add, get
from api.errors import Conflict
from api.i18n import Catalogs
from api.messages import service as messages
from api.outbox.write import notifications
from api.region import lookup
from api.residents.models import Resident
from api.residents.service import JOINING
from api.security.crypto import Keyring


async def answer(
    session: AsyncSession, number: int, text: str, *, who: str, catalogs: Catalogs, keyring: Keyring, now: datetime
) -> Letter:
    """Answer an open letter. The answer goes to the address the letter came from, with a button to write again."""
    letter = await get(session, number, locked=True)
    if letter.state != OPEN:
        raise Conflict(f"letter {number} is {letter.state}: only an open letter can be answered")
    await messages.renew(session, catalogs)
    author = await session.get_one(Resident, letter.resident_id)
    voice = catalogs.voice(author.language, latin=author.latin)
    word = voice("word.desk")
    more = Choice(f"desk:on:{number}", f"{word} {number}", action=True)
    reply = Reply(voice("desk.answer", number=number, text=text), (more,))
    joining = author.state == JOINING  # the author has not agreed to messages yet: they get this answer only
    if not await notifications.notify(
        session, author.id, reply, keyring=keyring, now=now, address_id=letter.address_id, asked=joining
    ):
        raise Conflict(f"the author of letter {number} left and cannot be reached: close the letter")
    letter.state, letter.answered_at, letter.waiting_since, letter.who = ANSWERED, now, None, who
    await _record(session, "answered", letter, who=who, now=now)
    await add(session, letter, ANSWER, keyring.encipher(text, purpose=ANSWER), now=now, who=who)
    return letter


async def assign(session: AsyncSession, number: int, *, province: str, who: str, now: datetime) -> Letter:
    """Assign a letter to a province's desk, or to the Region's own desk (""). Raises NotFound or Invalid."""
    code = lookup.province(province) if province else ""
    letter = await get(session, number, locked=True)
    letter.province, letter.who = code, who
    await _record(session, "assigned", letter, who=who, now=now)
    return letter


async def close(session: AsyncSession, number: int, *, who: str, now: datetime) -> Letter:
    """Close a letter. If its author writes again, the letter opens again.

    Raises NotFound, or Conflict if it is already closed.
    """
    letter = await get(session, number, locked=True)
    if letter.state == CLOSED:
        raise Conflict(f"letter {number} is already closed")
    letter.state, letter.closed_at, letter.waiting_since, letter.who = CLOSED, now, None, who
    await _record(session, "closed", letter, who=who, now=now)
    return letter


async def _record(session: AsyncSession, act: str, letter: Letter, *, who: str, now: datetime) -> None:
    """Record a staff act on a letter, without any of its text."""
    changed = audit.altered(letter, "state", "province")
    await audit.note(session, who=who, act=f"letter {act}", subject=f"letter {letter.id}", now=now, **changed)
