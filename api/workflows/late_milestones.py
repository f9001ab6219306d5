"""Draft an update for each milestone that became late. The scheduler runs this."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.actors import Action
from api.campaigns.scheduler import WHO
from api.commitments import rules, service
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.commitments.update_schemas import UpdateIn
from api.i18n import LANGUAGES, Catalogs
from api.messages import service as messages
from api.text.formats import short_day
from api.workflows import updates

RECENT = timedelta(days=30)  # older delays are not reported, so that importing an old plan sends nothing


async def draft_updates(session: AsyncSession, *, catalogs: Catalogs, now: datetime) -> int:
    """Draft an update for each milestone that became late; return how many. Staff launch the drafts as usual.

    Each due date of a milestone is reported once. If the commitment is marked as done or blocked, nothing is drafted.
    """
    today = service.today(now)
    late = (await session.execute(_locked(newly_late(today - RECENT, today)))).all()
    if late:
        await messages.renew(session, catalogs)
    count = 0
    for milestone, number, code in late:
        milestone.told_late = milestone.due_on
        commitment = await service.commitment(session, code, number)
        if commitment.state(today) == rules.LATE:
            text = {language: _text(catalogs, language, milestone) for language in LANGUAGES}
            data = UpdateIn.model_validate({"text": text, "milestone": milestone.number})
            await updates.draft_update(session, code, number, data, action=Action(WHO, now))
            count += 1
    await session.flush()
    return count


def newly_late(since: date, today: date) -> Any:
    """Select the unfinished milestones that were due since a given day and are not yet reported as late."""
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


def _locked(query: Any) -> Any:
    return query.order_by(Milestone.id).with_for_update(skip_locked=True, of=Milestone)


def _text(catalogs: Catalogs, language: str, milestone: Milestone) -> str:
    voice = catalogs.voice(language)
    day = short_day(milestone.due_on) if milestone.due_on else ""
    return voice("news.late", title=voice.pick(milestone.title), day=day)
