"""`sawt campaign show` and `edit`: show a campaign as residents would receive it, and replace its description."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.campaigns import transitions
from api.campaigns.reporting.schemas import CampaignPage, Preview
from api.campaigns.schemas import CampaignIn, CampaignOut
from api.errors import SawtError
from sawt.cli import service
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import parsed, read_text
from sawt.cli.outreach.campaign_preview import price, segments
from sawt.cli.printing import Printer
from sawt.cli.service import path

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Id = Annotated[int, typer.Argument(help="the campaign's number")]

_DONE = {  # steps, in the past tense
    "create": "created it", "submit": "asked for approval", "edit": "edited it", "revise": "took it back",
    "approve": "approved it", "schedule": "scheduled it", "unschedule": "took its schedule back",
    "missed": "missed its scheduled time", "launch": "launched it", "pause": "paused it", "resume": "resumed it",
    "finish": "finished it", "cancel": "cancelled it", "test": "sent a test", "budget": "set its budget",
}  # fmt: skip


@pages.command()
def show(number: Id, as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False) -> None:
    """Show all that an approver approves: texts as residents get them, audience, times, price, history of steps."""
    campaign = service.get(CampaignPage, path("campaigns", number))
    if as_json:
        _out.json(campaign.model_dump_json(indent=2, by_alias=True))
        return
    for name, value in [*facts(campaign), *_effort(campaign)]:
        _out.print(f"{name}: {value}")
    for each in campaign.said:
        letters = " (latin)" if each.latin else ""
        segments = f", {counted(each.segments, 'SMS segment')}" if each.channel == "sms" else ""
        part = f", parts {each.variant:b}" if each.variant else ""
        _out.print(f"{each.channel}, {each.language}{letters}{part}{segments}:")
        _out.lines("    " + "\n".join([each.text, *(f"[{label}]" for label in each.choices)]))
    for line in campaign.called:
        _out.print(f"also called: {line}")
    if campaign.missing:
        _out.print(f"no texts: {campaign.missing}")
    for step in campaign.steps:
        _out.print(f"{when(step.at)}  {step.who} {_DONE[step.step]} ({step.state})")


@pages.command()
def edit(
    number: Id, file: Annotated[Path, typer.Argument(help="its description as JSON; - for standard input")]
) -> None:
    """Replace a campaign's description before its launch. An approved campaign then needs approval again."""
    edited = service.put(CampaignOut, path("campaigns", number), parsed(CampaignIn, read_text(file)))
    _err.print(f"Campaign {number} is {edited.state}. Next: sawt campaign preview {number}")


def facts(campaign: CampaignPage) -> list[tuple[str, str]]:
    """Return a campaign's properties, except its texts, as names and values."""
    budget = "no limit" if campaign.budget is None else str(campaign.budget)
    return [
        ("campaign", f"{campaign.id} {campaign.name}"),
        ("state", campaign.state),
        ("purpose", campaign.purpose),
        ("author", campaign.author),
        ("approved by", campaign.approved_by or "nobody"),
        ("consultation", campaign.consultation or "none"),
        ("audience", campaign.audience_words),
        ("quotas", campaign.quotas_words or "none"),
        ("waves", ", ".join(f"{each.share} % after {each.after_minutes} min" for each in campaign.waves) or "none"),
        ("hours", campaign.hours),
        ("budget", budget),
        ("scheduled for", when(campaign.scheduled_for) or "no time"),
        ("expires", when(campaign.expires_at) or "when its consultation closes, if any"),
    ]


def _effort(campaign: CampaignPage) -> list[tuple[str, str]]:
    """Return rows with the number of people, the SMS segments and the price.

    The result is empty after the launch, because the campaign's report then has these values.
    """
    if campaign.state not in transitions.BEFORE_LAUNCH:
        return []
    try:
        estimate = service.get(Preview, path("campaigns", campaign.id, "preview"))
    except SawtError as error:
        return [("people and price", f"not known: {error}")]
    return [("people", str(estimate.recipients)), ("SMS segments", segments(estimate)), ("price", price(estimate))]
