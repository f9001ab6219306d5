"""Merge two residents who are one person: all rows of one then refer to the other. A merge can be undone for a day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import AlreadyDone, Conflict, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.residents import references
from api.residents.locks import lock
from api.residents.models import Consent, Merge, Resident
from api.residents.service import ACTIVE, CONSULTATIONS, DECLINED, ERASED, JOINING, MERGED, STOPPED
from api.security.crypto import Keyring

UNDO = timedelta(days=1)
_ORDER = Order("merges", Key(Merge.id, down=True))

_PURPOSE = "merge"
_NARROWER = (STOPPED, DECLINED, ACTIVE, JOINING)  # narrower consent first; JOINING is not a refusal
_FILLED = ("language", "province", "commune")  # taken from the other resident if empty
_RESTORED = ("state", "language", "latin", "province", "commune", "source")
EMPTY_PROFILE: dict[str, Any] = {"language": None, "latin": False, "province": None, "commune": None, "source": None}


@dataclass(frozen=True, slots=True)
class MergePair:
    """The ids of two residents to merge (`kept` stays, `gone` goes), and what is needed to handle their rows."""

    kept: int
    gone: int
    keyring: Keyring
    now: datetime


class MergeParticipant(Protocol):
    """The part of merging two residents that is specific to one domain, such as letters or meetings.

    `references.py` moves the rows that refer to a resident. `join` runs before that and returns, as JSON, what `part`
    will need. `part` runs before the rows are moved back. Participants run in the order of their locks: see
    docs/architecture.md.
    """

    name: str

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Combine what the two residents have in this domain; return what is needed to undo it."""
        ...

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """Undo `join`; `noted` is the value that `join` returned."""
        ...


async def merge(
    session: AsyncSession,
    *,
    one: Resident,
    other: Resident,
    participants: Sequence[MergeParticipant],
    how: str,
    channel: str,
    keyring: Keyring,
    now: datetime,
) -> Resident:
    """Merge two residents; return the one that stays.

    The result has the language of `one`, who is using the service now. If either has stopped messages, both have.
    Raises Conflict if the two are the same, or if either is already merged or erased.
    """
    if one.id == other.id:
        raise Conflict("these two residents cannot be merged: they are the same, or one was merged or erased")
    await lock(session, one.id, other.id)
    if {one.state, other.state} & {MERGED, ERASED}:
        raise Conflict("these two residents cannot be merged: they are the same, or one was merged or erased")
    # a resident who has joined stays rather than one who is still joining; otherwise the older one stays
    kept, gone = sorted((one, other), key=lambda each: (each.state == JOINING, each.id))
    before = {"kept": _values(kept), "gone": _values(gone)}
    pair = MergePair(kept.id, gone.id, keyring, now)
    noted = {each.name: await each.join(session, pair) for each in participants}
    moved = await references.hand_over(session, source=gone.id, target=kept.id)
    kept.language = one.language or kept.language
    _settle(session, kept, gone, channel=channel, how=how, now=now)
    before |= {"merged": _values(kept)}
    sealed = keyring.encipher(json.dumps({"before": before, "noted": noted, "moved": moved}), purpose=_PURPOSE)
    session.add(Merge(kept_id=kept.id, gone_id=gone.id, how=how, channel=channel, merged_at=now, sealed=sealed))
    await session.flush()
    return kept


async def unmerge(
    session: AsyncSession,
    merge_id: int,
    *,
    participants: Sequence[MergeParticipant],
    who: str,
    keyring: Keyring,
    now: datetime,
) -> Merge:
    """Undo a merge within a day.

    Raises NotFound, AlreadyDone if it was already undone, or Conflict if it is too late.
    """
    row = await _locked(session, merge_id)
    if row.undone_at is not None:
        raise AlreadyDone(f"merge {merge_id} has already been undone")
    kept, gone = await session.get(Resident, row.kept_id), await session.get(Resident, row.gone_id)
    if row.sealed is None or row.merged_at + UNDO <= now or kept is None or gone is None:
        raise Conflict(f"merge {merge_id} can no longer be undone")
    newer = await _newer(session, row)
    if newer is not None:
        raise Conflict(f"undo merge {newer} first, because it is a newer merge of the same residents")
    saved = json.loads(keyring.decipher(row.sealed, purpose=_PURPOSE))
    for each in participants:
        await each.part(session, MergePair(kept.id, gone.id, keyring, now), saved["noted"].get(each.name))
    await references.hand_back(session, source=kept.id, target=gone.id, moved=saved["moved"])
    _restore(kept, gone, saved["before"])
    row.sealed, row.undone_at, row.undone_by = None, now, who
    await session.flush()
    return row


