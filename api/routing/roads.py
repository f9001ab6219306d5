"""Roads: the routes by which messages leave, each a sender at a provider. A routing table chooses the road."""

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

PREFIX = 6  # characters of a number stored unencrypted: country and operator range, shared by ten million people
_SHORTEST = 10  # the fewest characters of a number of which a prefix is stored
_SPREAD, _BUCKETS = 40503, 65536  # hashing by multiplication (Knuth, TAOCP 3, 6.4): adjacent ids get distant buckets


class Road(StrictModel, frozen=True):
    """A way in which messages leave the service.

    `backup` names the roads that replace this road while it is paused, the best first.
    """

    name: Name
    provider: Name
    channel: Name = "sms"
    sender: str = Field(
        "", max_length=40, description="Sender: a phone number, a name, a short code or a messaging service."
    )
    via: str = Field("", max_length=40, description="Kannel's smsc-id, needed if Kannel has several connections.")
    per_second: float = Field(10.0, gt=0, description="Messages per second. For SMS, each segment counts as a message.")
    backup: tuple[Name, ...] = ()

    @property
    def one_way(self) -> bool:
        """Whether the sender is a name, so that nobody can reply. In Morocco, Twilio's names receive no replies."""
        return self.channel == "sms" and not self.sender.startswith("MG") and any(map(str.isalpha, self.sender))

    @property
    def reports(self) -> bool:
        """Whether the provider reports later what happened to a message. Telegram's Bot API does not."""
        return self.channel == "sms"


class Route(StrictModel, frozen=True):
    """A row of the routing table. A field left out matches every message. Its `roads` share the matching messages."""

    channel: Name = "sms"
    prefix: str = Field(
        "", max_length=PREFIX, pattern=r"^(\+\d*)?$", description="Beginning of the phone numbers, such as +2126."
    )
    purpose: str | None = Field(
        None, description="Purpose of a campaign: invite, remind, inform, update, meeting or result."
    )
    priority: Priority | None = None
    roads: dict[Name, Annotated[int, Field(gt=0, le=1000)]] = Field(min_length=1)


class Roads:
    """All roads, in order. A message that no row of the routing table matches uses the first road of its channel."""

    def __init__(self, roads: Sequence[Road], routes: Sequence[Route] = (), *, per_second: float = 100.0) -> None:
        """Store the roads. Raises Invalid for unknown or equal names. `per_second` is for channels without roads."""
        self.all, self.routes, self._per_second = tuple(roads), tuple(routes), per_second
        self._named = {road.name: road for road in roads}
        if len(self._named) < len(self.all):
            raise Invalid("two roads have the same name")
        for road in self.all:
            self._check_names(road.backup, road.channel, f"the backup of {road.name}")
            if road.name in road.backup:
                raise Invalid(f"the road {road.name} cannot be its own backup")
        for route in self.routes:
            self._check_names(route.roads, route.channel, "a route")

    def of(self, channel: str) -> tuple[Road, ...]:
        """Return a channel's roads, the default first. If none is configured, return one named like the channel."""
        roads = tuple(road for road in self.all if road.channel == channel)
        return roads or (Road(name=channel, provider=channel, channel=channel, per_second=self._per_second),)

    def get(self, name: str, channel: str) -> Road:
        """Return the road with this name. If it is no longer configured, return the first road of the channel."""
        road = self._named.get(name)
        return road if road is not None and road.channel == channel else self.of(channel)[0]

    def incoming(self, provider: str, number: str) -> str:
        """Return the name of the road through which a message to `number` came in. Its reply uses the same road."""
        ours = [road for road in self.all if road.provider == provider]
        exact = [road for road in ours if _digits(road.sender) == _digits(number)]
        return (exact or ours)[0].name if ours else provider

    def backed_up_by(self, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each road for which this one is a backup, with the roads that must be paused first."""
        for road in self.all:
            if name in road.backup:
                yield road.name, (road.name, *road.backup[: road.backup.index(name)])

    def pick(self, channel: str, *, purpose: str, priority: Priority, prefix: str | None, who: int) -> str:
        """Return the name of the road to use for a message to the resident with the id `who`."""
        for route in self._fitting(channel, purpose, priority):
            if (prefix or "").startswith(route.prefix):
                bucket = who * _SPREAD % _BUCKETS * sum(route.roads.values()) // _BUCKETS
                return next(name for name, end in _ends(route) if bucket < end)
        return self.of(channel)[0].name

    def sql_pick(
        self, channel: str, *, purpose: str, priority: Priority, prefix: ColumnElement[Any], who: ColumnElement[int]
    ) -> ColumnElement[str]:
        """Return the SQL expression for the road of each resident's message, by the same rules as `pick`."""
        default = literal(self.of(channel)[0].name)
        whens = [
            (prefix.startswith(route.prefix) if route.prefix else literal(True), _share(route, who))
            for route in self._fitting(channel, purpose, priority)
        ]
        return case(*whens, else_=default) if whens else default

    def _fitting(self, channel: str, purpose: str, priority: Priority) -> Iterator[Route]:
        for route in self.routes:
            if route.channel == channel and route.purpose in (None, purpose) and route.priority in (None, priority):
                yield route

    def _check_names(self, names: Iterable[str], channel: str, where: str) -> None:
        for name in names:
            if name not in self._named or self._named[name].channel != channel:
                raise Invalid(f"{where} names {name}, which is not a road of the channel {channel}")


def prefix_of(address: str) -> str | None:
    """Return the start of a number, by which routes and prices are chosen; None if it is not a full number."""
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
