"""`sawt roads`: list roads, routes and prices, and send a real message by each road.

A road is a delivery route: one provider account.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

import typer

from api.pagination import in_order
from api.routing import phones
from api.routing.prices import Prices
from api.routing.roads import Road, Roads
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer, Table
from sawt.cli.system.road_trials import Verdict, try_roads
from sawt.database import with_db
from sawt.roads import providers_of, roads_of
from sawt.settings import configured

roads = typer.Typer(no_args_is_help=True, help="List the roads that messages take, and test each of them.")
_out, _err = Printer(), Printer(stderr=True)


@roads.command("list")
@listing
def list_roads(pages: Pages) -> None:
    """List the roads (delivery routes) and their backups, the routing table and the prices."""
    settings = configured()
    known = roads_of(settings)
    on = providers_of(settings)
    pages.show(
        lambda asked: in_order("roads", known.all, asked),
        ("road", "channel", "provider", "sender", "answers", "per second", "backups"),
        lambda road: _road(road, on),
    )
    if not pages.ended:
        return
    if known.routes:
        _out.print(_routes(known))
    if settings.prices:
        _out.print(_prices(Prices(settings.prices)))


@roads.command("test")
def try_all(
    to: Annotated[str, typer.Option(help="your mobile number: +212 and nine digits")],
    who: As,
    wait: Annotated[float, typer.Option(help="seconds to wait for the outcomes", min=1, max=3600)] = 60.0,
) -> None:
    """Send one real message by every road and report each outcome; the service must be running."""
    settings = configured()
    number = phones.read(to, settings.default_region)
    verdicts = asyncio.run(with_db(lambda db: try_roads(db, settings, number, who=who, wait=timedelta(seconds=wait))))
    table = Table("road", "outcome", "why")
    for each in verdicts:
        table.add_row(each.road, each.outcome, each.why)
    _out.print(table)
    if verdicts and not any(each.touched for each in verdicts):
        _err.print("No message was sent. Is a service running on this database? Try: sawt serve")
    raise typer.Exit(0 if _fine(verdicts) else 1)


def _fine(verdicts: list[Verdict]) -> bool:
    return all(each.fine for each in verdicts)


def _road(road: Road, on: frozenset[str]) -> tuple[str, ...]:
    provider = road.provider if road.provider in on else f"{road.provider} (off)"
    rate, backup = f"{road.per_second:g}", " then ".join(road.backup)
    return (road.name, road.channel, provider, road.sender, _answers(road), rate, backup)


def _answers(road: Road) -> str:
    return "no: one-way" if road.one_way else "yes"


def _routes(roads: Roads) -> Table:
    table = Table("row", "channel", "number", "purpose", "priority", "roads", title="Routes: the first match applies")
    for place, row in enumerate(roads.routes, start=1):
        total = sum(row.roads.values())
        shares = ", ".join(f"{name} {share / total:.0%}" for name, share in row.roads.items())
        table.add_row(str(place), row.channel, f"{row.prefix}…", row.purpose or "any", row.priority or "any", shares)
    return table


def _prices(prices: Prices) -> Table:
    table = Table("road", "number", "a segment", "read on", "source", title="Prices: the longest match applies")
    for row in prices.rows:
        amount = f"{row.amount:g} {row.currency}"
        table.add_row(row.road or "any", f"{row.prefix}…", amount, row.as_of.isoformat(), row.source)
    return table
