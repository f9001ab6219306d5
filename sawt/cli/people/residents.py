"""`sawt resident`: show what is stored about a person, erase it, undo a merge. Each access is recorded."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit, suppression
from api.actors import Action
from api.clock import MOROCCO, now
from api.residents import arrivals
from api.residents import merge as resident_merge
from api.residents.models import Merge
from api.workflows import resident_admin, resident_record
from api.workflows.resident_admin import File
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import As, confirm
from sawt.cli.listing import Pages, listing
from sawt.cli.people.duplicates import doubling
from sawt.cli.people.unmasking import unmasked
from sawt.cli.printing import Printer, Table
from sawt.context import keyring
from sawt.database import transact
from sawt.settings import configured

resident = typer.Typer(no_args_is_help=True, help="Show or erase a resident, or undo a merge.")
resident.add_typer(doubling)
resident.add_typer(unmasked)
_out, _err = Printer(), Printer(stderr=True)
_ROW = re.compile("[1-9][0-9]{0,7}")  # a resident's number; a phone number is longer, or starts with 0 or +

Who = Annotated[str, typer.Argument(help="the resident's number, or the phone number they ask from (+212…)")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")]


@resident.command()
def show(who: Who, by: As) -> None:
    """Show everything stored about a person. Nobody can see how they voted."""
    table = Table("field", "value")
    for name, value in _fields(transact(lambda session: _file(session, who, by))):
        table.add_row(name, value)
    _out.print(table)


@resident.command()
def erase(who: Who, by: As, yes: Yes = False) -> None:
    """Erase a person: addresses, follows, seats, letters. Ballots and published ideas stay, without a name."""
    confirm("Erase this person? It cannot be undone.", yes=yes)
    number = transact(lambda session: _erase(session, who, by))
    _err.print(f"Resident {number} is erased.")


@resident.command()
@listing
def merges(pages: Pages) -> None:
    """List merges of residents, newest first. A merge can be undone within a day."""
    pages.show(
        lambda asked: transact(lambda session: resident_merge.log(session, asked)),
        ("number", "when", "kept", "merged", "how", "by", "state"),
        lambda each: (
            str(each.id), when(each.merged_at), str(each.kept_id), str(each.gone_id), each.how, each.channel,
            _state(each),
        ),
    )  # fmt: skip


@resident.command()
def unmerge(
    number: Annotated[int, typer.Argument(help="the merge's number, as in `sawt resident merges`")],
    by: As,
    yes: Yes = False,
) -> None:
    """Undo a merge. Both people get their own addresses and ballots back."""
    confirm(f"Undo merge {number}?", yes=yes)
    merge = transact(
        lambda session: resident_admin.undo_merge(session, number, action=Action(by, now()), keyring=keyring())
    )
    _err.print(f"Merge {number} is undone: residents {merge.kept_id} and {merge.gone_id}.")


@resident.command()
@listing
def ranges(pages: Pages) -> None:
    """List ranges of 10,000 numbers from which people joined in the last four weeks. Small counts are hidden."""
    pages.show(
        lambda asked: transact(lambda session: arrivals.listed(session, keyring=keyring(), now=now(), asked=asked)),
        ("range", "today", "asked to come back", "four weeks before"),
        lambda each: (f"{each.digits}....", *map(_few, (each.today, each.refused, each.before))),
    )


@resident.command()
@listing
def acts(pages: Pages) -> None:
    """List what staff did with data of residents, newest first."""
    pages.show(
        lambda asked: transact(lambda session: audit.listed(session, asked)),
        ("when", "who", "did", "to", "about"),
        lambda each: (when(each.at), each.who, each.act, each.subject, each.about or ""),
    )


async def _file(session: AsyncSession, who: str, by: str) -> File:
    if _ROW.fullmatch(who):
        return await resident_admin.show(session, int(who), action=Action(by, now()), keyring=keyring())
    region = configured().default_region
    return await resident_admin.find(
        session, channel="sms", address=who, action=Action(by, now()), keyring=keyring(), region=region
    )


def _few(count: int) -> str:
    """Return a count as text, or "few" if it is small but not zero."""
    shown = suppression.shown(count)
    return "few" if shown is None else str(shown)


def _address(address: tuple[str, str, str]) -> str:
    channel, masked, state = address
    left = "(left: receives nothing)" if state == "gone" else ""
    return " ".join(filter(None, (channel, masked, left)))


def _fields(file: File) -> list[tuple[str, str]]:
    person, record = file.resident, file.record
    return [
        ("number", str(person.id)),
        ("state", person.state),
        ("language", f"{person.language or '-'}{' (Latin letters)' if person.latin else ''}"),
        ("province", place(person.province, none="-")),
        ("reached by", ", ".join(map(_address, file.addresses)) or "-"),
        ("since", f"{record.since.astimezone(MOROCCO):%d/%m/%Y}"),
        ("consent", _consent(record)),
        ("took part in", ", ".join(code for code, _ in record.consultations) or "-"),
        ("follows", str(record.follows)),
        ("ideas", ", ".join(map(str, record.ideas)) or "-"),
        ("meetings", ", ".join(f"{code} ({state})" for code, _, state in record.seats) or "-"),
        ("letters", ", ".join(map(str, record.letters)) or "-"),
        *([("answers for others", "now")] if record.assisting else []),
    ]


def _consent(record: resident_record.ResidentRecord) -> str:
    if record.consent is None:
        return "-"
    return (
        f"{'given' if record.consent.granted else 'withdrawn'} {record.consent.given_at.astimezone(MOROCCO):%d/%m/%Y}"
    )


async def _erase(session: AsyncSession, who: str, by: str) -> int:
    number = (await _file(session, who, by)).resident.id
    return (await resident_admin.erase(session, number, action=Action(by, now()))).id


def _state(merge: Merge) -> str:
    if merge.undone_at is not None:
        return f"undone by {merge.undone_by}"
    return "can be undone" if resident_merge.can_be_undone(merge, now=now()) else "final"
