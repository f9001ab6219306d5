"""Write acts to the record at the end of the transaction that performs them, so that the record is locked only briefly.

Acts wait in the session. Just before the commit, the transaction locks the row with the record's end and writes all
acts. This is its last lock, so other transactions wait for one commit only, and nothing deadlocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from api.audit import chain
from api.audit.models import ONLY, Act, RecordHead

VIA = "via"  # in a session's info: the interface that its transactions come from
_ACTS = "acts"


@dataclass(frozen=True, slots=True)
class Entry:
    """An act that will be written before the commit, and the savepoint within which it happened."""

    fields: dict[str, Any]
    savepoint: SessionTransaction | None


def add(session: AsyncSession, *, at: datetime, **fields: Any) -> None:
    """Remember an act. It is written to the record just before the commit."""
    entries = session.info.setdefault(_ACTS, [])
    entries.append(Entry({"at": at, **fields}, session.sync_session.get_nested_transaction()))


async def write(session: AsyncSession) -> None:
    """Write the remembered acts now, so that this transaction can read them."""
    await session.run_sync(_append)


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        _append(session)


@event.listens_for(Session, "after_soft_rollback")
def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    """Forget acts that were rolled back."""
    if entries := session.info.get(_ACTS):  # if only a savepoint ended, acts outside it stay
        session.info[_ACTS] = [each for each in entries if ended.nested and each.savepoint is not ended]


def _append(session: Session) -> None:
    entries = session.info.pop(_ACTS, None)
    if not entries:
        return
    only = RecordHead.id == ONLY
    end, last = session.execute(select(RecordHead.seq, RecordHead.hash).where(only).with_for_update()).one()
    rows = []
    for seq, entry in enumerate(entries, end + 1):
        act = {"seq": seq, **entry.fields}
        last = chain.row_hash({**act, "at": chain.instant(act["at"]), "prev": last})
        rows.append({**act, "hash": last})
    session.execute(insert(Act), rows)
    session.execute(
        update(RecordHead).where(only).values(seq=rows[-1]["seq"], hash=last),
        execution_options={"synchronize_session": False},
    )
