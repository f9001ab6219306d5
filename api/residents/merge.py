"""Two residents who are one person: all that names the one names the other from then on, until parted within a day."""

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
_NARROWER = (STOPPED, DECLINED, ACTIVE, JOINING)  # who has not agreed yet has refused nothing either
_FILLED = ("language", "province", "commune")
_RESTORED = ("state", "language", "latin", "province", "commune", "source")


@dataclass(frozen=True, slots=True)
class Two:
    """Two residents, by number: the one who stays and the one who goes; and what dealing with them takes."""

    kept: int
    gone: int
    keyring: Keyring
    now: datetime


class Share(Protocol):
    """What a domain does when two residents become one, beside its rows' changing hands: see `references.py`.

    `join` comes before the rows change hands and returns, as JSON, what `part` needs. `part` comes before they change
    back. Shares come in the order in which what they lock is locked everywhere: see docs/architecture.md.
    """

    name: str

    async def join(self, session: AsyncSession, two: Two) -> Any:
        """Make the two one."""
        ...

    async def part(self, session: AsyncSession, two: Two, noted: Any) -> None:
        """Make them two again."""
        ...


async def merge(
    session: AsyncSession,
    *,
    one: Resident,
    other: Resident,
    shares: Sequence[Share],
    how: str,
    channel: str,
    keyring: Keyring,
    now: datetime,
) -> Resident:
    """Make two residents one; returns the one that stays: who joined, or else who came first.

    They are spoken to in the language of `one`, who links now: it is what the screen in their hand speaks.
    The narrower consent wins: whoever stopped on one channel has stopped. Raises Conflict where they are one already,
    or one of them is no person any more.
    """
    if one.id == other.id:
        raise Conflict("these are not two people")
    await lock(session, one.id, other.id)
    if {one.state, other.state} & {MERGED, ERASED}:
        raise Conflict("these are not two people")
    kept, gone = sorted((one, other), key=lambda each: (each.state == JOINING, each.id))
    before = {"kept": _values(kept), "gone": _values(gone)}
    two = Two(kept.id, gone.id, keyring, now)
    noted = {each.name: await each.join(session, two) for each in shares}
    moved = await references.hand_over(session, source=gone.id, target=kept.id)
    kept.language = one.language or kept.language
    _settle(session, kept, gone, channel=channel, how=how, now=now)
    before |= {"merged": _values(kept)}
    sealed = keyring.encipher(json.dumps({"before": before, "noted": noted, "moved": moved}), purpose=_PURPOSE)
    session.add(Merge(kept_id=kept.id, gone_id=gone.id, how=how, channel=channel, merged_at=now, sealed=sealed))
    await session.flush()
    return kept


async def unmerge(
    session: AsyncSession, merge_id: int, *, shares: Sequence[Share], who: str, keyring: Keyring, now: datetime
) -> Merge:
    """Part two residents again, within a day. Raises NotFound, AlreadyDone, or Conflict where it is too late."""
    found = await _locked(session, merge_id)
    if found.undone_at is not None:
        raise AlreadyDone(f"merge {merge_id} was undone before")
    kept, gone = await session.get(Resident, found.kept_id), await session.get(Resident, found.gone_id)
    if found.sealed is None or found.merged_at + UNDO <= now or kept is None or gone is None:
        raise Conflict(f"merge {merge_id} cannot be undone any more")
    after = await _newer(session, found)
    if after is not None:
        raise Conflict(f"undo merge {after} first: it is of the same people, and newer")
    given = json.loads(keyring.decipher(found.sealed, purpose=_PURPOSE))
    for each in shares:
        await each.part(session, Two(kept.id, gone.id, keyring, now), given["noted"].get(each.name))
    await references.hand_back(session, source=kept.id, target=gone.id, moved=given["moved"])
    _restore(kept, gone, given["before"])
    found.sealed, found.undone_at, found.undone_by = None, now, who
    await session.flush()
    return found


async def forget(session: AsyncSession, *, now: datetime) -> int:
    """Destroy what undoing needs where its day is over, and what a merged row still says; returns how many.

    What somebody else has in hand is passed over until the next time.
    """
    old = (Merge.sealed.is_not(None), Merge.merged_at <= now - UNDO)
    gone = select(Resident.id).where(Resident.id.in_(select(Merge.gone_id).where(*old))).order_by(Resident.id)
    free = (await session.scalars(gone.with_for_update(key_share=True, skip_locked=True))).all()
    await session.execute(update(Resident).where(Resident.id.in_(free), Resident.state == MERGED).values(**NOTHING))
    theirs = update(Merge).where(*old, Merge.gone_id.in_(free)).values(sealed=None)
    done: CursorResult[Any] = await session.execute(theirs)  # type: ignore[assignment]
    return done.rowcount


def can_be_undone(merge: Merge, *, now: datetime) -> bool:
    """Whether what undoing needs is still there, and its day not over."""
    return merge.undone_at is None and merge.sealed is not None and now < merge.merged_at + UNDO


async def shells(session: AsyncSession, *resident_ids: int) -> Sequence[int]:
    """The numbers of those who became one with these residents, or with one of those before: no people any more."""
    gone = select(Merge.gone_id).where(Merge.kept_id.in_(resident_ids), Merge.undone_at.is_(None))
    every = gone.cte("shells", recursive=True)
    before = select(Merge.gone_id).join(every, Merge.kept_id == every.c.gone_id).where(Merge.undone_at.is_(None))
    return (await session.scalars(select(every.union(before).c.gone_id))).all()


async def _locked(session: AsyncSession, merge_id: int) -> Merge:
    """A merge, locked after the two it is of, as whoever erases one of them locks it too. Raises NotFound."""
    both = (await session.execute(select(Merge.kept_id, Merge.gone_id).where(Merge.id == merge_id))).first()
    if both is None:
        raise NotFound(f"there is no merge {merge_id}")
    await lock(session, *both)
    return await session.get_one(Merge, merge_id, with_for_update=True, populate_existing=True)


async def _newer(session: AsyncSession, merge: Merge) -> int | None:
    both = (merge.kept_id, merge.gone_id)
    found: int | None = await session.scalar(
        select(Merge.id)
        .where(Merge.id > merge.id, Merge.undone_at.is_(None), or_(Merge.kept_id.in_(both), Merge.gone_id.in_(both)))
        .order_by(Merge.id.desc())
        .limit(1)
    )
    return found


NOTHING: dict[str, Any] = {"language": None, "latin": False, "province": None, "commune": None, "source": None}


async def log(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Merge]:
    """What was merged, the newest first."""
    return await _ORDER.read(session, select(Merge), asked)


def _settle(session: AsyncSession, kept: Resident, gone: Resident, *, channel: str, how: str, now: datetime) -> None:
    state = min((kept.state, gone.state), key=_NARROWER.index)
    kept.latin = kept.latin or gone.latin  # one of the two screens may have no Tifinagh
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
    """Both as they were; what was chosen since stays, and who stopped since has stopped as both."""
    now_is, merged = _values(kept), before["merged"]
    for name in _RESTORED:
        if now_is[name] == merged[name]:
            setattr(kept, name, before["kept"][name])
        setattr(gone, name, before["gone"][name])
    if now_is["state"] != merged["state"]:
        gone.state = min((now_is["state"], before["gone"]["state"]), key=_NARROWER.index)


def _values(resident: Resident) -> dict[str, Any]:
    return {name: getattr(resident, name) for name in _RESTORED}
