"""The rules of campaigns: sending hours, limits, approval, prices, and how fast each road sends.

A road is a route by which messages leave, for example one sender at one provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import ColumnElement, Subquery, case

from api.campaigns.audience.selection import CHANNELS
from api.campaigns.sending_hours import Hours
from api.routing import phones
from api.routing.prices import Prices
from api.routing.roads import Roads
from api.rules.service import Book
from api.settings import Settings


class ChannelRoad(NamedTuple):
    """A channel and one of its roads."""

    channel: str
    road: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for campaigns.

    `book` has the rules that staff can change. `usual` are the sending hours outside Ramadan.
    """

    book: Book = field(default_factory=Book)
    usual: Hours = field(default_factory=Hours)
    roads: Roads = field(default_factory=lambda: Roads(()))
    answer_to: str = ""  # if some road cannot receive messages, the number to which texts ask people to reply
    region: str = phones.HOME  # the country of numbers typed without one

    @property
    def hours(self) -> Hours:
        """The hours in which campaigns may be sent."""
        return replace(self.usual, ramadan=self.book.values.ramadan)

    @property
    def weekly(self) -> int:
        """The most campaign messages that a resident may get in seven days."""
        return self.book.values.campaigns_per_week

    @property
    def approval_above(self) -> int:
        """The most recipients of a campaign that its own author may approve."""
        return self.book.values.approval_above

    @property
    def prices(self) -> Prices:
        """The prices of SMS."""
        return self.book.values.table()

    def picked_road(self, people: Subquery, *, purpose: str) -> ColumnElement[str]:
        """Return the SQL expression for the road by which each selected person gets the message."""
        picked = (
            self.roads.sql_pick(
                channel, purpose=purpose, priority="campaign", prefix=people.c.prefix, who=people.c.resident_id
            )
            for channel in CHANNELS
        )
        return case(*((people.c.channel == channel, road) for channel, road in zip(CHANNELS, picked, strict=True)))

    def seconds(self, segments: Mapping[ChannelRoad, int]) -> float:
        """Return how many seconds it takes to send these numbers of segments, with all roads sending at once."""
        return max(
            (count / self.roads.get(road, channel).per_second for (channel, road), count in segments.items()),
            default=0.0,
        )


def rules_of(settings: Settings, roads: Roads, book: Book) -> Rules:
    """Return the rules in force, with the configured roads."""
    return Rules(
        book=book,
        roads=roads,
        answer_to=settings.answer_to if any(road.one_way for road in roads.of("sms")) else "",
        region=settings.default_region,
    )
