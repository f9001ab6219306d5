"""What staff do with ideas: read, publish, merge, decline; each step is written down, and its authors are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Words
from api.db import insert
from api.errors import Conflict, Invalid
from api.proposals import notifications, transitions
from api.proposals.context import Kit
from api.proposals.ideas import intake, personal_data, search
from api.proposals.models import Idea, IdeaAuthor


async def read(session: AsyncSession, number: int, *, who: str, kit: Kit, now: datetime) -> Idea:
    """Say that a moderator read it. Raises NotFound, Conflict."""
    idea = await search.locked(session, number)
    await take(session, idea, "read", who=who, now=now)
    await notifications.news(session, idea, kit=kit, now=now)
    return idea


async def publish(session: AsyncSession, number: int, *, text: str | None, who: str, now: datetime) -> Idea:
    """Let everybody read it, as it was written or as `text` says it without what is personal. Nobody is told.

    Raises NotFound; Conflict where no moderator read it yet, or its text was erased with its author; Invalid where
    personal data seems to stand in it.
    """
    idea = await search.locked(session, number)
    if not idea.text:
        raise Conflict(f"the text of idea {number} was erased with its author: nothing is left to publish")
    said = text or idea.text
    if found := personal_data.flags(said):
        seems = f"it seems to hold personal data ({', '.join(found)})"
        raise Invalid(f"{seems}: give a text to publish without it", field="text")
    idea.public = said
    await take(session, idea, "publish", who=who, now=now)
    return idea


async def decline(session: AsyncSession, number: int, *, reason: Words, who: str, kit: Kit, now: datetime) -> Idea:
    """Decline it, for a reason its authors read in their language. Raises NotFound, Conflict."""
    idea = await search.locked(session, number)
    idea.reason = reason
    await take(session, idea, "decline", who=who, now=now)
    await notifications.news(session, idea, kit=kit, now=now)
    return idea


async def merge(session: AsyncSession, number: int, *, into: int, who: str, kit: Kit, now: datetime) -> Idea:
    """Merge it into another one, whose authors its own become too. Returns the other.

    Raises NotFound, or Conflict where either cannot be merged: an idea that was merged or declined takes no other.
    """
    first, second = sorted((number, into))
    found = {each: await search.locked(session, each) for each in (first, second)}  # always in this order: no deadlock
    idea, target = found[number], found[into]
    if number == into or target.state in (transitions.MERGED, transitions.DECLINED):
        raise Conflict(f"idea {into} cannot take another one up: it is {target.state}")
    idea.merged_into = into
    await take(session, idea, "merge", who=who, now=now)
    await notifications.news(session, idea, kit=kit, now=now)
    await _credit(session, idea, target)
    intake.note(session, target, "take in", who=who, now=now)
    await session.flush()
    return target


async def take(session: AsyncSession, idea: Idea, step: str, *, who: str, now: datetime) -> None:
    """Take a step of an idea's life, and write down who did. Raises Conflict."""
    idea.state = transitions.next_state(transitions.IDEA, idea.state, step)
    intake.note(session, idea, step, who=who, now=now)
    await session.flush()


async def _credit(session: AsyncSession, idea: Idea, target: Idea) -> None:
    """Make all authors of an idea authors of another one too, each under the number they know."""
    theirs = select(IdeaAuthor.resident_id, IdeaAuthor.number, IdeaAuthor.since).where(IdeaAuthor.idea_id == idea.id)
    rows = [
        {"idea_id": target.id, "resident_id": resident, "number": number, "since": since}
        for resident, number, since in await session.execute(theirs)
    ]
    if rows:
        await session.execute(insert(session)(IdeaAuthor).on_conflict_do_nothing(), rows)
