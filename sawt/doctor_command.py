"""`sawt doctor`: prints what is right, wrong or switched off in the settings."""

from __future__ import annotations

import asyncio

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.markup import escape

from api.settings import Settings
from sawt.doctor import examine
from sawt.findings import Finding, faults

_out = Console()


def doctor() -> None:
    """Say whether every setting is there and right, and what is missing."""
    try:
        wrong = asyncio.run(_examine(Settings()))
    except (ValidationError, SettingsError) as error:
        wrong = sum(_show(each) for each in faults(error))
    raise typer.Exit(1 if wrong else 0)


async def _examine(settings: Settings) -> int:
    return sum([_show(finding) async for finding in examine(settings)])


def _show(finding: Finding) -> bool:
    """Print what was found; says whether it is wrong."""
    mark = {True: "[green]ok[/green]", False: "[red]wrong[/red]", None: "[dim]off[/dim]"}[finding.ok]
    _out.print(f"{mark:<20} {escape(f'{finding.what}: {finding.words}')}", highlight=False, soft_wrap=True)
    return finding.ok is False
