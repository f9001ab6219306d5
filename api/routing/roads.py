"""Roads: the (provider, sender) pairs that messages go out by, and the small table that chooses one; pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, case, literal

from api.errors import Invalid
from api.strict_model import StrictModel

Name = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]{0,39}$")]
Priority = Literal["reply", "notice", "campaign"]

PREFIX = 6  # characters of a number kept in the clear: a country and an operator's range, ten million people
_SHORTEST = 10  # characters of a number of which so many may be kept
_SPREAD, _BUCKETS = 40503, 65536  # multiplicative hashing (Knuth, TAOCP 3, 6.4): neighbours land far apart


class Road(StrictModel, frozen=True):
    """One way out. `backup` names the roads that take over while this one rests, the first of them first."""

    name: Name
    provider: Name
    channel: Name = "sms"
    sender: str = Field("", max_length=40, description="number, name, short code or messaging service")
    via: str = Field("", max_length=40, description="Kannel's smsc-id, where it has several")
    per_second: float = Field(10.0, gt=0, description="messages; an SMS counts its segments")
    backup: tuple[Name, ...] = ()

    @property
    def one_way(self) -> bool:
        """Whether nobody can answer: a sender's name, which Twilio sells for Morocco, takes no replies."""
        return self.channel == "sms" and not self.sender.startswith("MG") and any(map(str.isalpha, self.sender))

    @property
    def reports(self) -> bool:
        """Whether the provider tells later what became of a message it took: the Bot API has no such news."""
        return self.channel == "sms"


class Route(StrictModel, frozen=True):
    """One row of the routing table. What is left out fits everything; `roads` have shares of what fits."""

    channel: Name = "sms"
    prefix: str = Field("", max_length=PREFIX, pattern=r"^(\+\d*)?$", description="of the number: +2126")
    purpose: str | None = Field(None, description="of a campaign: invite, remind, inform, update, meeting, result")
    priority: Priority | None = None
    roads: dict[Name, Annotated[int, Field(gt=0, le=1000)]] = Field(min_length=1)


class Roads:
    """All roads, in order; the first of a channel is taken where no route fits."""

    def __init__(self, roads: Sequence[Road], routes: Sequence[Route] = (), *, per_second: float = 100.0) -> None:
        """`per_second` is of a channel that has no road here. Raises Invalid, in words, where names do not fit."""
        self.all, self.routes, self._per_second = tuple(roads), tuple(routes), per_second
        self._named = {road.name: road for road in roads}
        if len(self._named) < len(self.all):
            raise Invalid("two roads have one name")
        for road in self.all:
            self._know(road.backup, road.channel, f"the backup of {road.name}")
            if road.name in road.backup:
                raise Invalid(f"the backup of {road.name} is itself")
        for route in self.routes:
            self._know(route.roads, route.channel, "a route")

    def of(self, channel: str) -> tuple[Road, ...]:
        """The roads of a channel, the usual one first; a channel that has none set is a road of its own."""
        found = tuple(road for road in self.all if road.channel == channel)
        return found or (Road(name=channel, provider=channel, channel=channel, per_second=self._per_second),)

    def get(self, name: str, channel: str) -> Road:
        """The road of this name; the channel's first where there is none such any more."""
        found = self._named.get(name)
        return found if found is not None and found.channel == channel else self.of(channel)[0]

    def heard(self, provider: str, number: str) -> str:
        """The road on which a message to one of our numbers came: a reply goes back on it."""
        ours = [road for road in self.all if road.provider == provider]
        exact = [road for road in ours if _digits(road.sender) == _digits(number)]
        return (exact or ours)[0].name if ours else provider

    def covers(self, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The roads for which this one stands in, each with those that must rest before its turn comes."""
        for road in self.all:
            if name in road.backup:
                yield road.name, (road.name, *road.backup[: road.backup.index(name)])

    def pick(self, channel: str, *, purpose: str, priority: Priority, prefix: str | None, who: int) -> str:
        """The road for one message to one resident."""
        for route in self._fitting(channel, purpose, priority):
            if (prefix or "").startswith(route.prefix):
                bucket = who * _SPREAD % _BUCKETS * sum(route.roads.values()) // _BUCKETS
                return next(name for name, end in _ends(route) if bucket < end)
        return self.of(channel)[0].name

    def picked(
        self, channel: str, *, purpose: str, priority: Priority, prefix: ColumnElement[Any], who: ColumnElement[int]
    ) -> ColumnElement[str]:
        """The same as SQL, for all at once."""
        usual = literal(self.of(channel)[0].name)
        whens = [
            (prefix.startswith(route.prefix) if route.prefix else literal(True), _share(route, who))
            for route in self._fitting(channel, purpose, priority)
        ]
        return case(*whens, else_=usual) if whens else usual

    def _fitting(self, channel: str, purpose: str, priority: Priority) -> Iterator[Route]:
        for route in self.routes:
            if route.channel == channel and route.purpose in (None, purpose) and route.priority in (None, priority):
                yield route

    def _know(self, names: Iterable[str], channel: str, where: str) -> None:
        for name in names:
            if name not in self._named or self._named[name].channel != channel:
                raise Invalid(f"{where} names {name}, which is no road of the channel {channel}")


def prefix_of(address: str) -> str | None:
    """What is kept of a number in the clear, for routes and prices; None of an address that is no full number."""
    full = address.startswith("+") and address[1:].isdecimal() and len(address) >= _SHORTEST
    return address[:PREFIX] if full else None


def _ends(route: Route) -> Iterator[tuple[str, int]]:
    return zip(route.roads, accumulate(route.roads.values()), strict=True)


def _share(route: Route, who: ColumnElement[int]) -> ColumnElement[str]:
    if len(route.roads) == 1:
        return literal(next(iter(route.roads)))
    bucket = who * _SPREAD % _BUCKETS * sum(route.roads.values()) // _BUCKETS
    return case(*((bucket < end, literal(name)) for name, end in _ends(route)))


def _digits(number: str) -> str:
    return number.lstrip("+")
