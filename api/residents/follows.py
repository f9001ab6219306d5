"""Following a theme, a commitment or a province: whoever follows wants its news."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.errors import Invalid
from api.region import places
from api.region.themes import theme, themes
from api.residents.models import Follow

THEME, COMMITMENT, PROVINCE = "theme", "commitment", "province"

_COMMITMENT = re.compile(r"[a-z0-9-]{1,24}/[1-9][0-9]{0,3}")  # the plan's code and the commitment's number there


async def follow(session: AsyncSession, *, resident_id: int, kind: str, ref: str, now: datetime) -> bool:
    """Let a resident follow something; False where they do already. Raises Invalid where it cannot be followed."""
    check(kind, ref)
    made = insert(session)(Follow).values(resident_id=resident_id, kind=kind, ref=ref, since=now)
    done: CursorResult[Any] = await session.execute(made.on_conflict_do_nothing())  # type: ignore[assignment]
    return done.rowcount > 0


async def unfollow(session: AsyncSession, *, resident_id: int, kind: str, ref: str) -> bool:
    """Let a resident follow something no more; False where they did not."""
    gone = delete(Follow).where(Follow.resident_id == resident_id, Follow.kind == kind, Follow.ref == ref)
    done: CursorResult[Any] = await session.execute(gone)  # type: ignore[assignment]
    return done.rowcount > 0


async def of(session: AsyncSession, *, resident_id: int) -> list[tuple[str, str]]:
    """What a resident follows, as kind and reference, the newest last."""
    mine = select(Follow.kind, Follow.ref).where(Follow.resident_id == resident_id).order_by(Follow.since, Follow.ref)
    return [(kind, ref) for kind, ref in await session.execute(mine)]


def check(kind: str, ref: str) -> None:
    """Raises Invalid unless this is the code of a theme, of the form of "plan-code/3", or a province's HCP code."""
    fits = {
        THEME: theme(ref) is not None,
        COMMITMENT: bool(_COMMITMENT.fullmatch(ref)),
        PROVINCE: places.province(ref) is not None,
    }
    if kind == THEME and not fits[THEME]:
        listed = ", ".join(each.code for each in themes())
        raise Invalid(f"nobody can follow {kind}:{ref}; the themes are {listed}")
    if not fits.get(kind):
        raise Invalid(f"nobody can follow {kind}:{ref}; write theme:water, commitment:plan-code/3 or province:01.571")
