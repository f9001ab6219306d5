"""`sawt invite`: invite everyone who consented and was not invited yet, by an ordinary campaign."""

from __future__ import annotations

from typing import Annotated

import typer

from api.campaigns.reporting.schemas import Preview
from api.campaigns.schemas import CampaignOut, Proceeded
from api.campaigns.transitions import CampaignState
from sawt.cli import service
from sawt.cli.cli_input import confirm
from sawt.cli.outreach.campaign_preview import question, show_preview
from sawt.cli.printing import Printer
from sawt.cli.service import path

_err = Printer(stderr=True)


def invite(
    code: Annotated[str, typer.Argument(help="the consultation's code")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
) -> None:
    """Invite everyone who consented and was not invited yet; shows how many people and the price first."""
    number = service.post(CampaignOut, path("consultations", code, "invitation")).id
    preview = service.get(Preview, path("campaigns", number, "preview"))
    show_preview(preview)
    if not yes:
        _err.print(f"If you say no, campaign {number} stays as it is.")
        confirm(question(preview))
    done = service.post(Proceeded, path("campaigns", number, "proceed"))
    _err.print(f"Campaign {number} is {done.state}.")
    if done.waits_for is not None:
        _err.print(f"{done.waits_for[:1].upper()}{done.waits_for[1:]}. Next:")
        approve = f"sawt campaign approve {number}, then " if done.state == CampaignState.SUBMITTED else ""
        _err.print(f"{approve}sawt campaign launch {number}")
