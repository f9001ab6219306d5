"""`sawt resident merge-doubles`, and the check of `sawt doctor` for numbers stored in several forms."""

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

_SUBJECT = "phone numbers"
_COMMAND = "sawt resident merge-doubles"


@doubling.command("merge-doubles")
def merge_doubles(
    who: As, yes: Annotated[bool, typer.Option("--yes", help="do it; otherwise only show what would be done")] = False
) -> None:
    """Merge residents whose phone number is stored in several forms, and store all numbers in one form.

    Of two ballots, the later one counts. A STOP from either resident applies. A merge can be undone within a day.
    """
    settings = configured()
    result = asyncio.run(with_db(lambda db: survey(db, keyring=keyring(), region=settings.default_region)))
    _show(result)
    if result.clean:
        return
    if not yes:
        _err.print("Nothing was changed. To do it, pass --yes")
        return
    mending = Mending(keyring(), settings.default_region, who, now())
    done = asyncio.run(with_db(lambda db: mend(db, mending)))
    _err.print(f"Residents merged into others: {done.residents}. Numbers rewritten: {done.rewritten}.")


async def check_numbers(settings: Settings) -> list[Finding]:
    """Return the findings of `sawt doctor` about stored phone numbers.

    The list is empty if the database or the keys are unusable, which another check reports.
    """
    try:
        keys = Keyring.parse(settings.keys.get_secret_value())
        db = Database(settings.database_url)
    except Exception:  # drivers raise many kinds of errors
        return []
    try:
        if await _reached(db):
            return [_finding(await survey(db, keyring=keys, region=settings.default_region))]
        return []
    except SawtError as error:  # the connection was lost
        return [Finding(_SUBJECT, False, f"could not be checked ({type(error).__name__})")]
    finally:
        await db.close()


async def _reached(db: Database) -> bool:
    """Return whether the database can be reached and its schema is up to date."""
    try:
        return await current(db) == newest()
    except Exception:  # drivers raise many kinds of errors
        return False


def _finding(result: Survey) -> Finding:
    if not result.clean:
        doubles = f"residents stored twice: {result.residents}; numbers to rewrite: {result.rewritten}"
        return Finding(_SUBJECT, False, f"{doubles}. Run: {_COMMAND}")
    left = [f"addresses that are not phone numbers and get no reply: {result.no_phones}"] if result.no_phones else []
    left += [f"addresses that these keys cannot decrypt: {result.unreadable}"] if result.unreadable else []
    return Finding(_SUBJECT, None if left else True, "; ".join(left) or "each has one form and one resident")


def _show(result: Survey) -> None:
    if result.shown:
        table = Table("number", "residents")
        for each in result.shown:
            table.add_row(each.masked, ", ".join(map(str, each.residents)))
        _out.print(table)
    more = result.numbers - len(result.shown)
    _out.print(
        f"Numbers with several residents: {result.numbers}{f' ({more} not listed)' if more else ''}. "
        f"Residents to merge into others: {result.residents}. Other numbers to rewrite: {result.rewritten}. "
        f"Not phone numbers: {result.no_phones}. Cannot be decrypted: {result.unreadable}."
    )
