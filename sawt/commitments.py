"""`sawt commitment`: plans, commitments, their milestones and statuses, news of them, and files in and out."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import news
from api.clock import now
from api.commitments import content, exchange, ground, recording, service, standing
from api.commitments.asked import GroundIn, UpdateIn
from api.commitments.fields import Statuses
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.shown import LateOut
from api.dialogue import showing
from api.formats import short_day
from api.proposals.service import origins
from sawt.context import ruled
from sawt.database import take
from sawt.examples import add_example
from sawt.given import As, binary, parsed, written
from sawt.printing import Printer, Table, to_output

commitment = typer.Typer(no_args_is_help=True, help="What the Council has committed itself to, and how it stands.")
add_example(commitment, "plan", of="plan")
_out, _err = Printer(), Printer(stderr=True)

Plan = Annotated[str, typer.Argument(help="the plan's code")]
Number = Annotated[int, typer.Argument(help="the commitment's number in its plan")]
File = Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")]
Milestone = Annotated[int | None, typer.Option(help="one of its milestones, by number")]


@commitment.command()
def plans() -> None:
    """List the plans, with the axes of each."""
    table = Table("code", "title", "scope", "from", "to", "commitments", "axes")
    for plan, count in take(service.counted):
        axes = ", ".join(f"{axis['title']['fr']} ({axis['commitments'] or '?'})" for axis in plan.axes)
        days = (short_day(plan.starts_on), short_day(plan.ends_on))
        table.add_row(plan.code, plan.title["fr"], plan.scope, *days, f"{count}/{plan.announced or '?'}", axes)
    _out.print(table)


@commitment.command("list")
def list_commitments(plan: Plan) -> None:
    """List a plan's commitments: state, the three sources, next milestone, what residents see."""
    table = Table(
        "number", "commitment", "state", "self-assessed", "monitoring body", "next milestone", "on the ground"
    )
    for row in take(lambda session: _rows(session, plan)):
        table.add_row(*row)
    _out.print(table)


@commitment.command()
def show(plan: Plan, number: Number) -> None:
    """Show one as JSON: its fields, how it stands, the proposals and ideas it came from."""
    today = service.today(now())
    found = take(lambda session: standing.read(session, plan, number, today=today, trace=origins))
    _out.json(found.model_dump_json(indent=2))


@commitment.command()
def late(plan: Plan) -> None:
    """List the milestones that are late, the latest first."""
    table = Table("commitment", "milestone", "title", "expected", "days late")
    for each in take(lambda session: _late(session, plan)):
        numbers = (str(each.commitment), str(each.milestone))
        table.add_row(*numbers, each.title["fr"], short_day(each.due_on), str(each.days_late))
    _out.print(table)


@commitment.command("plan")
def keep_plan(file: File, who: As) -> None:
    """Keep a plan, in place of what was known of it."""
    given = parsed(PlanIn, written(file))
    fresh = take(lambda session: service.keep_plan(session, given, who=who, now=now()))
    _err.print(f"{given.code} is {'kept' if fresh else 'changed'}.")


@commitment.command()
def put(plan: Plan, file: File, who: As) -> None:
    """Keep a commitment with its milestones, in place of what was known of it."""
    given = parsed(CommitmentIn, written(file))
    found = take(lambda session: recording.put(session, plan, given, who=who, now=now()))
    _err.print(f"{found.ref} is kept, with {len(found.milestones)} milestones.")


@commitment.command()
def milestone(plan: Plan, number: Number, file: File, who: As) -> None:
    """Keep one milestone, in place of what was known of it."""
    given = parsed(MilestoneIn, written(file))
    found = take(lambda session: recording.put_milestone(session, plan, number, given, who=who, now=now()))
    _err.print(f"{found.ref} has {len(found.milestones)} milestones.")


