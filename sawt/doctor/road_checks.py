"""`sawt doctor` on roads (delivery routes), routing and prices: errors if they contradict each other, and hints."""

from __future__ import annotations

from collections.abc import Iterator

from api.errors import Invalid
from api.routing.prices import Prices
from api.routing.roads import Road, Roads
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.roads import providers_of, roads_of


def check_roads(settings: Settings) -> Iterator[Finding]:
    """Check roads, routing and prices.

    If an error in the roads would keep the service from starting, report only that error.
    """
    try:
        roads = roads_of(settings)
    except Invalid as error:
        yield Finding("SAWT_ROADS", False, str(error))
        return
    sms = [road for road in roads.all if road.channel == "sms"]
    for road in roads.all:
        if settings.roads and road in sms:
            yield _road(road, settings)
    for road in sms:
        if road.one_way:
            yield _one_way(road, settings)
    yield _routes(roads, settings)
    yield from _prices(sms, settings)


def _road(road: Road, settings: Settings) -> Finding:
    subject = f"road {road.name}"
    if road.provider not in providers_of(settings):
        return Finding(subject, False, f"the provider {road.provider} is not switched on")
    if not road.sender:
        return Finding(subject, False, "the road has no sender: set a number, a name or a messaging service")
    backup = f"; backup: {' then '.join(road.backup)}" if road.backup else "; no backup"
    return Finding(subject, True, f"{road.provider}, {road.per_second:g} segments a second{backup}")


def _one_way(road: Road, settings: Settings) -> Finding:
    subject = f"road {road.name}"
    if settings.answer_to:
        return Finding(
            subject,
            None,
            ("the sender is a name, so residents cannot reply to it; texts tell them to reply to SAWT_ANSWER_TO"),
        )
    words = "the sender is a name, so residents cannot reply, vote or send STOP: set SAWT_ANSWER_TO to a number"
    return Finding(subject, None, words)


def _routes(roads: Roads, settings: Settings) -> Finding:
    if not settings.routes:
        return Finding("SAWT_ROUTES", None, f"no routes are set: all SMS take the road {roads.of('sms')[0].name}")
    open_to_all = [place for place, row in enumerate(roads.routes, start=1) if not (row.prefix or row.purpose)]
    last = min((place for place in open_to_all if roads.routes[place - 1].priority is None), default=None)
    if last is not None and last < len(roads.routes):
        return Finding("SAWT_ROUTES", False, f"row {last} matches every message, so later rows are never used")
    return Finding("SAWT_ROUTES", True, f"{len(roads.routes)} rows, and all their roads exist")


def _prices(sms: list[Road], settings: Settings) -> Iterator[Finding]:
    subject = "SAWT_PRICES"
    if not settings.prices:
        budgeted = settings.day_budget is not None
        why = "no SMS counts against SAWT_DAY_BUDGET" if budgeted else "the cost of SMS is unknown"
        yield Finding(
            subject, False if budgeted else None, f"no prices are set: {why}. Set them with 'sawt rules set prices'"
        )
        return
    try:
        prices = Prices(settings.prices)
    except Invalid as error:
        yield Finding(subject, False, str(error))
        return
    unknown = sorted({row.road for row in prices.rows} - {"", *(road.name for road in sms)})
    if unknown:
        yield Finding(subject, False, f"the prices name roads that do not exist: {', '.join(unknown)}")
    bare = [road.name for road in sms if prices.of(road.name, "+2126") is None]
    if bare:
        yield Finding(subject, False, f"no price is set for SMS to Moroccan mobile numbers on {', '.join(bare)}")
    if not (unknown or bare):
        yield Finding(subject, True, f"prices in {prices.currency}, as of {prices.as_of}")
