"""The record of staff acts: who did what to whom, when; rows are only ever added, and hold no number and no text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows


class Act(Base):
    """One act of the staff. `subject` names a row, as "resident 12": never an address, nor what was read or written.

    `about` says which word of which option it was about, where one was given or taken back: it is staff's, and shown.
    """

    __tablename__ = "acts"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str] = mapped_column(String(40))
    act: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(40))
    about: Mapped[str | None] = mapped_column(String(120))


_ORDER = Order("acts", Key(Act.id, down=True))


async def note(
    session: AsyncSession, *, who: str, act: str, subject: str, now: datetime, about: str | None = None
) -> None:
    """Write down an act, in the transaction that does it: either both are there or none."""
    session.add(Act(at=now, who=who, act=act, subject=subject, about=about))
    await session.flush()


async def listed(
    session: AsyncSession, asked: PageRequest = FIRST_PAGE, *, subject: str | None = None
) -> PageRows[Act]:
    """What was done, the newest first; to one subject, where it is named."""
    found = select(Act)
    return await _ORDER.read(session, found if subject is None else found.where(Act.subject == subject), asked)