@commitment.command()
def assess(
    plan: Plan,
    number: Number,
    source: Annotated[Literal["operational", "self_assessed", "monitoring"], typer.Argument(help="who says it")],
    status: Annotated[str, typer.Argument(help="as the source says it: on_track, substantial, limited …")],
    who: As,
    on: Annotated[str | None, typer.Option(help="the day it was said: 2026-12-01; today by default")] = None,
    evidence: Annotated[str, typer.Option(help="a link, or a sentence")] = "",
    milestone: Milestone = None,
) -> None:
    """Record what one source says of a commitment, or of one of its milestones."""
    day = on or service.today(now()).isoformat()
    given = parsed(Statuses, json.dumps({source: {"status": status, "on": day, "evidence": evidence}}))
    found = take(
        lambda session: recording.assess(session, plan, number, given, milestone=milestone, who=who, now=now())
    )
    _err.print(f"{found.ref} is {found.state(service.today(now()))}.")


@commitment.command()
def update(plan: Plan, number: Number, file: File, who: As) -> None:
    """Keep news ({"text": {…}, "milestone": 2}); the draft of news that waits takes them up, or a new one."""
    given = parsed(UpdateIn, written(file))
    _, campaign = take(lambda session: news.draft_update(session, plan, number, given, who=who, now=now()))
    _say_draft(campaign.id)


@commitment.command("ground")
def ask_ground(plan: Plan, number: Number, milestone: int, file: File, who: As) -> None:
    """Ask followers in a commune ({"commune": …, "question": {…}, "closes_at": …}): opens it, drafts the invitation."""
    given = parsed(GroundIn, written(file))
    _say_draft(take(lambda session: _ask_ground(session, (plan, number, milestone), given, who)))


@commitment.command("import")
def import_file(plan: Plan, file: Annotated[Path, typer.Argument(help="CSV, as any office saves it")], who: As) -> None:
    """Keep what a CSV file holds, all or nothing."""
    data = binary(file)
    count = take(lambda session: exchange.import_csv(session, plan, data, who=who, now=now()))
    _err.print(f"{count} commitments are kept.")


@commitment.command("export")
def export_file(plan: Plan, as_json: Annotated[bool, typer.Option("--json", help="in OGP's order")] = False) -> None:
    """Write a plan's commitments to standard output, as CSV or JSON."""
    if as_json:
        found = take(lambda session: exchange.export_json(session, plan))
        _out.json(json.dumps(found, ensure_ascii=False, indent=2))
        return
    to_output(take(lambda session: exchange.export_csv(session, plan)))


def _say_draft(campaign: int) -> None:
    _err.print(f"Campaign {campaign} is a draft. Next: sawt campaign preview {campaign}")
    _out.print(str(campaign))  # its number, for scripts


async def _ask_ground(session: AsyncSession, at: tuple[str, int, int], given: GroundIn, who: str) -> int:
    kit = await ruled(session)
    smallest, weigh = kit.rules.book.values.smallest_count, showing.weigh(kit)
    _, campaign = await news.draft_ground(session, *at, given, who=who, now=now(), smallest=smallest, weigh=weigh)
    return campaign.id


async def _late(session: AsyncSession, plan: str) -> list[LateOut]:
    found = await content.read(session, await service.plan(session, plan))
    return standing.late(found, service.today(now()))


async def _rows(session: AsyncSession, plan: str) -> list[tuple[str, ...]]:
    found = await content.read(session, await service.plan(session, plan))
    seen = await ground.seen(session, [step for each in found for step in each.milestones])
    return [_row(each, seen, service.today(now())) for each in found]


def _row(each: content.Whole, seen: list[ground.Seen], today: date) -> tuple[str, ...]:
    step = each.upcoming()
    upcoming = ""
    if step is not None:
        expected = f", {short_day(step.due_on)}" if step.due_on else ""
        days = each.days_late(step, today)
        upcoming = f"{step.title['fr']}{expected}" + (f", {days} days late" if days else "")
    said = [each.latest(source) for source in ("self_assessed", "monitoring")]
    steps = {step.id for step in each.milestones}
    ground_said = ", ".join(_said(on) for on in seen if on.milestone_id in steps)
    others = [f"{one.status} ({short_day(one.on)})" if one else "" for one in said]
    return (str(each.commitment.number), each.label["fr"], each.state(today), *others, upcoming, ground_said)


def _said(on: ground.Seen) -> str:
    return f"{on.commune}: few answers" if on.yes is None else f"{on.commune}: {on.yes} yes, {on.no} no"
