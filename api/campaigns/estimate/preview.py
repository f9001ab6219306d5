"""What a campaign would do: who gets it and who does not, its cost and duration, and the reasons against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import participation_guard
from api.campaigns.audience.quotas import waves_of
from api.campaigns.audience.selection import classified
from api.campaigns.context import CampaignContext
from api.campaigns.estimate import advice
from api.campaigns.estimate.cost import Cost, Row, TextKey
from api.campaigns.estimate.timeline import Effort, timeline
from api.campaigns.models import Campaign
from api.campaigns.policy import ChannelRoad
from api.campaigns.rendering import RenderedText, rendered
from api.campaigns.reporting.schemas import Preview
from api.campaigns.sending_hours import ALWAYS
from api.consultations.models import Consultation
from api.errors import Untranslated
from api.region import places
from api.routing.prices import money


class Draft(NamedTuple):
    """The texts of a campaign, and the reasons against launching it. There are no texts if a translation is missing."""

    texts: Sequence[RenderedText]
    blockers: Sequence[str]


async def preview(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> Preview:
    """Return everything that staff should know before they launch a campaign."""
    consultation = await session.get(Consultation, campaign.consultation_id) if campaign.consultation_id else None
    draft = await prepare(session, campaign, consultation, kit=kit, now=now)
    rows = await _grouped(session, campaign, kit=kit, now=now)
    return _assemble(campaign, rows, draft, kit=kit, now=now)


async def prepare(
    session: AsyncSession, campaign: Campaign, consultation: Consultation | None, *, kit: CampaignContext, now: datetime
) -> Draft:
    """Return a campaign's texts and the reasons against a launch, without reading the audience."""
    blockers = advice.blockers(campaign, consultation, now)
    if fault := await participation_guard.fault(session, campaign):
        blockers.append(fault)
    try:
        return Draft(await rendered(session, campaign, consultation, kit=kit), blockers)
    except Untranslated as missing:
        return Draft([], [*blockers, str(missing)])


async def _grouped(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> list[Row]:
    people = classified(campaign, now=now, weekly=kit.rules.weekly)
    road = kit.rules.picked_road(people, purpose=campaign.purpose)
    routed = select(people, road.label("road")).subquery("routed")
    names = ("channel", "language", "latin", "variant", "province", "road")
    groups = [
        *(routed.c[name] for name in names),
        kit.rules.prices.sql_of(routed.c.road, routed.c.prefix).label("price"),
        routed.c.excluded,
        routed.c.wave,
        routed.c.wait,
    ]
    grouped = select(*groups, literal(1).label("one")).subquery("found")
    keys = [grouped.c[name] for name in (*names, "price", "excluded", "wave", "wait")]
    return [Row._make(row) for row in await session.execute(select(*keys, func.count()).group_by(*keys))]


def _assemble(campaign: Campaign, rows: Sequence[Row], draft: Draft, *, kit: CampaignContext, now: datetime) -> Preview:
    chosen = [row for row in rows if row.excluded is None]
    parts = _parts(draft.texts, kit)
    loads = _loads(chosen, parts)
    cost = Cost.of(chosen, parts)
    recipients = sum(row.people for row in chosen)
    hours = ALWAYS if campaign.urgent else kit.rules.hours
    waves = timeline(waves_of(campaign), _efforts(chosen, parts, kit), hours=hours, now=now)
    done_at = waves[-1].done_at
    messages = [*advice.costly_letters(draft.texts, kit), *advice.waits(chosen), *cost.warnings()]
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
        blockers=[*draft.blockers, *advice.audience_blockers(recipients, cost, campaign.budget)],
        warnings=[*advice.warnings(campaign, parts, hours, done_at, now=now), *messages],
    )


def _parts(texts: Sequence[RenderedText], kit: CampaignContext) -> dict[TextKey, int]:
    """Return how many SMS segments each text has."""
    return {
        TextKey(each.language, each.latin, each.variant): kit.parts("sms", each.on("sms"), each.choices)
        for each in texts
    }


def _loads(chosen: Iterable[Row], parts: Mapping[TextKey, int]) -> dict[ChannelRoad, int]:
    """Return how many segments each road (delivery route) must send."""
    segments: Counter[ChannelRoad] = Counter()
    for row in chosen:
        # a Telegram message counts as one segment
        per_person = parts.get(row.text, 0) if row.channel == "sms" else 1
        segments[ChannelRoad(row.channel or "", row.road or "")] += per_person * row.people
    return dict(segments)


def _efforts(chosen: Sequence[Row], parts: Mapping[TextKey, int], kit: CampaignContext) -> dict[int, Effort]:
    """Return the work of each wave, by its number: how many people it reaches and how long that takes."""
    waves: dict[int, list[Row]] = {}
    for row in chosen:
        waves.setdefault(row.wave, []).append(row)
    return {
        number: Effort(sum(row.people for row in alike), kit.rules.seconds(_loads(alike, parts)))
        for number, alike in waves.items()
    }


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for name, count in pairs:
        counts[name] += count
    return dict(counts.most_common())
