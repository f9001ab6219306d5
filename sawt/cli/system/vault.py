"""`sawt vault`: the folders that the database knows, and forgetting one whose disk is gone for good."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.clock import now
from api.consultations.vault_keys import folders
from api.pagination import cut
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.database import take

vault = typer.Typer(no_args_is_help=True, help="See the folders of the vault, and forget a broken one.")
_err = Printer(stderr=True)


@vault.command("list")
@listing
def list_folders(pages: Pages) -> None:
    """List the folders that the database knows: opening and closing need all of them."""
    pages.show(
        lambda asked: cut("folders", take(folders.known).values(), asked, key=lambda path: (path,), kinds=(str,)),
        ("folder",),
        lambda path: (path,),
        nothing="None is known before the service first starts.",
    )


@vault.command()
def forget(folder: Annotated[Path, typer.Argument(help="as `sawt vault list` names it")], who: As) -> None:
    """Forget a folder whose disk is gone for good. Destroy that disk: it holds the keys of open consultations."""
    take(lambda session: folders.forget(session, str(folder), who=who, now=now()))
    _err.print(f"{folder} is forgotten; one that takes its place in SAWT_VAULT is filled at the next start.")
