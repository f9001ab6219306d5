"""What a preview says to a campaign in words: what stands against it, and what to know before it is launched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from api.campaigns.audience.quotas import waves_of
from api.campaigns.audience.selection import INVITE, REMIND
from api.campaigns.context import Kit
from api.campaigns.estimate.cost import Row, Text
from api.campaigns.models import Campaign
from api.campaigns.rendering import Spoken
from api.campaigns.sending_hours import Hours
from api.consultations import service as consultations
from api.consultations.models import Consultation


def blockers(campaign: Campaign, consultation: Consultation | None, now: datetime) -> list[str]:
    """What stands against launching it now."""
    found = []
    if campaign.purpose in (INVITE, REMIND) and (
        consultation is None or not consultations.takes_answers(consultation, now)
    ):
        found.append("the consultation is not open")
    if campaign.expires_at is not None and campaign.expires_at <= now:
        found.append("its time is over already")
    ends = campaign.expires_at or (consultation.closes_at if consultation is not None else None)
    last = now + timedelta(minutes=waves_of(campaign)[-1]["after_minutes"])
    if ends is not None and now < ends <= last:
        found.append("its last wave would come after its time is over")
    return found


def warnings(
    campaign: Campaign, parts: Mapping[Text, int], hours: Hours, done_at: datetime | None, *, now: datetime
) -> list[str]:
    """What staff should know before they launch it."""
    found = [f"an SMS in {name} takes {count} segments" for name, count in longest(parts).items() if count > 2]
    if campaign.urgent:
        found.append("it is urgent: it goes out at any hour, and to those who got enough this week")
    if not hours.open_at(now):
        found.append("these are quiet hours: sending begins with the next window")
    if campaign.expires_at is not None and (done_at is None or done_at > campaign.expires_at):
        found.append("it cannot reach everyone before it expires")
    return found


def dear(texts: Sequence[Spoken], kit: Kit) -> list[str]:
    """Which letters make an SMS take more segments than the same words without them, as « and ê do in French."""
    found: dict[str, None] = {}
    for each in texts:
        cost = kit.cost("sms", each.on("sms"), each.choices)
        fewer = kit.parts("sms", cost.proposal) if cost is not None and cost.proposal is not None else None
        if cost is not None and fewer is not None and fewer < cost.parts:
            letters = " ".join(cost.culprits)
            found[f"an SMS in {each.language} takes {cost.parts} segments for {letters}; without them {fewer}"] = None
    return list(found)


def longest(parts: Mapping[Text, int]) -> dict[str, int]:
    """The segments of the longest text in each language and script."""
    found: dict[str, int] = {}
    for (language, latin, _), count in parts.items():
        name = f"{language} (latin)" if latin else language
        found[name] = max(found.get(name, 0), count)
    return found


def waits(chosen: Sequence[Row]) -> list[str]:
    """How many of them get other news first."""
    waiting = [row for row in chosen if row.wait]
    if not waiting:
        return []
    people, days = sum(row.people for row in waiting), max(row.wait for row in waiting)
    return [f"{people} of them get other news first: theirs wait up to {days} days, as news come once a week at most"]
