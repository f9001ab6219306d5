"""`sawt commitment`: plans, commitments, their milestones and statuses, news of them, and files in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.authoring import preview
from api.clock import now
from api.commitments import service, status, write
from api.commitments.fields import Statuses
from api.commitments.files import exchange
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.update_schemas import GroundIn, UpdateIn
from api.proposals.service import origins
from api.workflows import updates
from sawt.cli.cli_input import As, binary, parsed, written
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.people import commitment_rows as rows
from sawt.cli.printing import Printer, to_output
from sawt.context import ruled
from sawt.database import take

commitment = typer.Typer(no_args_is_help=True, help="What the Council has committed itself to, and how it stands.")
add_example(commitment, "plan", of="plan")
_out, _err = Printer(), Printer(stderr=True)

Plan = Annotated[str, typer.Argument(help="the plan's code")]
Number = Annotated[int, typer.Argument(help="the commitment's number in its plan")]
File = Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")]
Milestone = Annotated[int | None, typer.Option(help="one of its milestones, by number")]


@commitment.command()
@listing
def plans(pages: Pages) -> None:
    """List the plans, with the axes of each."""
    pages.show(
        lambda asked: take(lambda session: service.listed(session, asked)),
        ("code", "title", "scope", "from", "to", "commitments", "axes"),
        lambda each: rows.plan(*each),
    )


@commitment.command("list")
@listing
def list_commitments(pages: Pages, plan: Plan) -> None:
    """List a plan's commitments: state, the three sources, next milestone, what residents see."""
    pages.show(
        lambda asked: take(lambda session: rows.commitments(session, plan, asked)),
        ("number", "commitment", "state", "self-assessed", "monitoring body", "next milestone", "on the ground"),
        lambda row: row,
    )


@commitment.command()
def show(plan: Plan, number: Number) -> None:
    """Show one as JSON: its fields, how it stands, the proposals and ideas it came from."""
    today = service.today(now())
    found = take(lambda session: status.read(session, plan, number, today=today, trace=origins))
    _out.json(found.model_dump_json(indent=2))


@commitment.command()
@listing
def late(pages: Pages, plan: Plan) -> None:
    """List the milestones that are late, the latest first."""
    today = service.today(now())
    pages.show(
        lambda asked: take(lambda session: status.listed_late(session, plan, today=today, asked=asked)),
        ("commitment", "milestone", "title", "expected", "days late"),
        rows.late,
    )


@commitment.command("plan")
def keep_plan(file: File, who: As) -> None:
    """Keep a plan, in place of what was known of it."""
    given = parsed(PlanIn, written(file))
    fresh = take(lambda session: service.save_plan(session, given, who=who, now=now()))
    _err.print(f"{given.code} is {'kept' if fresh else 'changed'}.")


@commitment.command()
def put(plan: Plan, file: File, who: As) -> None:
    """Keep a commitment with its milestones, in place of what was known of it."""
    given = parsed(CommitmentIn, written(file))
    found = take(lambda session: write.put(session, plan, given, who=who, now=now()))
    _err.print(f"{found.ref} is kept, with {len(found.milestones)} milestones.")


@commitment.command()
def milestone(plan: Plan, number: Number, file: File, who: As) -> None:
    """Keep one milestone, in place of what was known of it."""
    given = parsed(MilestoneIn, written(file))
    found = take(lambda session: write.put_milestone(session, plan, number, given, who=who, now=now()))
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
    found = take(lambda session: write.assess(session, plan, number, given, milestone=milestone, who=who, now=now()))
    _err.print(f"{found.ref} is {found.state(service.today(now()))}.")


@commitment.command()
def update(plan: Plan, number: Number, file: File, who: As) -> None:
    """Keep news ({"text": {…}, "milestone": 2}); the draft of news that waits takes them up, or a new one."""
    given = parsed(UpdateIn, written(file))
    _, campaign = take(lambda session: updates.draft_update(session, plan, number, given, action=Action(who, now())))
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
    smallest, weigh = kit.rules.book.values.smallest_count, preview.weigh(kit)
    _, campaign = await updates.draft_ground(
        session, *at, given, action=Action(who, now()), smallest=smallest, weigh=weigh
    )
    return campaign.id
