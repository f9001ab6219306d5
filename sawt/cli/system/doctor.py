"""`sawt doctor`: print which settings are right, wrong or switched off."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from api.settings import Settings
from sawt.cli.printing import DIM, GREEN, RED, Printer
from sawt.doctor.checks import examine
from sawt.doctor.finding import Finding, faults
from sawt.doctor.live_checks import ask_providers
from sawt.settings import misspelt

_out = Printer()
_MARKS = {True: ("ok", GREEN), False: ("wrong", RED), None: ("off", DIM)}


def doctor(
    live: Annotated[bool, typer.Option("--live", help="also send each provider one harmless request")] = False,
) -> None:
    """Check every setting and report what is missing or wrong."""
    wrong = sum(_show(each) for each in misspelt())
    try:
        wrong += asyncio.run(_examine(Settings(), live=live))
    except (ValidationError, SettingsError) as error:
        wrong += sum(_show(each) for each in faults(error))
    raise typer.Exit(1 if wrong else 0)


async def _examine(settings: Settings, *, live: bool) -> int:
    wrong = sum([_show(finding) async for finding in examine(settings)])
    if live:
        wrong += sum([_show(finding) async for finding in ask_providers(settings)])
    return wrong


def _show(finding: Finding) -> bool:
    """Print a finding; return whether it is an error."""
    mark, colour = _MARKS[finding.ok]
    _out.print(f"{finding.subject}: {finding.words}", mark=f"{mark:<6}", colour=colour)
    return finding.ok is False
