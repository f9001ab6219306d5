"""Late milestones, found by the clock: news of each join the draft that brings news to followers, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.campaigns.scheduler import WHO
from api.commitments import rules, service
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.commitments.update_schemas import UpdateIn
from api.i18n import LANGUAGES, Catalogs
from api.messages import service as messages
from api.text.formats import short_day
from api.workflows import updates

RECENT = timedelta(days=30)  # what is late for longer is no news: a plan that is imported late says nothing of its past


async def note(session: AsyncSession, *, catalogs: Catalogs, now: datetime) -> int:
    """Draft news of the milestones that became late; returns how many. Staff launch them, as any other news.

    It happens once for each day a milestone was due, however many processes look. Of a commitment that is said to be
    done or blocked there is nothing to say.
    """
    today = service.today(now)
    late = (await session.execute(_locked(due(today - RECENT, today)))).all()
    if late:
        await messages.renew(session, catalogs)
    count = 0
    for milestone, number, code in late:
        milestone.told_late = milestone.due_on
        found = await service.commitment(session, code, number)
        if found.state(today) == rules.LATE:
            text = {language: _said(catalogs, language, milestone) for language in LANGUAGES}
            given = UpdateIn.model_validate({"text": text, "milestone": milestone.number})
            await updates.draft_update(session, code, number, given, who=WHO, now=now)
            count += 1
    await session.flush()
    return count


def due(since: date, today: date) -> Any:
    """Milestones whose day is past, that are not done, and of which this was not told."""
    newer = aliased(Assessment)
    of_it = (newer.commitment_id == Milestone.commitment_id, newer.milestone_id == Milestone.id)
    newest = select(func.max(newer.id)).where(*of_it, newer.source == rules.OPERATIONAL).correlate(Milestone)
    done = (
        select(Assessment.id)
        .where(Assessment.id == newest.scalar_subquery(), Assessment.status == rules.DONE)
        .correlate(Milestone)
        .exists()
    )
    return (
        select(Milestone, Commitment.number, Plan.code)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Milestone.due_on < today, Milestone.due_on >= since, ~done)
        .where(or_(Milestone.told_late.is_(None), Milestone.told_late != Milestone.due_on))
    )


def _locked(found: Any) -> Any:
    return found.order_by(Milestone.id).with_for_update(skip_locked=True, of=Milestone)


def _said(catalogs: Catalogs, language: str, milestone: Milestone) -> str:
    voice = catalogs.voice(language)
    day = short_day(milestone.due_on) if milestone.due_on else ""
    return voice("news.late", title=voice.pick(milestone.title), day=day)
