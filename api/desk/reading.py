"""Letters as the staff read them: listed, each with its lines, and how many wait at which desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.desk.models import Letter, LetterLine
from api.desk.schemas import DeskOut, LetterOut, LineOut
from api.desk.service import ANSWER, ANSWERED, CLOSED, LETTER, OPEN, get, unseal
from api.errors import Invalid
from api.pagination import FIRST_PAGE, Asked, Found, Key, Order, cut
from api.security.crypto import Keyring
from api.security.row_scope import scoped

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# A letter that waits no more has its place by when it was written.
_ORDER = Order(
    "letters",
    Key(case((Letter.waiting_since.is_(None), 1), else_=0)),
    Key(func.coalesce(Letter.waiting_since, Letter.written_at), datetime),
    Key(Letter.id),
)


async def listed(
    session: AsyncSession, *, state: str | None = None, province: str | None = None, asked: Asked = FIRST_PAGE
) -> Found[Letter]:
    """Letters, those that wait longest first, then those that wait no more; of one state or desk, where it is named."""
    found = scoped(select(Letter), Letter.province)
    if state is not None:
        found = found.where(Letter.state == state)
    if province is not None:
        found = found.where(Letter.province == province)
    return await _ORDER.read(session, found, asked)


async def one(session: AsyncSession, number: int, *, keyring: Keyring) -> LetterOut:
    """A letter with its lines. Raises NotFound."""
    return (await whole(session, [await get(session, number)], keyring=keyring))[0]


async def whole(session: AsyncSession, letters: Sequence[Letter], *, keyring: Keyring) -> list[LetterOut]:
    """Letters with their lines, read in one statement."""
    wanted = select(LetterLine).where(LetterLine.letter_id.in_([each.id for each in letters]))
    lines: dict[int, list[LineOut]] = {each.id: [] for each in letters}
    for each in await session.scalars(wanted.order_by(LetterLine.id)):
        text = _text(keyring, each)
        lines[each.letter_id].append(LineOut(kind=each.kind, text=text, at=each.at, who=each.who))
    return [_out(each, lines[each.id]) for each in letters]


async def desks(session: AsyncSession, *, now: datetime, asked: Asked = FIRST_PAGE) -> Found[DeskOut]:
    """The same, a page at a time."""
    found = await overview(session, now=now)
    return cut("desks", found, asked, key=_since, kinds=(int, datetime, str))


async def overview(session: AsyncSession, *, now: datetime) -> list[DeskOut]:
    """Each desk's letters by state, and how long the oldest has waited; whose waits longest comes first."""
    waiting, answered, closed = (func.count().filter(Letter.state == state) for state in (OPEN, ANSWERED, CLOSED))
    wanted = select(Letter.province, waiting, answered, closed, func.min(Letter.waiting_since))
    rows = await session.execute(scoped(wanted, Letter.province).group_by(Letter.province))
    found = [
        DeskOut(
            province=province, open=here, answered=told, closed=done, oldest=oldest,
            days=(now - oldest).days if oldest is not None else 0,
        )
        for province, here, told, done, oldest in rows
    ]  # fmt: skip
    return sorted(found, key=_since)


def _since(desk: DeskOut) -> tuple[int, datetime, str]:
    """The order of desks: whose oldest letter waits longest comes first, who has none that waits last."""
    return int(desk.oldest is None), desk.oldest or _NEVER, desk.province


def _text(keyring: Keyring, line: LetterLine) -> str:
    try:
        return unseal(keyring, line.sealed, line.kind)
    except Invalid:  # its key is gone: the other letters are still read, and this one is still closed
        return ""


def _out(found: Letter, lines: list[LineOut]) -> LetterOut:
    """A letter with its newest words and answer, and the whole of its thread."""
    newest = {each.kind: each.text for each in lines}
    return LetterOut(
        number=found.id,
        resident=found.resident_id,
        text=newest.get(LETTER, ""),
        answer=newest.get(ANSWER),
        lines=lines,
        **{name: getattr(found, name) for name in _PLAIN},
    )


_PLAIN = (
    "province", "language", "state", "written_at", "waiting_since", "answered_at", "closed_at", "who",
)  # fmt: skip
