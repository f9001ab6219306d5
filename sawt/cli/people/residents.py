"""`sawt resident`: what is known of a person, erasing them, undoing what made two of them one; all of it recorded."""

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
from sawt.cli.cli_input import As, agreed
from sawt.cli.listing import Pages, listing
from sawt.cli.people.duplicates import doubling
from sawt.cli.printing import Printer, Table
from sawt.context import keyring
from sawt.database import take
from sawt.settings import configured

resident = typer.Typer(no_args_is_help=True, help="One person: see, erase, undo a merge.")
resident.add_typer(doubling)
_out, _err = Printer(), Printer(stderr=True)
_ROW = re.compile("[1-9][0-9]{0,7}")  # a row's number; a phone's is longer, or begins with 0 or +

Who = Annotated[str, typer.Argument(help="the number of their row, or the phone number they ask from (+212…)")]
Yes = Annotated[bool, typer.Option("--yes", help="without asking")]


@resident.command()
def show(who: Who, by: As) -> None:
    """Show all that is known of a person; what they chose is known to nobody."""
    table = Table("what", "value")
    for name, value in _shown(take(lambda session: _file(session, who, by))):
        table.add_row(name, value)
    _out.print(table)


@resident.command()
def erase(who: Who, by: As, yes: Yes = False) -> None:
    """Erase a person: addresses, follows, seats, letters. Ballots stay, nameless, and so do published ideas."""
    agreed("Erase this person? It cannot be undone.", yes=yes)
    number = take(lambda session: _erase(session, who, by))
    _err.print(f"Resident {number} is erased.")


@resident.command()
@listing
def merges(pages: Pages) -> None:
    """List what was made one, the newest first; a merge can be undone within a day."""
    pages.show(
        lambda asked: take(lambda session: resident_merge.log(session, asked)),
        ("number", "when", "stays", "went", "how", "by", "state"),
        lambda each: (
            str(each.id), when(each.merged_at), str(each.kept_id), str(each.gone_id), each.how, each.channel,
            _state(each),
        ),
    )  # fmt: skip


@resident.command()
def unmerge(
    number: Annotated[int, typer.Argument(help="of the merge, as `merges` lists it")],
    by: As,
    yes: Yes = False,
) -> None:
    """Make two people of one again, each with their own addresses and ballots."""
    agreed(f"Undo merge {number}?", yes=yes)
    found = take(
        lambda session: resident_admin.undo_merge(session, number, action=Action(by, now()), keyring=keyring())
    )
    _err.print(f"Merge {number} is undone: residents {found.kept_id} and {found.gone_id}.")


@resident.command()
@listing
def ranges(pages: Pages) -> None:
    """List from which ranges of 10,000 numbers people joined in four weeks; small counts are hidden."""
    pages.show(
        lambda asked: take(lambda session: arrivals.listed(session, keyring=keyring(), now=now(), asked=asked)),
        ("range", "today", "told to come back", "four weeks before"),
        lambda each: (f"{each.digits}....", *map(_few, (each.today, each.refused, each.before))),
    )


@resident.command()
@listing
def acts(pages: Pages) -> None:
    """List what staff did with residents, the newest first."""
    pages.show(
        lambda asked: take(lambda session: audit.listed(session, asked)),
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
    """A count; a small one is hidden."""
    shown = suppression.shown(count)
    return "few" if shown is None else str(shown)


def _address(given: tuple[str, str, str]) -> str:
    channel, masked, state = given
    left = "(left: nothing is sent there)" if state == "gone" else ""
    return " ".join(filter(None, (channel, masked, left)))


def _shown(found: File) -> list[tuple[str, str]]:
    person, held = found.resident, found.record
    return [
        ("number", str(person.id)),
        ("state", person.state),
        ("language", f"{person.language or '-'}{' (Latin letters)' if person.latin else ''}"),
        ("province", place(person.province, none="-")),
        ("reached by", ", ".join(map(_address, found.addresses)) or "-"),
        ("since", f"{held.since.astimezone(MOROCCO):%d/%m/%Y}"),
        ("consent", _consent(held)),
        ("took part in", ", ".join(code for code, _ in held.consultations) or "-"),
        ("follows", str(held.follows)),
        ("ideas", ", ".join(map(str, held.ideas)) or "-"),
        ("meetings", ", ".join(f"{code} ({state})" for code, _, state in held.seats) or "-"),
        ("letters", ", ".join(map(str, held.letters)) or "-"),
        *([("answers for others", "now")] if held.assisting else []),
    ]


def _consent(held: resident_record.ResidentRecord) -> str:
    if held.consent is None:
        return "-"
    return f"{'given' if held.consent.granted else 'withdrawn'} {held.consent.given_at.astimezone(MOROCCO):%d/%m/%Y}"


async def _erase(session: AsyncSession, who: str, by: str) -> int:
    found = (await _file(session, who, by)).resident.id
    return (await resident_admin.erase(session, found, action=Action(by, now()))).id


def _state(merge: Merge) -> str:
    if merge.undone_at is not None:
        return f"undone by {merge.undone_by}"
    return "can be undone" if resident_merge.can_be_undone(merge, now=now()) else "final"
