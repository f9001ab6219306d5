"""The audit log of staff acts: who did what to what, and when. Rows are never changed and contain no personal data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows


class Act(Base):
    """One staff act.

    `subject` names a row, such as "resident 12", never an address or a text. `about` is the word and the option, if a
    word was assigned or unassigned; both were written by staff.
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
    """Record an act in the transaction that performs it."""
    session.add(Act(at=now, who=who, act=act, subject=subject, about=about))
    await session.flush()


async def listed(session: AsyncSession, page: PageRequest = FIRST_PAGE, *, subject: str | None = None) -> PageRows[Act]:
    """List acts, the newest first; those on one subject if it is named."""
    acts = select(Act)
    return await _ORDER.read(session, acts if subject is None else acts.where(Act.subject == subject), page)
