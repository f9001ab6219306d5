"""Who wrote something, by the record: also who wrote what it was copied from."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit.models import Act


async def writers(session: AsyncSession, subject: str, acts: Collection[str]) -> set[str]:
    """Return the names of everyone who did one of these acts on a subject, or on what it is a copy of.

    An act that copies names the original in `about`, as another subject of the same kind: "campaign 7".
    """
    kind = f"{subject.partition(' ')[0]} "
    names, seen, left = set[str](), set[str](), {subject}
    while left:
        rows = await session.execute(select(Act.who, Act.about).where(Act.subject.in_(left), Act.act.in_(acts)))
        seen |= left
        left = set()
        for who, about in rows:
            names.add(who)
            left |= {about} if about is not None and about.startswith(kind) else set()
        left -= seen
    return names
