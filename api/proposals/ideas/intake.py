"""Ideas: taking them in, and forgetting whom they are from; `search.py` finds them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
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
    """Take in a resident's idea, of `most` a day; its id is the number they ask for.

    Raises Conflict where they sent enough today, Invalid where the text is empty or too long, or a code is unknown.
    """
    if not await may_send(session, resident.id, most=most, now=now):
        raise Conflict(f"more than {most} ideas a day are not taken from one person")
    language = resident.language or "ar"
    idea = await keep(
        session, text=text, language=language, theme=theme, province=province, channel=channel, who=_AUTHOR, now=now
    )
    session.add(IdeaAuthor(idea_id=idea.id, resident_id=resident.id, number=idea.id, since=now))
    await session.flush()
    return idea


async def keep(
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
    """Keep an idea without an author, as those that came by paper or on another platform.

    Raises Invalid where the text is empty or too long, or a code is unknown.
    """
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(f"an idea has between 1 and {LONGEST} characters")
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
    """Whether a resident may send one more idea today, of `most` by Moroccan days."""
    midnight = datetime.combine(now.astimezone(MOROCCO).date(), time(), MOROCCO)
    sent = await session.scalar(
        select(func.count())
        .select_from(IdeaAuthor)
        .where(
            IdeaAuthor.resident_id == resident_id, IdeaAuthor.number == IdeaAuthor.idea_id, IdeaAuthor.since >= midnight
        )
    )
    return (sent or 0) < most


async def disown(session: AsyncSession, resident_id: int) -> int:
    """Forget that ideas are from this resident, who is to be erased; returns of how many ideas.

    What is public, in a proposal, or somebody else's too, stays without them; of the rest the text goes as well.
    """
    mine = await _all_of(session, resident_id)
    theirs = set(await session.scalars(select(IdeaAuthor.idea_id).where(IdeaAuthor.resident_id.in_(mine))))
    await session.execute(update(Idea).where(Idea.id.in_(theirs), ~_stays(mine)).values(text="", key="", flags=[]))
    await session.execute(delete(IdeaAuthor).where(IdeaAuthor.resident_id.in_(mine)))
    return len(theirs)


async def staying(session: AsyncSession, resident_id: int) -> int:
    """How many ideas would stay, without this resident, were they erased."""
    mine = await _all_of(session, resident_id)
    theirs = select(IdeaAuthor.idea_id).where(IdeaAuthor.resident_id.in_(mine))
    counted = select(func.count()).select_from(Idea).where(Idea.id.in_(theirs), _stays(mine))
    return await session.scalar(counted) or 0


async def _all_of(session: AsyncSession, resident_id: int) -> Sequence[int]:
    """A resident, and who became one with them: of an idea that both were authors of, each still is."""
    return (resident_id, *await merge.merged_ids(session, resident_id))


def _stays(mine: Sequence[int]) -> ColumnElement[bool]:
    """Whether an idea stays when this author of it is erased: it is public, in a proposal, or somebody else's too."""
    others = select(IdeaAuthor.idea_id).where(IdeaAuthor.idea_id == Idea.id, IdeaAuthor.resident_id.not_in(mine))
    return or_(Idea.public.is_not(None), Idea.proposal_id.is_not(None), exists(others))


def note(session: AsyncSession, idea: Idea, step: str, *, who: str, now: datetime) -> None:
    """Write down who did what; such a row is never changed."""
    session.add(IdeaStep(idea_id=idea.id, step=step, state=idea.state, who=who, at=now))
