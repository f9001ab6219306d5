"""`sawt commitment`: plans, commitments, milestones, statuses and updates; CSV and JSON import and export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.clock import MOROCCO, now
from api.commitments.fields import Statuses
from api.commitments.schemas import CommitmentIn, MilestoneIn, PlanIn
from api.commitments.update_schemas import GroundIn, UpdateIn
from api.commitments.view_schemas import CommitmentOut, LateOut, PlanOut, PlanSaved
from api.workflows.update_schemas import Drafted
from sawt.cli import service
from sawt.cli.cli_input import parsed, read_bytes, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.people import commitment_rows as rows
from sawt.cli.printing import Printer, to_output
from sawt.cli.service import path

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
        service.listed(PlanOut, "/plans"),
        ("code", "title", "scope", "from", "to", "commitments", "axes"),
        rows.plan,
    )


@commitment.command("list")
@listing
def list_commitments(pages: Pages, plan: Plan) -> None:
    """List a plan's commitments: state, status from each source, next milestone, and answers of residents."""
    pages.show(
        service.listed(CommitmentOut, path("plans", plan, "commitments")),
        ("number", "commitment", "state", "self-assessed", "monitoring body", "next milestone", "on the ground"),
        rows.commitment,
    )


@commitment.command()
def show(plan: Plan, number: Number) -> None:
    """Show a commitment as JSON: its fields, its state, and the proposals and ideas it came from."""
    _out.json(service.get(CommitmentOut, _one(plan, number)).model_dump_json(indent=2))


@commitment.command()
@listing
def late(pages: Pages, plan: Plan) -> None:
    """List late milestones, the longest overdue first."""
    pages.show(
        service.listed(LateOut, path("plans", plan, "late")),
        ("commitment", "milestone", "title", "expected", "days late"),
        rows.late,
    )


@commitment.command("plan")
def save_plan(file: File) -> None:
    """Create a plan, or replace the plan with the same code."""
    saved = service.put(PlanSaved, "/plans", parsed(PlanIn, read_text(file)))
    _err.print(f"{saved.code} is {'created' if saved.created else 'replaced'}.")


@commitment.command()
def put(plan: Plan, file: File) -> None:
    """Create a commitment with its milestones, or replace the commitment with the same number."""
    data = parsed(CommitmentIn, read_text(file))
    saved = service.put(CommitmentOut, path("plans", plan, "commitments"), data)
    _err.print(f"{_ref(saved)} is stored, with {len(saved.milestones)} milestones.")


@commitment.command()
def milestone(plan: Plan, number: Number, file: File) -> None:
    """Create one milestone, or replace the milestone with the same number."""
    data = parsed(MilestoneIn, read_text(file))
    saved = service.put(CommitmentOut, f"{_one(plan, number)}/milestones", data)
    _err.print(f"{_ref(saved)} has {len(saved.milestones)} milestones.")


@commitment.command()
def assess(
    plan: Plan,
    number: Number,
    source: Annotated[Literal["operational", "self_assessed", "monitoring"], typer.Argument(help="who assesses it")],
    status: Annotated[str, typer.Argument(help="in the source's terms: on_track, substantial, limited …")],
    on: Annotated[str | None, typer.Option(help="the day of the assessment, as 2026-12-01; today by default")] = None,
    evidence: Annotated[str, typer.Option(help="a link, or a sentence")] = "",
    milestone: Milestone = None,
) -> None:
    """Record the status that a source reports for a commitment or for one of its milestones."""
    day = on or now().astimezone(MOROCCO).date().isoformat()
    data = parsed(Statuses, json.dumps({source: {"status": status, "on": day, "evidence": evidence}}))
    query = {"milestone": milestone}
    answer = service.send("POST", f"{_one(plan, number)}/assessments", query=query, body=data)
    assessed = service.read(CommitmentOut, answer)
    _err.print(f"{_ref(assessed)} is {assessed.state}.")


@commitment.command()
def update(plan: Plan, number: Number, file: File) -> None:
    """Record an update, and add it to the waiting draft campaign or to a new one, which sends the update to followers.

    The file contains {"text": {…}, "milestone": 2}.
    """
    data = parsed(UpdateIn, read_text(file))
    _print_draft(service.post(Drafted, f"{_one(plan, number)}/updates", data))


@commitment.command("ground")
def ask_ground(plan: Plan, number: Number, milestone: int, file: File) -> None:
    """Ask followers in one commune a question about a milestone, and draft a campaign that invites them to answer.

    The file contains {"commune": …, "question": {…}, "closes_at": …}.
    """
    data = parsed(GroundIn, read_text(file))
    _print_draft(service.post(Drafted, f"{_one(plan, number)}/milestones/{milestone}/ground", data))


@commitment.command("import")
def import_file(plan: Plan, file: Annotated[Path, typer.Argument(help="CSV of any office program")]) -> None:
    """Import a CSV file. If one row is wrong, nothing is imported."""
    data, where = read_bytes(file), path("plans", plan, "commitments.csv")
    imported = service.read(dict[str, int], service.send("PUT", where, content=data, content_type="text/csv"))
    _err.print(f"Imported {imported['commitments']} commitments.")


@commitment.command("export")
def export_file(
    plan: Plan, as_json: Annotated[bool, typer.Option("--json", help="JSON, in OGP's order")] = False
) -> None:
    """Write a plan's commitments to standard output, as CSV or JSON."""
    if as_json:
        exported = service.get(dict[str, Any], path("plans", plan, "commitments.json"))
        _out.json(json.dumps(exported, ensure_ascii=False, indent=2))
        return
    to_output(service.send("GET", path("plans", plan, "commitments.csv")).content)


def _one(plan: str, number: int) -> str:
    """Return the path of a commitment in /v1."""
    return path("plans", plan, "commitments", number)


def _ref(commitment: CommitmentOut) -> str:
    """Return how staff name a commitment: "plan-code/3"."""
    return f"{commitment.plan}/{commitment.number}"


def _print_draft(drafted: Drafted) -> None:
    _err.print(f"Campaign {drafted.campaign} is a draft. Next: sawt campaign preview {drafted.campaign}")
    _out.print(str(drafted.campaign))  # for scripts
