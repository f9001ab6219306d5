"""The topics that residents follow: themes, commitments and provinces. Followers of a topic are sent its updates."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.errors import Invalid
from api.region import places
from api.region.themes import theme, themes
from api.residents.models import Follow

THEME, COMMITMENT, PROVINCE = "theme", "commitment", "province"

_COMMITMENT = re.compile(r"[a-z0-9-]{1,24}/[1-9][0-9]{0,3}")  # the plan's code, the commitment's number in it


class Topic(NamedTuple):
    """A theme, commitment or province to follow.

    `ref` is a theme's code, "plan-code/3" for a commitment, or a province's HCP code.
    """

    kind: str
    ref: str


async def follow(session: AsyncSession, *, resident_id: int, kind: str, ref: str, now: datetime) -> bool:
    """Follow a topic; return False if the resident already follows it.

    Raises Invalid if `ref` is malformed or unknown.
    """
    check(kind, ref)
    row = insert(session)(Follow).values(resident_id=resident_id, kind=kind, ref=ref, since=now)
    done: CursorResult[Any] = await session.execute(row.on_conflict_do_nothing())  # type: ignore[assignment]
    return done.rowcount > 0


async def unfollow(session: AsyncSession, *, resident_id: int, kind: str, ref: str) -> bool:
    """Stop following a topic; return False if the resident did not follow it."""
    row = delete(Follow).where(Follow.resident_id == resident_id, Follow.kind == kind, Follow.ref == ref)
    done: CursorResult[Any] = await session.execute(row)  # type: ignore[assignment]
    return done.rowcount > 0


async def followed(session: AsyncSession, *, resident_id: int) -> list[Topic]:
    """List the topics a resident follows, in the order in which they followed them."""
    rows = select(Follow.kind, Follow.ref).where(Follow.resident_id == resident_id).order_by(Follow.since, Follow.ref)
    return [Topic(kind, ref) for kind, ref in await session.execute(rows)]


def check(kind: str, ref: str) -> None:
    """Raise Invalid unless `ref` is a theme's code, has the form "plan-code/3", or is a province's HCP code."""
    fits = {
        THEME: theme(ref) is not None,
        COMMITMENT: bool(_COMMITMENT.fullmatch(ref)),
        PROVINCE: places.province(ref) is not None,
    }
    if kind == THEME and not fits[THEME]:
        listed = ", ".join(each.code for each in themes())
        raise Invalid(f"{kind}:{ref} is not a theme that residents can follow: choose from {listed}")
    if not fits.get(kind):
        raise Invalid(
            f"residents cannot follow {kind}:{ref}: write theme:water, commitment:plan-code/3 or province:01.571"
        )
