"""Letters to the staff: written by residents, gone on with, erased with them; `answering.py` is the staff's side."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.desk.models import Letter, LetterLine
from api.errors import Invalid, NotFound
from api.residents.models import Resident
from api.security import rights
from api.security.crypto import Keyring
from api.security.seals import Enciphers

OPEN, ANSWERED, CLOSED = "open", "answered", "closed"
LETTER, ANSWER = "letter", "answer"  # kinds of lines, and what they are enciphered for
LONGEST = 1000  # characters of a letter
FRESH = timedelta(days=14)  # what its author writes so long after an answer is taken to go on from there


def seal(keyring: Enciphers, text: str) -> bytes:
    """A letter's text as it rests, cut to what a letter may have."""
    return keyring.encipher(text[:LONGEST], purpose=LETTER)


def unseal(keyring: Enciphers, sealed: bytes, kind: str = LETTER) -> str:
    """The text of a line. Raises Invalid if its key is gone."""
    return keyring.decipher(sealed, purpose=kind)


async def write(
    session: AsyncSession, resident: Resident, text: str, *, address_id: int, keyring: Keyring, now: datetime
) -> Letter:
    """Keep what a resident wrote, as a letter of its own. Raises Invalid where there is nothing to read."""
    text = _read(text)
    made = Letter(
        resident_id=resident.id,
        address_id=address_id,
        province=resident.province or "",
        language=resident.language or "ar",
        state=OPEN,
        written_at=now,
        waiting_since=now,
    )
    session.add(made)
    await session.flush()
    await add(session, made, LETTER, seal(keyring, text), now=now)
    return made


async def go_on(
    session: AsyncSession,
    number: int,
    resident: Resident,
    text: str,
    *,
    address_id: int,
    keyring: Keyring,
    now: datetime,
) -> Letter:
    """Add to a letter of this resident, which is open again, also if it was closed; its answer goes where this came by.

    Raises NotFound where it is none of theirs, or Invalid where there is nothing to read.
    """
    text = _read(text)
    found = await get(session, number, locked=True)
    if found.resident_id != resident.id:
        raise NotFound(f"there is no letter {number}")
    found.waiting_since = found.waiting_since if found.state == OPEN else now
    found.state, found.address_id, found.closed_at = OPEN, address_id, None
    await add(session, found, LETTER, seal(keyring, text), now=now)
    return found


async def lengthen(session: AsyncSession, line: int, resident: Resident, more: str, *, keyring: Keyring) -> bool | None:
    """Write more behind the newest line of a letter of this resident that waits for its answer; False if it is full.

    None where it is not the newest any more, or was answered or closed: nothing is changed then.
    """
    found = await session.get(LetterLine, line)
    letter = None if found is None else await get(session, found.letter_id, locked=True)
    if found is None or letter is None or letter.resident_id != resident.id or letter.state != OPEN:
        return None
    if await newest_line(session, letter) != line:
        return None
    whole = unseal(keyring, found.sealed) + more
    if len(whole) > LONGEST:
        return False
    found.sealed = seal(keyring, whole)
    await session.flush()
    return True


async def newest_line(session: AsyncSession, letter: Letter) -> int:
    """The number of the newest line of a letter."""
    wanted = select(LetterLine.id).where(LetterLine.letter_id == letter.id)
    return int(await session.scalar(wanted.order_by(LetterLine.id.desc()).limit(1)) or 0)


async def theirs(session: AsyncSession, number: int, *, resident_id: int) -> Letter | None:
    """The letter of this number, where it is this resident's."""
    wanted = select(Letter).where(Letter.id == number, Letter.resident_id == resident_id)
    found: Letter | None = await session.scalar(wanted)
    return found


async def just_answered(session: AsyncSession, resident_id: int, *, now: datetime) -> Letter | None:
    """The letter of theirs that was answered last, if lately: what they write now is likely to be about it."""
    wanted = select(Letter).where(
        Letter.resident_id == resident_id, Letter.state != OPEN, Letter.answered_at > now - FRESH
    )
    found: Letter | None = await session.scalar(wanted.order_by(Letter.answered_at.desc(), Letter.id.desc()).limit(1))
    return found


async def get(session: AsyncSession, number: int, *, locked: bool = False) -> Letter:
    """A letter. Raises NotFound."""
    wanted = select(Letter).where(Letter.id == number).execution_options(populate_existing=locked)
    found: Letter | None = await session.scalar(wanted.with_for_update() if locked else wanted)
    if found is None:
        raise NotFound(f"there is no letter {number}")
    rights.within(found.province)
    return found


async def forget(session: AsyncSession, resident_id: int) -> None:
    """Erase what a person wrote, and what they were answered."""
    mine = select(Letter.id).where(Letter.resident_id == resident_id)
    await session.execute(delete(LetterLine).where(LetterLine.letter_id.in_(mine)))
    await session.execute(delete(Letter).where(Letter.resident_id == resident_id))


def _read(text: str) -> str:
    if not text.strip():
        raise Invalid("an empty letter")
    return text.strip()


async def add(
    session: AsyncSession, to: Letter, kind: str, sealed: bytes, *, now: datetime, who: str | None = None
) -> None:
    """Add a line to a thread."""
    session.add(LetterLine(letter_id=to.id, kind=kind, sealed=sealed, at=now, who=who))
    await session.flush()