async def forget(session: AsyncSession, *, now: datetime) -> int:
    """Delete what is needed to undo merges older than a day, and the profiles of merged residents.

    Returns how many merges were handled. Residents locked by another transaction are left to the next run.
    """
    old = (Merge.sealed.is_not(None), Merge.merged_at <= now - UNDO)
    gone = select(Resident.id).where(Resident.id.in_(select(Merge.gone_id).where(*old))).order_by(Resident.id)
    free = (await session.scalars(gone.with_for_update(key_share=True, skip_locked=True))).all()
    await session.execute(
        update(Resident).where(Resident.id.in_(free), Resident.state == MERGED).values(**EMPTY_PROFILE)
    )
    statement = update(Merge).where(*old, Merge.gone_id.in_(free)).values(sealed=None)
    done: CursorResult[Any] = await session.execute(statement)  # type: ignore[assignment]
    return done.rowcount


def can_be_undone(merge: Merge, *, now: datetime) -> bool:
    """Return whether a merge can still be undone."""
    return merge.undone_at is None and merge.sealed is not None and now < merge.merged_at + UNDO


async def merged_ids(session: AsyncSession, *resident_ids: int) -> Sequence[int]:
    """Return the ids of the residents that were merged into these, directly or through others."""
    gone = select(Merge.gone_id).where(Merge.kept_id.in_(resident_ids), Merge.undone_at.is_(None))
    every = gone.cte("shells", recursive=True)
    before = select(Merge.gone_id).join(every, Merge.kept_id == every.c.gone_id).where(Merge.undone_at.is_(None))
    return (await session.scalars(select(every.union(before).c.gone_id))).all()


async def _locked(session: AsyncSession, merge_id: int) -> Merge:
    """Lock both residents of a merge, then the merge itself. Raises NotFound."""
    both = (await session.execute(select(Merge.kept_id, Merge.gone_id).where(Merge.id == merge_id))).first()
    if both is None:
        raise NotFound(f"there is no merge {merge_id}")
    # in the same order as erasing a resident
    await lock(session, *both)
    return await session.get_one(Merge, merge_id, with_for_update=True, populate_existing=True)


async def _newer(session: AsyncSession, merge: Merge) -> int | None:
    """Return the id of the newest later merge of these residents that still holds; None if there is none."""
    both = (merge.kept_id, merge.gone_id)
    newer: int | None = await session.scalar(
        select(Merge.id)
        .where(Merge.id > merge.id, Merge.undone_at.is_(None), or_(Merge.kept_id.in_(both), Merge.gone_id.in_(both)))
        .order_by(Merge.id.desc())
        .limit(1)
    )
    return newer


async def log(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Merge]:
    """List merges, the newest first."""
    return await _ORDER.read(session, select(Merge), asked)


def _settle(session: AsyncSession, kept: Resident, gone: Resident, *, channel: str, how: str, now: datetime) -> None:
    state = min((kept.state, gone.state), key=_NARROWER.index)
    kept.latin = kept.latin or gone.latin  # one of the two phones may not show Tifinagh
    for name in _FILLED:
        setattr(kept, name, getattr(kept, name) or getattr(gone, name))
    if state != kept.state:
        session.add(
            Consent(
                resident_id=kept.id, purpose=CONSULTATIONS, granted=state == ACTIVE, channel=channel,
                language=kept.language, wording=f"merged by {how}", given_at=now,
            )
        )  # fmt: skip
    kept.state, gone.state = state, MERGED


def _restore(kept: Resident, gone: Resident, before: dict[str, Any]) -> None:
    """Restore both residents to their state before the merge."""
    current, merged = _values(kept), before["merged"]
    for name in _RESTORED:
        # a value changed after the merge stays
        if current[name] == merged[name]:
            setattr(kept, name, before["kept"][name])
        setattr(gone, name, before["gone"][name])
    # a STOP sent after the merge applies to both
    if current["state"] != merged["state"]:
        gone.state = min((current["state"], before["gone"]["state"]), key=_NARROWER.index)


def _values(resident: Resident) -> dict[str, Any]:
    return {name: getattr(resident, name) for name in _RESTORED}
