"""`sawt today`: list what needs action by staff, each with the command to continue with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from api.text.formats import short_day
from api.workflows.overview.schemas import (
    BurstOut,
    CampaignWaiting,
    MeetingWaiting,
    OddAgent,
    Overview,
    ProposalWaiting,
)
from sawt.cli import service
from sawt.cli.cli_format import place, when
from sawt.cli.printing import Printer, Table
from sawt.cli.system.troubles import troubles_of

_out = Printer()
_NEXT = {
    "draft": "preview",
    "submitted": "show",
    "approved": "launch",
    "paused": "report",
}  # the next command in each state; a paused campaign's report comes before `resume`
_SIGNS = {"pace": "very fast", "alike": "all alike", "night": "at night", "phones": "on several phones"}

Row = tuple[str, str, str, str]


def today(as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False) -> None:
    """Show what waits for staff: roads, campaigns, ideas, proposals, letters, late milestones, meetings."""
    overview = service.get(Overview, "/overview")
    if as_json:
        _out.json(overview.model_dump_json(indent=2))
        return
    table = Table("waits", "what", "since or when", "next: sawt …")
    for row in _rows(overview):
        table.add_row(*row)
    _out.print(table if table.row_count else "Nothing waits for you.")


def _rows(overview: Overview) -> Iterator[Row]:
    if overview.record is not None:
        what = f"row {overview.record.seq} of the record does not verify: docs/record.md"
        yield "ALARM", what, when(overview.record.since), "doctor"
    for one in overview.altered:
        yield "ALARM", f"{one.code}: its ballots do not match the published hash", when(one.since), "doctor"
    for clock in overview.clocks:
        side = "ahead" if clock.ahead > 0 else "behind"
        what = f"a clock is {abs(clock.ahead)} seconds {side}: openings and closings wait"
        yield "clock", what, when(clock.since), "clock confirm"
    yield from _troubles(overview)
    for late in overview.held:
        yield "vault", f"{late.code} is not closed: {late.why}", when(late.since), "doctor"
    for road in overview.roads:
        yield "road", f"{road.road} rests: {road.reason}", f"until {when(road.until)}", "lanes list"
    if overview.kept:
        yield "provider", f"{overview.kept} messages of dialogues are not deleted there", "over a day", "doctor"
    yield from map(_agent, overview.agents)
    yield from map(_burst, overview.bursts)
    yield from map(_campaign, overview.campaigns)
    if overview.ideas.count:
        flagged = f", {overview.ideas.flagged} flagged" if overview.ideas.flagged else ""
        yield (
            "ideas",
            f"{overview.ideas.count} unread{flagged}",
            when(overview.ideas.oldest),
            "idea list --state received",
        )
    yield from map(_proposal, overview.proposals)
    for desk in overview.letters:
        yield "letters", f"{desk.open} open: {place(desk.province)}", when(desk.oldest), "desk list"
    for each in overview.late:
        what = f"{each.plan} {each.commitment}.{each.milestone}: {each.title['fr']}"
        days = f"{short_day(each.due_on)}, {each.days_late} days late"
        yield "late", what, days, f"commitment show {each.plan} {each.commitment}"
    yield from map(_meeting, overview.meetings)
    for reset in overview.resets:
        yield "account", f"{reset.by} reset the password of {reset.name}", when(reset.at), "staff list"


def _troubles(overview: Overview) -> Iterator[Row]:
    for each in troubles_of(overview):
        yield each.kind, each.words, when(each.since), each.command


def _agent(each: OddAgent) -> Row:
    if each.consultation is None:
        return "agent", f"{each.number}: {each.name}: other phones try the code", "", f"agent free {each.number}"
    what = f"{each.number}: {each.name}, {each.ballots} ballots or more in {each.consultation}"
    return "agent", f"{what}: {', '.join(map(_SIGNS.__getitem__, each.signs))}", "", "agent list"


def _burst(each: BurstOut) -> Row:
    refused = f", {each.refused} asked to come back" if each.refused else ""
    return "newcomers", f"{each.count} of {each.of}, usually {each.usual:g}{refused}", "now", "resident ranges"


def _campaign(each: CampaignWaiting) -> Row:
    what = f"{each.number}: {each.name}, {each.state}, by {each.author}"
    if each.missed is not None:
        what += f"; missed its launch at {when(each.missed)}, as the service was down: launch or schedule it"
    return "campaign", what, when(each.since), f"campaign {_NEXT[each.state]} {each.number}"


def _proposal(each: ProposalWaiting) -> Row:
    step = "choose" if each.wants == "choice" else "answer"
    return "proposal", f"{each.number}: {each.title['fr']}", "", f"proposal {step} {each.code}"


def _meeting(each: MeetingWaiting) -> Row:
    if each.over:
        return "minutes", f"{each.code}: {each.place['fr']}", when(each.starts_at), f"meeting minutes {each.code}"
    queue = f", {each.waiting} wait" if each.waiting else ""
    what = f"{each.code}: {each.place['fr']}, {each.taken}/{each.seats} seats{queue}"
    return "meeting", what, when(each.starts_at), f"meeting who {each.code}"
