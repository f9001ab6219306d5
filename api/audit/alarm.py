"""Whether the record verifies, as cheaply as it is asked: for readiness at each probe, for the overview when opened."""

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
    """The first row that does not verify; `since` is when that was found, None for just now."""

    seq: int
    since: datetime | None = None


async def alarm(session: AsyncSession) -> Alarm | None:
    """What the hourly verification of all rows found, or else what is wrong with the rows since the last checkpoint."""
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
    """Verifies new rows as they come, from the first row after the start of the process; keeps what it found."""

    db: Database
    _last: Position = field(default_factory=Position)
    _broken: int | None = None

    async def alarms(self) -> list[str]:
        """The alarm as a sentence that names the row; empty if all rows read so far verify."""
        if self._broken is None:
            try:
                async with self.db.viewing() as session:
                    self._last = await service.verify_new(session, self._last)
            except Broken as broken:
                self._broken = broken.seq
            except (Unavailable, WrongSetup):  # readiness reports it
                return []
        return [] if self._broken is None else [f"row {self._broken} of the record does not verify"]
