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
    """The first damaged row of the record, and when an earlier check found it."""

    seq: int
    since: datetime | None = None  # None if it was found just now


async def alarm(session: AsyncSession) -> Alarm | None:
    """Return an alarm if the record is damaged, else None. Only the newest rows are checked now."""
    if (found := await service.marked(session)) is not None:
        return Alarm(*found)  # by the hourly check of the whole record
    newest = select(Checkpoint.seq, Checkpoint.head).order_by(Checkpoint.seq.desc()).limit(1)
    row = (await session.execute(newest)).first()
    try:
        await service.verify_new(session, Position() if row is None else Position(*row))
    except Broken as broken:
        return Alarm(broken.seq)
    return None


@dataclass(slots=True)
class RecordWatch:
    """Checks the record for damage. Each check reads only new rows, and damage that was found is remembered."""

    db: Database
    _last: Position = field(default_factory=Position)
    _broken: int | None = None

    async def alarms(self) -> list[str]:
        """Return a sentence that names the damaged row. If there is no damage, return an empty list."""
        if self._broken is None:
            try:
                async with self.db.viewing() as session:
                    self._last = await service.verify_new(session, self._last)
            except Broken as broken:
                self._broken = broken.seq
            except (Unavailable, WrongSetup):  # the readiness check reports this
                return []
        return [] if self._broken is None else [f"row {self._broken} of the record does not verify"]
