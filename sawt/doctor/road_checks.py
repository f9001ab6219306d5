"""What `sawt doctor` says of roads, routes and prices: whether they fit each other, and what is worth a hint."""

from __future__ import annotations

from collections.abc import Iterator

from api.errors import Invalid
from api.routing.prices import Prices
from api.routing.roads import Road, Roads
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.roads import providers_of, roads_of


def look_at_roads(settings: Settings) -> Iterator[Finding]:
    """Everything about ways out. A mistake that keeps the service from starting is said alone."""
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
    what = f"road {road.name}"
    if road.provider not in providers_of(settings):
        return Finding(what, False, f"its provider {road.provider} is none that is switched on")
    if not road.sender:
        return Finding(what, False, "it has no sender: a number, a name or a messaging service")
    backup = f", {' then '.join(road.backup)} standing in" if road.backup else ", and nothing stands in for it"
    return Finding(what, True, f"by {road.provider}, {road.per_second:g} segments a second{backup}")


def _one_way(road: Road, settings: Settings) -> Finding:
    what = f"road {road.name}"
    if settings.answer_to:
        return Finding(what, None, "nobody can answer its sender, a name; texts say where to answer (SAWT_ANSWER_TO)")
    words = "nobody can answer its sender, a name: residents cannot vote or say STOP; set SAWT_ANSWER_TO to a number"
    return Finding(what, None, words)


def _routes(roads: Roads, settings: Settings) -> Finding:
    if not settings.routes:
        return Finding("SAWT_ROUTES", None, f"none: all SMS go by {roads.of('sms')[0].name}")
    open_to_all = [place for place, row in enumerate(roads.routes, start=1) if not (row.prefix or row.purpose)]
    last = min((place for place in open_to_all if roads.routes[place - 1].priority is None), default=None)
    if last is not None and last < len(roads.routes):
        return Finding("SAWT_ROUTES", False, f"row {last} fits everything, so that those after it are never read")
    return Finding("SAWT_ROUTES", True, f"{len(roads.routes)} rows, and their roads are there")


def _prices(sms: list[Road], settings: Settings) -> Iterator[Finding]:
    what = "SAWT_PRICES"
    if not settings.prices:
        budgeted = settings.day_budget is not None
        why = "no SMS is counted against SAWT_DAY_BUDGET" if budgeted else "what SMS cost is not known"
        yield Finding(what, False if budgeted else None, f"none: {why}; 'sawt rules set prices' says it")
        return
    try:
        prices = Prices(settings.prices)
    except Invalid as error:
        yield Finding(what, False, str(error))
        return
    unknown = sorted({row.road for row in prices.rows} - {"", *(road.name for road in sms)})
    if unknown:
        yield Finding(what, False, f"they name {', '.join(unknown)}, and there is no such road")
    bare = [road.name for road in sms if prices.of(road.name, "+2126") is None]
    if bare:
        yield Finding(what, False, f"no price of an SMS to a Moroccan mobile on {', '.join(bare)}")
    if not (unknown or bare):
        yield Finding(what, True, f"in {prices.currency}, read on {prices.as_of}")
