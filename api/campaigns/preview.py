"""What a campaign would do: who gets it, who does not and why, what it costs and takes, what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import places
from api.campaigns.hours import ALWAYS, Hours
from api.campaigns.models import Campaign
from api.campaigns.rules import Rules
from api.campaigns.schemas import Preview
from api.campaigns.selection import INVITE, REMIND, classified
from api.campaigns.texts import Spoken, spoken
from api.channel import Channel
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.errors import Untranslated
from api.i18n import Catalogs

Row = tuple[str | None, str, bool, str, str | None, int]  # channel, language, latin, province, excluded, people


async def preview(
    session: AsyncSession,
    campaign: Campaign,
    *,
    catalogs: Catalogs,
    channels: Sequence[Channel],
    rules: Rules,
    now: datetime,
) -> Preview:
    """Everything staff must know before they launch."""
    consultation = await session.get(Consultation, campaign.consultation_id) if campaign.consultation_id else None
    people = classified(campaign, now=now, weekly=rules.weekly)
    groups = (people.c.channel, people.c.language, people.c.latin, people.c.province, people.c.excluded)
    rows: list[Row] = [tuple(row) for row in await session.execute(select(*groups, func.count()).group_by(*groups))]
    blockers = _blockers(campaign, consultation, now)
    try:
        texts = await spoken(session, campaign, consultation, catalogs=catalogs)
    except Untranslated as missing:
        texts, blockers = [], [*blockers, str(missing)]
    return _put_together(campaign, rows, texts, blockers, channels=channels, rules=rules, now=now)


def _put_together(
    campaign: Campaign,
    rows: Sequence[Row],
    texts: Sequence[Spoken],
    blockers: list[str],
    *,
    channels: Sequence[Channel],
    rules: Rules,
    now: datetime,
) -> Preview:
    chosen = [row for row in rows if row[4] is None]
    segments = _segments(texts, channels)
    total = sum(segments.get((row[1], row[2]), 0) * row[5] for row in chosen if row[0] == "sms")
    recipients = sum(row[5] for row in chosen)
    seconds = rules.seconds(sms_segments=total, telegram=sum(row[5] for row in chosen if row[0] == "telegram"))
    hours = ALWAYS if campaign.urgent else rules.hours
    done_at = hours.finish(now, seconds)
    price = None if rules.price is None else round(total * rules.price.amount, 2)
    if not recipients:
        blockers.append("nobody would get it")
    return Preview(
        recipients=recipients,
        by_channel=_counted((row[0] or "", row[5]) for row in chosen),
        by_language=_counted((row[1], row[5]) for row in chosen),
        by_province=_counted((_place(row[3]), row[5]) for row in chosen),
        excluded=_counted((row[4], row[5]) for row in rows if row[4] is not None),
        segments={
            language if not latin else f"{language} (latin)": parts for (language, latin), parts in segments.items()
        },
        total_segments=total,
        price=price,
        currency=rules.price.currency if rules.price else None,
        priced_on=rules.price.as_of if rules.price else None,
        seconds=round(seconds, 1),
        done_at=done_at,
        blockers=blockers,
        warnings=_warnings(campaign, segments, hours, done_at, rules, now=now, total=total),
    )


def _blockers(campaign: Campaign, consultation: Consultation | None, now: datetime) -> list[str]:
    found = []
    if campaign.purpose in (INVITE, REMIND) and (
        consultation is None or not consultations.takes_answers(consultation, now)
    ):
        found.append("the consultation is not open")
    if campaign.expires_at is not None and campaign.expires_at <= now:
        found.append("its time is over already")
    return found


def _warnings(
    campaign: Campaign,
    segments: Mapping[tuple[str, bool], int],
    hours: Hours,
    done_at: datetime | None,
    rules: Rules,
    *,
    now: datetime,
    total: int,
) -> list[str]:
    found = [f"an SMS in {language} takes {parts} segments" for (language, _), parts in segments.items() if parts > 2]
    if not hours.open_at(now):
        found.append("these are quiet hours: sending begins with the next window")
    if campaign.expires_at is not None and (done_at is None or done_at > campaign.expires_at):
        found.append("it cannot reach everyone before it expires")
    if total and rules.price is None:
        found.append("no price of an SMS is known: set SAWT_SMS_PRICE")
    return found


def _segments(texts: Sequence[Spoken], channels: Sequence[Channel]) -> dict[tuple[str, bool], int]:
    sms = next((channel for channel in channels if channel.name == "sms"), None)
    if sms is None:
        return {}
    return {(each.language, each.latin): sms.preview(each.text, each.choices).parts for each in texts}


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(found.most_common())


def _place(code: str) -> str:
    place = places.province(code)
    return place.fr if place is not None else "—"
