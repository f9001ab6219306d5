"""Letters to the staff: store, extend and erase what residents write. Staff actions are in `answering.py`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.desk.models import Letter, LetterLine
from api.desk.states import LetterState
from api.errors import Invalid, NotFound
from api.residents.models import Resident
from api.security import rights
from api.security.crypto import Keyring
from api.security.seals import Cipher

OPEN, ANSWERED, CLOSED = LetterState.OPEN, LetterState.ANSWERED, LetterState.CLOSED
LETTER, ANSWER = "letter", "answer"  # kinds of lines, and purposes of their encryption
LONGEST = 1000  # characters of a letter
FRESH = timedelta(days=14)  # a message within this time after an answer is taken as a continuation


def seal(keyring: Cipher, text: str) -> bytes:
    """Encrypt the text of a letter, after cutting it to LONGEST characters."""
    return keyring.encipher(text[:LONGEST], purpose=LETTER)


def unseal(keyring: Cipher, sealed: bytes, kind: str = LETTER) -> str:
    """Decrypt one message of a letter. Raises Invalid if its encryption key was deleted."""
    return keyring.decipher(sealed, purpose=kind)


async def write(
    session: AsyncSession, resident: Resident, text: str, *, address_id: int, keyring: Keyring, now: datetime
) -> Letter:
    """Store a resident's text as a new letter. Raises Invalid if the text is empty."""
    text = _stripped(text)
    letter = Letter(
        resident_id=resident.id,
        address_id=address_id,
        province=resident.province or "",
        language=resident.language or "ar",
        state=OPEN,
        written_at=now,
        waiting_since=now,
    )
    session.add(letter)
    await session.flush()
    await add(session, letter, LETTER, seal(keyring, text), now=now)
    return letter


async def append(
    session: AsyncSession,
    number: int,
    resident: Resident,
    text: str,
    *,
    address_id: int,
    keyring: Keyring,
    now: datetime,
) -> Letter:
    """Add a message to this resident's letter and reopen the letter. The answer will go to `address_id`.

    Raises NotFound if the letter is not this resident's, or Invalid if the text is empty.
    """
    text = _stripped(text)
    letter = await get(session, number, locked=True)
    if letter.resident_id != resident.id:
        raise NotFound(f"there is no letter {number}")
    letter.waiting_since = letter.waiting_since if letter.state == OPEN else now
    letter.state, letter.address_id, letter.closed_at = OPEN, address_id, None
    await add(session, letter, LETTER, seal(keyring, text), now=now)
    return letter


async def extend(
    session: AsyncSession, line_id: int, resident: Resident, more: str, *, keyring: Keyring
) -> bool | None:
    """Append text to a message of the resident's open letter. Return False if the message would become too long.

    Return None, and change nothing, if the letter has a newer message or was answered or closed.
    """
    line = await session.get(LetterLine, line_id)
    letter = None if line is None else await get(session, line.letter_id, locked=True)
    if line is None or letter is None or letter.resident_id != resident.id or letter.state != OPEN:
        return None
    if await newest_line(session, letter) != line_id:
        return None
    text = unseal(keyring, line.sealed) + more
    if len(text) > LONGEST:
        return False
    line.sealed = seal(keyring, text)
    await session.flush()
    return True


async def newest_line(session: AsyncSession, letter: Letter) -> int:
    """Return the id of the newest message in a letter."""
    lines = select(LetterLine.id).where(LetterLine.letter_id == letter.id)
    return int(await session.scalar(lines.order_by(LetterLine.id.desc()).limit(1)) or 0)


async def own(session: AsyncSession, number: int, *, resident_id: int) -> Letter | None:
    """Return the letter with this number if this resident wrote it."""
    letter: Letter | None = await session.scalar(
        select(Letter).where(Letter.id == number, Letter.resident_id == resident_id)
    )
    return letter


async def just_answered(session: AsyncSession, resident_id: int, *, now: datetime) -> Letter | None:
    """Return this resident's last letter if it was answered recently.

    The resident's next message is probably about that letter.
    """
    answered = select(Letter).where(
        Letter.resident_id == resident_id, Letter.state != OPEN, Letter.answered_at > now - FRESH
    )
    newest = answered.order_by(Letter.answered_at.desc(), Letter.id.desc()).limit(1)
    letter: Letter | None = await session.scalar(newest)
    return letter


async def get(session: AsyncSession, number: int, *, locked: bool = False) -> Letter:
    """Return the letter with this number. Raises NotFound."""
    statement = select(Letter).where(Letter.id == number).execution_options(populate_existing=locked)
    letter: Letter | None = await session.scalar(statement.with_for_update() if locked else statement)
    if letter is None:
        raise NotFound(f"there is no letter {number}")
    rights.within(letter.province)
    return letter


async def forget(session: AsyncSession, resident_id: int) -> None:
    """Delete all letters of a resident, with the answers to them."""
    letters = select(Letter.id).where(Letter.resident_id == resident_id)
    await session.execute(delete(LetterLine).where(LetterLine.letter_id.in_(letters)))
    await session.execute(delete(Letter).where(Letter.resident_id == resident_id))


def _stripped(text: str) -> str:
    if not text.strip():
        raise Invalid("the letter is empty")
    return text.strip()


async def add(
    session: AsyncSession, letter: Letter, kind: str, sealed: bytes, *, now: datetime, who: str | None = None
) -> None:
    """Add a message to the thread of a letter."""
    session.add(LetterLine(letter_id=letter.id, kind=kind, sealed=sealed, at=now, who=who))
    await session.flush()
