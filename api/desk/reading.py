"""Letters as staff read them: lists, threads, and the number of waiting letters for each province's desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.desk.models import Letter, LetterLine
from api.desk.schemas import DeskOut, LetterOut, LineOut
from api.desk.service import ANSWER, ANSWERED, CLOSED, LETTER, OPEN, get, unseal
from api.errors import Invalid
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows, cut
from api.security.crypto import Keyring
from api.security.row_scope import scoped

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# A letter that does not wait is sorted by when it was written.
_ORDER = Order(
    "letters",
    Key(case((Letter.waiting_since.is_(None), 1), else_=0)),
    Key(func.coalesce(Letter.waiting_since, Letter.written_at), datetime),
    Key(Letter.id),
)


async def listed(
    session: AsyncSession, *, state: str | None = None, province: str | None = None, asked: PageRequest = FIRST_PAGE
) -> PageRows[Letter]:
    """List letters: first those that wait for an answer, the longest wait first, then the others.

    With `state`, only letters in that state are listed; with `province`, only letters to that province's desk.
    """
    statement = scoped(select(Letter), Letter.province)
    if state is not None:
        statement = statement.where(Letter.state == state)
    if province is not None:
        statement = statement.where(Letter.province == province)
    return await _ORDER.read(session, statement, asked)


async def one(session: AsyncSession, number: int, *, keyring: Keyring) -> LetterOut:
    """Return a letter with all messages of its thread. Raises NotFound."""
    return (await with_lines(session, [await get(session, number)], keyring=keyring))[0]


async def with_lines(session: AsyncSession, letters: Sequence[Letter], *, keyring: Keyring) -> list[LetterOut]:
    """Return these letters with all messages of their threads, read with one statement."""
    statement = select(LetterLine).where(LetterLine.letter_id.in_([each.id for each in letters]))
    lines: dict[int, list[LineOut]] = {each.id: [] for each in letters}
    for each in await session.scalars(statement.order_by(LetterLine.id)):
        text = _text(keyring, each)
        lines[each.letter_id].append(LineOut(kind=each.kind, text=text, at=each.at, who=each.who))
    return [_out(each, lines[each.id]) for each in letters]


async def desks(session: AsyncSession, *, now: datetime, asked: PageRequest = FIRST_PAGE) -> PageRows[DeskOut]:
    """Return one page of the desks, each with its number of letters in each state."""
    return cut("desks", await overview(session, now=now), asked, key=_since, kinds=(int, datetime, str))


async def overview(session: AsyncSession, *, now: datetime) -> list[DeskOut]:
    """Count each desk's letters by state, and find its oldest waiting letter. The desk with the oldest one is first."""
    waiting, answered, closed = (func.count().filter(Letter.state == state) for state in (OPEN, ANSWERED, CLOSED))
    wanted = select(Letter.province, waiting, answered, closed, func.min(Letter.waiting_since))
    rows = await session.execute(scoped(wanted, Letter.province).group_by(Letter.province))
    desks = [
        DeskOut(
            province=province, open=open_, answered=answers, closed=done, oldest=oldest,
            days=(now - oldest).days if oldest is not None else 0,
        )
        for province, open_, answers, done, oldest in rows
    ]  # fmt: skip
    return sorted(desks, key=_since)


def _since(desk: DeskOut) -> tuple[int, datetime, str]:
    """Return a sort key that puts the desk with the longest wait first."""
    return int(desk.oldest is None), desk.oldest or _NEVER, desk.province


def _text(keyring: Keyring, line: LetterLine) -> str:
    try:
        return unseal(keyring, line.sealed, line.kind)
    except Invalid:  # its key is gone: the letter is shown without this line's text
        return ""


def _out(letter: Letter, lines: list[LineOut]) -> LetterOut:
    """Return a letter as staff read it: its newest text, its newest answer, and the whole thread."""
    newest = {each.kind: each.text for each in lines}
    return LetterOut(
        number=letter.id,
        resident=letter.resident_id,
        text=newest.get(LETTER, ""),
        answer=newest.get(ANSWER),
        lines=lines,
        **{name: getattr(letter, name) for name in _PLAIN},
    )


_PLAIN = (
    "province", "language", "state", "written_at", "waiting_since", "answered_at", "closed_at", "who",
)  # fmt: skip
