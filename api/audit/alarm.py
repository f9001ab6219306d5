"""Find out cheaply whether the record is intact: for the readiness check, and for the staff overview."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit import service
from api.audit.models import Checkpoint
from api.audit.service import Broken, Position
from api.db import Database
from api.errors import Unavailable, WrongSetup


@dataclass(frozen=True, slots=True)
class Alarm:
    """The first damaged row of the record. `since` is when an earlier check found it; None if it was found just now."""

    seq: int
    since: datetime | None = None


async def alarm(session: AsyncSession) -> Alarm | None:
    """Return an alarm if the record is damaged, else None.

    If the hourly check of the whole record found a damaged row, the alarm is about that row. Otherwise the rows written
    since the last checkpoint are checked now.
    """
    if (found := await service.marked(session)) is not None:
        return Alarm(*found)
    newest = select(Checkpoint.seq, Checkpoint.head).order_by(Checkpoint.seq.desc()).limit(1)
    row = (await session.execute(newest)).first()
    try:
        await service.verify_new(session, Position() if row is None else Position(*row))
    except Broken as broken:
        return Alarm(broken.seq)
    return None


@dataclass(slots=True)
class RecordWatch:
    """Checks the record for damage, reading only the rows added since its last check. It remembers a damaged row."""

    db: Database
    _last: Position = field(default_factory=Position)
    _broken: int | None = None

    async def alarms(self) -> list[str]:
        """Return a list with one sentence that names the damaged row; the list is empty if no damage was found."""
        if self._broken is None:
            try:
                async with self.db.viewing() as session:
                    self._last = await service.verify_new(session, self._last)
            except Broken as broken:
                self._broken = broken.seq
            except (Unavailable, WrongSetup):  # the readiness check reports this
                return []
        return [] if self._broken is None else [f"row {self._broken} of the record does not verify"]
