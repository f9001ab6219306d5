"""`sawt commitment`: plans, commitments, milestones, statuses and updates; CSV and JSON import and export."""

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
from sawt.cli.cli_input import As, parsed, read_bytes, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.people import commitment_rows as rows
from sawt.cli.printing import Printer, to_output
from sawt.context import context_in_force
from sawt.database import transact

commitment = typer.Typer(no_args_is_help=True, help="Record the Council's commitments and progress; publish updates.")
add_example(commitment, "plan", of="plan")
_out, _err = Printer(), Printer(stderr=True)

Plan = Annotated[str, typer.Argument(help="the plan's code")]
Number = Annotated[int, typer.Argument(help="the commitment's number in its plan")]
File = Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")]
Milestone = Annotated[int | None, typer.Option(help="one of its milestones, by number")]


@commitment.command()
@listing
def plans(pages: Pages) -> None:
    """List the plans with their axes (main parts)."""
    pages.show(
        lambda asked: transact(lambda session: service.listed(session, asked)),
        ("code", "title", "scope", "from", "to", "commitments", "axes"),
        lambda each: rows.plan(*each),
    )


@commitment.command("list")
@listing
def list_commitments(pages: Pages, plan: Plan) -> None:
    """List a plan's commitments: state, status from each source, next milestone, and answers of residents."""
    pages.show(
        lambda asked: transact(lambda session: rows.commitments(session, plan, asked)),
        ("number", "commitment", "state", "self-assessed", "monitoring body", "next milestone", "on the ground"),
        lambda row: row,
    )


@commitment.command()
def show(plan: Plan, number: Number) -> None:
    """Show a commitment as JSON: its fields, its state, and the proposals and ideas it came from."""
    today = service.today(now())
    details = transact(lambda session: status.read(session, plan, number, today=today, trace=origins))
    _out.json(details.model_dump_json(indent=2))


@commitment.command()
@listing
def late(pages: Pages, plan: Plan) -> None:
    """List late milestones, the longest overdue first."""
    today = service.today(now())
    pages.show(
        lambda asked: transact(lambda session: status.listed_late(session, plan, today=today, asked=asked)),
        ("commitment", "milestone", "title", "expected", "days late"),
        rows.late,
    )


@commitment.command("plan")
def keep_plan(file: File, who: As) -> None:
    """Create a plan, or replace the plan with the same code."""
    data = parsed(PlanIn, read_text(file))
    created = transact(lambda session: service.save_plan(session, data, who=who, now=now()))
    _err.print(f"{data.code} is {'created' if created else 'replaced'}.")


@commitment.command()
def put(plan: Plan, file: File, who: As) -> None:
    """Create a commitment with its milestones, or replace the commitment with the same number."""
    data = parsed(CommitmentIn, read_text(file))
    whole = transact(lambda session: write.put(session, plan, data, who=who, now=now()))
    _err.print(f"{whole.ref} is stored, with {len(whole.milestones)} milestones.")


@commitment.command()
def milestone(plan: Plan, number: Number, file: File, who: As) -> None:
    """Create one milestone, or replace the milestone with the same number."""
    data = parsed(MilestoneIn, read_text(file))
    whole = transact(lambda session: write.put_milestone(session, plan, number, data, who=who, now=now()))
    _err.print(f"{whole.ref} has {len(whole.milestones)} milestones.")


@commitment.command()
def assess(
    plan: Plan,
    number: Number,
    source: Annotated[Literal["operational", "self_assessed", "monitoring"], typer.Argument(help="who assesses it")],
    status: Annotated[str, typer.Argument(help="in the source's terms: on_track, substantial, limited …")],
    who: As,
    on: Annotated[str | None, typer.Option(help="the day of the assessment, as 2026-12-01; today by default")] = None,
    evidence: Annotated[str, typer.Option(help="a link, or a sentence")] = "",
    milestone: Milestone = None,
) -> None:
    """Record the status that a source reports for a commitment or for one of its milestones."""
    day = on or service.today(now()).isoformat()
    data = parsed(Statuses, json.dumps({source: {"status": status, "on": day, "evidence": evidence}}))
    whole = transact(lambda session: write.assess(session, plan, number, data, milestone=milestone, who=who, now=now()))
    _err.print(f"{whole.ref} is {whole.state(service.today(now()))}.")


@commitment.command()
def update(plan: Plan, number: Number, file: File, who: As) -> None:
    """Record an update, and add it to the waiting draft campaign or to a new one, which sends the update to followers.

    The file contains {"text": {…}, "milestone": 2}.
    """
    data = parsed(UpdateIn, read_text(file))
    _, campaign = transact(lambda session: updates.draft_update(session, plan, number, data, action=Action(who, now())))
    _say_draft(campaign.id)


@commitment.command("ground")
def ask_ground(plan: Plan, number: Number, milestone: int, file: File, who: As) -> None:
    """Ask followers in one commune a question about a milestone, and draft a campaign that invites them to answer.

    The file contains {"commune": …, "question": {…}, "closes_at": …}.
    """
    data = parsed(GroundIn, read_text(file))
    _say_draft(transact(lambda session: _ask_ground(session, (plan, number, milestone), data, who)))


@commitment.command("import")
def import_file(plan: Plan, file: Annotated[Path, typer.Argument(help="CSV of any office program")], who: As) -> None:
    """Import a CSV file. If one row is wrong, nothing is imported."""
    data = read_bytes(file)
    count = transact(lambda session: exchange.import_csv(session, plan, data, who=who, now=now()))
    _err.print(f"Imported {count} commitments.")


@commitment.command("export")
def export_file(
    plan: Plan, as_json: Annotated[bool, typer.Option("--json", help="JSON, in OGP's order")] = False
) -> None:
    """Write a plan's commitments to standard output, as CSV or JSON."""
    if as_json:
        exported = transact(lambda session: exchange.export_json(session, plan))
        _out.json(json.dumps(exported, ensure_ascii=False, indent=2))
        return
    to_output(transact(lambda session: exchange.export_csv(session, plan)))


def _say_draft(campaign: int) -> None:
    _err.print(f"Campaign {campaign} is a draft. Next: sawt campaign preview {campaign}")
    _out.print(str(campaign))  # for scripts


async def _ask_ground(session: AsyncSession, at: tuple[str, int, int], data: GroundIn, who: str) -> int:
    kit = await context_in_force(session)
    smallest, weigh = kit.rules.book.values.smallest_count, preview.weigh(kit)
    _, campaign = await updates.draft_ground(
        session, *at, data, action=Action(who, now()), smallest=smallest, weigh=weigh
    )
    return campaign.id
