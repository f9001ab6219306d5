"""`sawt vault`: list the vault's folders recorded in the database, and remove one whose disk is lost."""

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
from sawt.database import transact

vault = typer.Typer(no_args_is_help=True, help="List the vault's folders, and remove a lost one.")
_err = Printer(stderr=True)


@vault.command("list")
@listing
def list_folders(pages: Pages) -> None:
    """List the folders recorded in the database. Opening and closing a consultation needs all of them."""
    pages.show(
        lambda asked: cut("folders", transact(folders.known).values(), asked, key=lambda path: (path,), kinds=(str,)),
        ("folder",),
        lambda path: (path,),
        nothing="None yet: the first start of the service records them.",
    )


@vault.command()
def forget(folder: Annotated[Path, typer.Argument(help="a folder, as in `sawt vault list`")], who: As) -> None:
    """Remove a folder whose disk is lost for good. Destroy that disk if you find it: keys are on it."""
    transact(lambda session: folders.forget(session, str(folder), who=who, now=now()))
    _err.print(f"{folder} is forgotten. The next start fills the folder that replaces it in SAWT_VAULT.")
