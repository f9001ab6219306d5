"""`sawt vault`: the folders that the database knows, and forgetting one whose disk is gone for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.clock import now
from api.consultations import folders
from sawt.database import take
from sawt.given import As
from sawt.printing import Printer, Table

vault = typer.Typer(no_args_is_help=True, help="See the folders of the vault, and forget a broken one.")
_out, _err = Printer(), Printer(stderr=True)


@vault.command("list")
def list_folders() -> None:
    """List the folders that the database knows: opening and closing need all of them."""
    table = Table("folder")
    for path in take(folders.known).values():
        table.add_row(path)
    _out.print(table if table.row_count else "None is known before the service first starts.")


@vault.command()
def forget(folder: Annotated[Path, typer.Argument(help="as `sawt vault list` names it")], who: As) -> None:
    """Forget a folder whose disk is gone for good. Destroy that disk: it holds the keys of open consultations."""
    take(lambda session: folders.forget(session, str(folder), who=who, now=now()))
    _err.print(f"{folder} is forgotten; one that takes its place in SAWT_VAULT is filled at the next start.")
