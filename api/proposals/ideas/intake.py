"""Store ideas, and forget who wrote an idea when its author is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.clock import MOROCCO
from api.errors import Conflict, Invalid
from api.proposals import transitions
from api.proposals.ideas import personal_data
from api.proposals.models import Idea, IdeaAuthor, IdeaStep
from api.region import lookup
from api.residents import merge
from api.residents.models import Resident
from api.text.normalise import normalise

LONGEST = 1000  # characters of an idea
_AUTHOR = actors.RESIDENT


async def submit(
    session: AsyncSession,
    resident: Resident,
    *,
    text: str,
    theme: str,
    province: str | None,
    channel: str,
    most: int,
    now: datetime,
) -> Idea:
    """Store a resident's idea. Its id is the number by which they can ask about it.

    Raises Conflict if the resident has already sent `most` ideas today, or Invalid if the text is empty or too long or
    a code is unknown.
    """
    if not await may_send(session, resident.id, most=most, now=now):
        raise Conflict(f"a person can send up to {most} ideas a day")
    language = resident.language or "ar"
    idea = await store(
        session, text=text, language=language, theme=theme, province=province, channel=channel, who=_AUTHOR, now=now
    )
    session.add(IdeaAuthor(idea_id=idea.id, resident_id=resident.id, number=idea.id, since=now))
    await session.flush()
    return idea


async def store(
    session: AsyncSession,
    *,
    text: str,
    language: str,
    theme: str,
    province: str | None,
    channel: str,
    who: str,
    now: datetime,
) -> Idea:
    """Store an idea without an author, for example one sent on paper or through another platform.

    Raises Invalid if the text is empty or too long, or if a code is unknown.
    """
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(f"an idea must have between 1 and {LONGEST} characters")
    idea = Idea(
        text=text,
        key=normalise(text),
        language=language,
        channel=channel,
        theme=lookup.theme(theme),
        province=None if province is None else lookup.province(province),
        flags=personal_data.flags(text),
        state=transitions.RECEIVED,
        received_at=now,
    )
    session.add(idea)
    await session.flush()
    note(session, idea, "send", who=who, now=now)
    await session.flush()
    return idea


async def may_send(session: AsyncSession, resident_id: int, *, most: int, now: datetime) -> bool:
    """Return whether a resident has sent fewer than `most` ideas today (in Morocco)."""
    midnight = datetime.combine(now.astimezone(MOROCCO).date(), time(), MOROCCO)
    sent = await session.scalar(
        select(func.count())
        .select_from(IdeaAuthor)
        .where(
            IdeaAuthor.resident_id == resident_id, IdeaAuthor.number == IdeaAuthor.idea_id, IdeaAuthor.since >= midnight
        )
    )
    return (sent or 0) < most


async def forget_author(session: AsyncSession, resident_id: int) -> int:
    """When a resident is erased, remove them from the authors of ideas; return how many ideas they wrote.

    If an idea is public, is in a proposal, or has other authors, it stays. The text of any other idea is deleted.
    """
    authors = await _with_merged(session, resident_id)
    idea_ids = set(await session.scalars(select(IdeaAuthor.idea_id).where(IdeaAuthor.resident_id.in_(authors))))
    deleted = update(Idea).where(Idea.id.in_(idea_ids), ~_stays(authors)).values(text="", key="", flags=[])
    await session.execute(deleted)
    await session.execute(delete(IdeaAuthor).where(IdeaAuthor.resident_id.in_(authors)))
    return len(idea_ids)


async def count_staying(session: AsyncSession, resident_id: int) -> int:
    """Count the ideas whose text would stay if this resident were erased."""
    authors = await _with_merged(session, resident_id)
    idea_ids = select(IdeaAuthor.idea_id).where(IdeaAuthor.resident_id.in_(authors))
    count = select(func.count()).select_from(Idea).where(Idea.id.in_(idea_ids), _stays(authors))
    return await session.scalar(count) or 0


async def _with_merged(session: AsyncSession, resident_id: int) -> Sequence[int]:
    """Return the ids of a resident and of all residents merged into this one."""
    return (resident_id, *await merge.merged_ids(session, resident_id))


def _stays(authors: Sequence[int]) -> ColumnElement[bool]:
    """Return the SQL condition that an idea stays when these authors are erased."""
    others = select(IdeaAuthor.idea_id).where(IdeaAuthor.idea_id == Idea.id, IdeaAuthor.resident_id.not_in(authors))
    # it is public, in a proposal, or has another author
    return or_(Idea.public.is_not(None), Idea.proposal_id.is_not(None), exists(others))


def note(session: AsyncSession, idea: Idea, step: str, *, who: str, now: datetime) -> None:
    """Record a step in the history of an idea: who took it and what it changed. This history never changes."""
    changed = audit.altered(idea, "state", "merged_into", "reason")
    audit.add(session, who=who, act=f"idea {step}", subject=f"idea {idea.id}", now=now, **changed)
    session.add(IdeaStep(idea_id=idea.id, step=step, state=idea.state, who=who, at=now))
