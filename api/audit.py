"""The record of staff acts: who did what to whom, when; rows are only ever added, and hold no number and no text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


class Act(Base):
    """One act of the staff. `subject` names a row, as "resident 12": never an address, nor what was read or written."""

    __tablename__ = "acts"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str] = mapped_column(String(40))
    act: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(40))


async def note(session: AsyncSession, *, who: str, act: str, subject: str, now: datetime) -> None:
    """Write down an act, in the transaction that does it: either both are there or none."""
    session.add(Act(at=now, who=who, act=act, subject=subject))
    await session.flush()


async def listed(session: AsyncSession, *, subject: str | None = None, limit: int = 100) -> Sequence[Act]:
    """What was done, the newest first; to one subject, where it is named."""
    found = select(Act).order_by(Act.id.desc()).limit(limit)
    return (await session.scalars(found if subject is None else found.where(Act.subject == subject))).all()
