"""`sawt campaign`: create, preview, approve, schedule and launch campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.campaigns.reporting.schemas import Preview, Report
from api.campaigns.schemas import CampaignIn, CampaignOut
from sawt.cli import service
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import At, confirm, parsed, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.outreach.campaign_pages import pages as page_commands
from sawt.cli.outreach.campaign_preview import counts, question, show_preview
from sawt.cli.outreach.campaign_reports import following
from sawt.cli.printing import YELLOW, Printer
from sawt.cli.service import path

campaign = typer.Typer(no_args_is_help=True, help="Prepare, launch and follow messages to many people.")
campaign.add_typer(following)
campaign.add_typer(page_commands)
add_example(campaign, "campaign")
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")]


@campaign.command()
def create(file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")]) -> None:
    """Create a draft: name, purpose, consultation or texts, audience, quotas, waves."""
    draft = service.post(CampaignOut, "/campaigns", parsed(CampaignIn, read_text(file)))
    _err.print(f"Campaign {draft.id} is a draft. Next: sawt campaign preview {draft.id}")
    if draft.too_late:
        _err.print(f" {draft.consultation} is closed: this campaign cannot be launched.", mark="note:", colour=YELLOW)
    _out.print(str(draft.id))  # for scripts


@campaign.command("list")
@listing
def list_campaigns(pages: Pages) -> None:
    """List campaigns. Those that need action by staff come first, oldest first; then the rest, newest first."""
    pages.show(
        service.listed(CampaignOut, "/campaigns"),
        ("number", "name", "purpose", "state", "author", "launched"),
        lambda each: (str(each.id), each.name, each.purpose, each.state, each.author, when(each.launched_at)),
    )


@campaign.command()
def preview(number: Id, as_json: AsJson = False) -> None:
    """Show who would receive a campaign, who would not and why, its price and its duration."""
    estimate = _preview(number)
    if as_json:
        _out.json(estimate.model_dump_json(indent=2))
        return
    show_preview(estimate)


@campaign.command("report")
def show_report(number: Id, as_json: AsJson = False) -> None:
    """Show how many of a campaign's messages are in each state. "Sent" means handed to the provider, not delivered."""
    totals = service.get(Report, path("campaigns", number, "report"))
    if as_json:
        _out.json(totals.model_dump_json(indent=2))
        return
    counts(f"{totals.name}: {totals.state}, {counted(totals.total, 'message')}", totals.states)
    counts("reasons", totals.reasons)
    for group, rows in totals.by.items():
        for name, states in rows.items():
            counts(f"{group}: {name}", states)


@campaign.command()
def schedule(number: Id, at: At) -> None:
    """Set a future time at which the campaign is launched automatically."""
    _say(service.post(CampaignOut, path("campaigns", number, "schedule"), {"at": at.isoformat()}))


@campaign.command()
def launch(number: Id, yes: Yes = False) -> None:
    """Start sending a campaign, after showing the number of people and the price."""
    if not yes:
        estimate = _preview(number)
        show_preview(estimate)
        confirm(question(estimate))
    _say(service.post(CampaignOut, path("campaigns", number, "launch")))


@campaign.command()
def budget(number: Id, amount: Annotated[float, typer.Argument(help="the most to spend", min=0)]) -> None:
    """Set a campaign's budget. Messages that the old budget held back are sent after `sawt campaign resume`."""
    _say(service.post(CampaignOut, path("campaigns", number, "budget"), {"amount": amount}))


def _add_step(step: str, words: str) -> None:
    def run_step(number: Id) -> None:
        changed = service.post(CampaignOut, path("campaigns", number, step))
        _say(changed)
        if changed.id != number:
            _out.print(str(changed.id))  # the number of the new draft, for scripts

    campaign.command(step, help=words)(run_step)


_WORDS: Mapping[str, str] = {
    "submit": "Ask for approval.",
    "unschedule": "Cancel its scheduled launch; it stays approved.",
    "approve": "Approve it; a large one must be approved by someone other than its author.",
    "pause": "Stop sending; queued messages wait.",
    "resume": "Continue where it was paused.",
    "cancel": "End it for good; messages already handed over cannot be recalled.",
    "revise": "Make it a draft again.",
    "clone": "Create a draft with the same name, texts, audience, quotas and waves.",
    "resend": "Create a draft for only those whom this campaign failed to reach.",
}
for _step_name, _step_words in _WORDS.items():
    _add_step(_step_name, _step_words)


def _preview(number: int) -> Preview:
    return service.get(Preview, path("campaigns", number, "preview"))


def _say(changed: CampaignOut) -> None:
    _err.print(f"Campaign {changed.id} is {changed.state}.")
