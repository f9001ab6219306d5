"""What a campaign would do: who gets it, who does not and why, what it costs and takes, what stands against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import participation_guard
from api.campaigns.audience.quotas import waves_of
from api.campaigns.audience.selection import CHANNELS, classified
from api.campaigns.context import Kit
from api.campaigns.estimate import advice
from api.campaigns.estimate.cost import Cost, Row, Text
from api.campaigns.estimate.timeline import Effort, paced
from api.campaigns.models import Campaign
from api.campaigns.rendering import Spoken, spoken
from api.campaigns.reporting.schemas import Preview
from api.campaigns.sending_hours import ALWAYS
from api.consultations.models import Consultation
from api.errors import Untranslated
from api.region import places
from api.routing.prices import money


async def preview(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> Preview:
    """Everything staff must know before they launch."""
    consultation = await session.get(Consultation, campaign.consultation_id) if campaign.consultation_id else None
    rows = await _grouped(session, campaign, kit=kit, now=now)
    blockers = advice.blockers(campaign, consultation, now)
    if told := await participation_guard.fault(session, campaign):
        blockers.append(told)
    try:
        texts = await spoken(session, campaign, consultation, kit=kit)
    except Untranslated as missing:
        texts, blockers = [], [*blockers, str(missing)]
    return _put_together(campaign, rows, texts, blockers, kit=kit, now=now)


async def _grouped(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> list[Row]:
    people = classified(campaign, now=now, weekly=kit.rules.weekly)
    by_channel = ((people.c.channel == channel, _road(people, campaign, channel, kit)) for channel in CHANNELS)
    routed = select(people, case(*by_channel).label("road")).subquery("routed")
    names = ("channel", "language", "latin", "variant", "province", "road")
    groups = [
        *(routed.c[name] for name in names),
        kit.rules.prices.sql_of(routed.c.road, routed.c.prefix).label("price"),
        routed.c.excluded,
        routed.c.wave,
        routed.c.wait,
    ]
    found = select(*groups, literal(1).label("one")).subquery("found")
    keys = [found.c[name] for name in (*names, "price", "excluded", "wave", "wait")]
    return [Row._make(row) for row in await session.execute(select(*keys, func.count()).group_by(*keys))]


def _road(people: Subquery, campaign: Campaign, channel: str, kit: Kit) -> ColumnElement[str]:
    return kit.rules.roads.sql_pick(
        channel, purpose=campaign.purpose, priority="campaign", prefix=people.c.prefix, who=people.c.resident_id
    )


def _put_together(
    campaign: Campaign, rows: Sequence[Row], texts: Sequence[Spoken], blockers: list[str], *, kit: Kit, now: datetime
) -> Preview:
    chosen = [row for row in rows if row.excluded is None]
    parts = _parts(texts, kit)
    loads = _loads(chosen, parts)
    cost = Cost.of(chosen, parts)
    recipients = sum(row.people for row in chosen)
    hours = ALWAYS if campaign.urgent else kit.rules.hours
    waves = paced(waves_of(campaign), _efforts(chosen, parts, kit), hours=hours, now=now)
    done_at = waves[-1].done_at
    told = [*advice.dear(texts, kit), *advice.waits(chosen), *cost.warnings()]
    blockers += cost.blockers(campaign.budget)
    if not recipients:
        blockers.append("nobody would get it")
    return Preview(
        recipients=recipients,
        by_channel=_counted((row.channel or "", row.people) for row in chosen),
        by_language=_counted((row.language, row.people) for row in chosen),
        by_province=_counted((places.label(row.province), row.people) for row in chosen),
        by_road=_counted((row.road or "", row.people) for row in chosen),
        excluded=_counted((row.excluded, row.people) for row in rows if row.excluded is not None),
        segments=advice.longest(parts),
        total_segments=sum(count for (channel, _), count in loads.items() if channel == "sms"),
        price=None if cost.unpriced else money(cost.micros),
        prices={language: money(micros) for language, micros in cost.by_language.items()},
        currency=kit.rules.prices.currency,
        priced_on=kit.rules.prices.as_of,
        budget=None if campaign.budget is None else money(campaign.budget),
        seconds=round(kit.rules.seconds(loads), 1),
        done_at=done_at,
        waves=waves if campaign.waves else [],
        blockers=blockers,
        warnings=[*advice.warnings(campaign, parts, hours, done_at, now=now), *told],
    )


def _parts(texts: Sequence[Spoken], kit: Kit) -> dict[Text, int]:
    """The segments of each text as SMS."""
    return {(each.language, each.latin, each.variant): kit.parts("sms", each.on("sms"), each.choices) for each in texts}


def _loads(chosen: Iterable[Row], parts: Mapping[Text, int]) -> dict[tuple[str, str], int]:
    """Segments by channel and road; a Telegram message counts as one."""
    found: Counter[tuple[str, str]] = Counter()
    for row in chosen:
        each = parts.get(row.text, 0) if row.channel == "sms" else 1
        found[row.channel or "", row.road or ""] += each * row.people
    return dict(found)


def _efforts(chosen: Sequence[Row], parts: Mapping[Text, int], kit: Kit) -> dict[int, Effort]:
    """What each wave takes."""
    waves: dict[int, list[Row]] = {}
    for row in chosen:
        waves.setdefault(row.wave, []).append(row)
    return {
        number: Effort(sum(row.people for row in alike), kit.rules.seconds(_loads(alike, parts)))
        for number, alike in waves.items()
    }


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in pairs:
        found[name] += count
    return dict(found.most_common())
