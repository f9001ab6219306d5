"""What the staff do with letters: answer them, give them to the desk of another province, close them."""

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
    """Answer an open letter: its author is told at the address it came from, with how to go on with it.

    Raises NotFound, or Conflict where it was answered or closed, or its author can be told nothing any more.
    """
    found = await get(session, number, locked=True)
    if found.state != OPEN:
        raise Conflict(f"letter {number} is {found.state}, only an open one can be answered")
    await messages.renew(session, catalogs)
    author = await session.get_one(Resident, found.resident_id)
    voice = catalogs.voice(author.language, latin=author.latin)
    word = voice("word.desk")
    more = Choice(f"desk:on:{number}", f"{word} {number}", action=True)
    said = Reply(voice("desk.answer", number=number, text=text), (more,))
    early = author.state == JOINING  # they wrote before they agreed to anything: only this answer is for them
    if not await notifications.notify(
        session, author.id, said, keyring=keyring, now=now, address_id=found.address_id, asked=early
    ):
        raise Conflict(f"whoever wrote letter {number} left: nobody can be told. Close it")
    found.state, found.answered_at, found.waiting_since, found.who = ANSWERED, now, None, who
    await add(session, found, ANSWER, keyring.encipher(text, purpose=ANSWER), now=now, who=who)
    return found


async def assign(session: AsyncSession, number: int, *, province: str, who: str, now: datetime) -> Letter:
    """Give it to the desk of a province, '' being the Region's own. Raises NotFound, or Invalid."""
    code = lookup.province(province) if province else ""
    found = await get(session, number, locked=True)
    found.province, found.who = code, who
    await audit.note(session, who=who, act="letter assigned", subject=f"letter {number}", now=now)
    return found


async def close(session: AsyncSession, number: int, *, who: str, now: datetime) -> Letter:
    """It needs nothing more, unless its author writes again. Raises NotFound, or Conflict where it is closed."""
    found = await get(session, number, locked=True)
    if found.state == CLOSED:
        raise Conflict(f"letter {number} is closed")
    found.state, found.closed_at, found.waiting_since, found.who = CLOSED, now, None, who
    await audit.note(session, who=who, act="letter closed", subject=f"letter {number}", now=now)
    return found
