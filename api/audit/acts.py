"""Record staff acts: who did what to which thing, when, and through which interface."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, reasons
from api.audit import chain, service, writing
from api.audit.models import Act
from api.pagination import FIRST_PAGE, PageRequest, PageRows

_AUTOMATIC = frozenset({actors.CLOCK, actors.BUDGET, actors.FUSE, actors.VOTE, actors.FIRST_START, actors.SERVICE})


async def note(
    session: AsyncSession, *, who: str, act: str, subject: str, now: datetime, about: str | None = None, **more: Any
) -> None:
    """Record an act in the transaction that performs it, and flush the session. Takes the same arguments as `add`."""
    add(session, who=who, act=act, subject=subject, now=now, about=about, **more)
    await session.flush()


def add(
    session: AsyncSession,
    *,
    who: str,
    act: str,
    subject: str,
    now: datetime,
    about: str | None = None,
    old: Any = None,
    new: Any = None,
    reason: str | None = None,
    via: str | None = None,
) -> None:
    """Record an act in the transaction that performs it. The row is written just before the commit.

    `old` and `new` are the values before and after the act, such as a setting or a state, but never data of residents.
    `via` is the interface: api, cli, console or clock. By default, it is known from the actor and the session.
    An act of a person without a `reason` gets the one that was given with the request (`reasons.because`).
    """
    if reason is None and who not in _AUTOMATIC:
        reason = reasons.present()
    fields = {"who": who, "act": act, "subject": subject, "about": about, "reason": reason}
    # the service itself acts by the clock; people act through the interface that the session belongs to
    interface = via or ("clock" if who in _AUTOMATIC else str(session.info.get(writing.VIA, "api")))
    writing.add(
        session,
        at=now,
        via=interface,
        old=chain.plain(old),
        new=chain.plain(new),
        **{name: value if value is None else chain.text(value) for name, value in fields.items()},
    )


async def listed(session: AsyncSession, page: PageRequest = FIRST_PAGE, *, subject: str | None = None) -> PageRows[Act]:
    """List acts, the newest first. With `subject`, only acts on that subject. Acts of this transaction are included."""
    await writing.write(session)
    return await service.listed(session, page, service.Filters(subject=subject))
