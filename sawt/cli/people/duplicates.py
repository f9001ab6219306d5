"""`sawt resident merge-doubles`, and what `sawt doctor` says of people whose one number was stored several times."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from api.clock import now
from api.db import Database
from api.dialogue.merge_duplicates import Mending, mend
from api.errors import SawtError
from api.residents.duplicates import Survey, survey
from api.security.crypto import Keyring
from api.settings import Settings
from sawt.cli.cli_input import As
from sawt.cli.printing import Printer, Table
from sawt.context import keyring
from sawt.database import with_db
from sawt.doctor.finding import Finding
from sawt.revisions import current, newest
from sawt.settings import configured

doubling = typer.Typer()
_out, _err = Printer(), Printer(stderr=True)

_WHAT = "phone numbers"
_COMMAND = "sawt resident merge-doubles"


@doubling.command("merge-doubles")
def merge_doubles(
    who: As, yes: Annotated[bool, typer.Option("--yes", help="do it; without, only say what would be done")] = False
) -> None:
    """Merge residents who have one phone number, written in several ways, and store each number in its one form.

    The later ballot counts, and who stopped under one of them has stopped. A merge can be undone within a day.
    """
    settings = configured()
    found = asyncio.run(with_db(lambda db: survey(db, keyring=keyring(), region=settings.default_region)))
    _show(found)
    if found.clean:
        return
    if not yes:
        _err.print("Nothing is changed yet. To do it: add --yes")
        return
    given = Mending(keyring(), settings.default_region, who, now())
    done = asyncio.run(with_db(lambda db: mend(db, given)))
    _err.print(f"Residents merged into others: {done.residents}. Numbers rewritten: {done.rewritten}.")


async def look_at_numbers(settings: Settings) -> list[Finding]:
    """What `sawt doctor` says of the numbers; nothing if the database or the keys are not right: it says that first."""
    try:
        keys = Keyring.parse(settings.keys.get_secret_value())
        db = Database(settings.database_url)
    except Exception:  # whatever a driver raises
        return []
    try:
        if await _reached(db):
            return [_finding(await survey(db, keyring=keys, region=settings.default_region))]
        return []
    except SawtError as error:  # the database went away meanwhile
        return [Finding(_WHAT, False, f"could not be looked at ({type(error).__name__})")]
    finally:
        await db.close()


async def _reached(db: Database) -> bool:
    """Whether the database is there with the newest tables."""
    try:
        return await current(db) == newest()
    except Exception:  # whatever a driver raises
        return False


def _finding(found: Survey) -> Finding:
    if not found.clean:
        doubles = f"residents who are doubles of others: {found.residents}; numbers to rewrite: {found.rewritten}"
        return Finding(_WHAT, False, f"{doubles}. Run: {_COMMAND}")
    left = [f"addresses that are no phone numbers, and get no answer: {found.no_phones}"] if found.no_phones else []
    left += [f"addresses that these keys do not open: {found.unreadable}"] if found.unreadable else []
    return Finding(_WHAT, None if left else True, "; ".join(left) or "one form each, one resident each")


def _show(found: Survey) -> None:
    if found.shown:
        table = Table("number", "residents")
        for each in found.shown:
            table.add_row(each.masked, ", ".join(map(str, each.residents)))
        _out.print(table)
    more = found.numbers - len(found.shown)
    _out.print(
        f"Numbers with several residents: {found.numbers}{f' ({more} not listed)' if more else ''}. "
        f"Residents to merge into others: {found.residents}. Other numbers to rewrite: {found.rewritten}. "
        f"No phone numbers: {found.no_phones}. Cannot be opened: {found.unreadable}."
    )
