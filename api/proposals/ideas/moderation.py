"""Staff actions on ideas: read, publish, merge, decline. All are recorded; authors are told of all but publishing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Words
from api.db import insert
from api.errors import Conflict, Invalid
from api.proposals import notifications, transitions
from api.proposals.context import ProposalContext
from api.proposals.ideas import intake, personal_data, search
from api.proposals.models import Idea, IdeaAuthor


async def read(session: AsyncSession, number: int, *, who: str, context: ProposalContext, now: datetime) -> Idea:
    """Record that a moderator read an idea. Raises NotFound or Conflict."""
    idea = await search.lock(session, number)
    await apply_step(session, idea, "read", who=who, now=now)
    await notifications.tell_status(session, idea, context=context, now=now)
    return idea


async def publish(session: AsyncSession, number: int, *, text: str | None, who: str, now: datetime) -> Idea:
    """Publish an idea as its author wrote it, or with `text`, from which personal data was removed.

    Nobody is notified. Raises NotFound; Conflict if no moderator has read it, or if its text was erased with its
    author; Invalid if the text seems to contain personal data.
    """
    idea = await search.lock(session, number)
    if not idea.text:
        raise Conflict(f"the text of idea {number} was erased together with its author, so there is nothing to publish")
    public = text or idea.text
    if flags := personal_data.flags(public):
        raise Invalid(
            f"the text may contain personal data ({', '.join(flags)}): give a text without personal data", field="text"
        )
    idea.public = public
    await apply_step(session, idea, "publish", who=who, now=now)
    return idea


async def decline(
    session: AsyncSession, number: int, *, reason: Words, who: str, context: ProposalContext, now: datetime
) -> Idea:
    """Decline an idea, with a reason that its authors get in their language. Raises NotFound or Conflict."""
    idea = await search.lock(session, number)
    idea.reason = reason
    await apply_step(session, idea, "decline", who=who, now=now)
    await notifications.tell_status(session, idea, context=context, now=now)
    return idea


async def merge(
    session: AsyncSession, number: int, *, into: int, who: str, context: ProposalContext, now: datetime
) -> Idea:
    """Merge an idea into the idea `into`, which then has the authors of both. Return the idea `into`.

    Raises NotFound, or Conflict if the idea's state does not allow it or if `into` was merged or declined.
    """
    first, second = sorted((number, into))
    ideas = {each: await search.lock(session, each) for each in (first, second)}  # by number, to avoid deadlocks
    idea, target = ideas[number], ideas[into]
    if number == into or target.state in (transitions.MERGED, transitions.DECLINED):
        raise Conflict(f"nothing can be merged into idea {into}, because it is {target.state}")
    idea.merged_into = into
    await apply_step(session, idea, "merge", who=who, now=now)
    await notifications.tell_status(session, idea, context=context, now=now)
    await _add_authors(session, idea, target)
    intake.note(session, target, "take in", who=who, now=now)
    await session.flush()
    return target


async def apply_step(session: AsyncSession, idea: Idea, step: str, *, who: str, now: datetime) -> None:
    """Change the state of an idea, and record who did it. Raises Conflict if its state does not allow the step."""
    idea.state = transitions.next_state(idea.state, step, transitions.IDEA_TRANSITIONS)
    intake.note(session, idea, step, who=who, now=now)
    await session.flush()


async def _add_authors(session: AsyncSession, idea: Idea, target: Idea) -> None:
    """Make all authors of `idea` authors of `target` too."""
    authors = select(IdeaAuthor.resident_id, IdeaAuthor.number, IdeaAuthor.since).where(IdeaAuthor.idea_id == idea.id)
    rows = [
        # each keeps the idea number that they know
        {"idea_id": target.id, "resident_id": resident, "number": number, "since": since}
        for resident, number, since in await session.execute(authors)
    ]
    if rows:
        await session.execute(insert(session)(IdeaAuthor).on_conflict_do_nothing(), rows)
