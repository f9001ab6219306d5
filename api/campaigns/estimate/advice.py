"""Advice for staff, in words: the reasons against launching a campaign, and warnings before the launch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from api.campaigns.audience.quotas import waves_of
from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.cost import Cost, Row, TextKey
from api.campaigns.models import Campaign
from api.campaigns.rendering import RenderedText
from api.campaigns.sending_hours import Hours
from api.consultations import service as consultations
from api.consultations.models import Consultation


def blockers(campaign: Campaign, consultation: Consultation | None, now: datetime) -> list[str]:
    """Return the reasons against launching a campaign now, except those that depend on its audience."""
    reasons = []
    if campaign.purpose in (INVITE, REMIND) and (
        consultation is None or not consultations.takes_answers(consultation, now)
    ):
        reasons.append("the consultation is not open")
    if campaign.expires_at is not None and campaign.expires_at <= now:
        reasons.append("the campaign has already expired")
    ends = campaign.expires_at or (consultation.closes_at if consultation is not None else None)
    last = now + timedelta(minutes=waves_of(campaign)[-1].after_minutes)
    if ends is not None and now < ends <= last:
        reasons.append("the last wave would begin after the campaign expires")
    return reasons


def audience_blockers(recipients: int, cost: Cost, budget: int | None) -> list[str]:
    """Return the reasons against a launch that depend on the number of recipients and on the cost.

    The budget is in millionths; None means no limit.
    """
    return [*cost.blockers(budget), *([] if recipients else ["no one would get this campaign"])]


def warnings(
    campaign: Campaign, parts: Mapping[TextKey, int], hours: Hours, done_at: datetime | None, *, now: datetime
) -> list[str]:
    """Return warnings in words that staff should read before they launch a campaign."""
    messages = [f"an SMS in {name} takes {count} segments" for name, count in longest(parts).items() if count > 2]
    if campaign.urgent:
        messages.append("the campaign is urgent: it ignores sending hours and the weekly limit per resident")
    if not hours.open_at(now):
        messages.append("messages cannot be sent at this hour: sending starts in the next sending hours")
    if campaign.expires_at is not None and (done_at is None or done_at > campaign.expires_at):
        messages.append("the campaign will expire before it reaches everyone")
    return messages


def costly_letters(texts: Sequence[RenderedText], kit: CampaignContext) -> list[str]:
    """Return a warning for each language whose text has letters that make an SMS longer, such as « or ê."""
    messages = list[str]()
    for each in texts:
        cost = kit.cost("sms", each.on("sms"), each.choices)
        fewer = kit.parts("sms", cost.proposal) if cost is not None and cost.proposal is not None else None
        if cost is not None and fewer is not None and fewer < cost.parts:
            letters = " ".join(cost.culprits)
            messages.append(
                f"an SMS in {each.language} takes {cost.parts} segments because of {letters}; without these "
                f"characters it takes {fewer}"
            )
    return list(dict.fromkeys(messages))


def longest(parts: Mapping[TextKey, int]) -> dict[str, int]:
    """Return the number of SMS segments of the longest text in each language and script."""
    segments: dict[str, int] = {}
    for (language, latin, _), count in parts.items():
        name = f"{language} (latin)" if latin else language
        segments[name] = max(segments.get(name, 0), count)
    return segments


def waits(chosen: Sequence[Row]) -> list[str]:
    """Return a warning if recipients must wait because they got other updates this week."""
    waiting = [row for row in chosen if row.wait]
    if not waiting:
        return []
    people, days = sum(row.people for row in waiting), max(row.wait for row in waiting)
    return [f"{people} recipients wait up to {days} days, because they got other updates this week"]
