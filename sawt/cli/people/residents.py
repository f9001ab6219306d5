"""`sawt resident`: show what is stored about a person, erase it, undo a merge. Each access is recorded."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from api.clock import MOROCCO
from api.workflows.resident_schemas import ActOut, AddressOut, ConsentOut, FindIn, MergeOut, RangeOut, ResidentOut
from sawt.cli import service
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import confirm, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.people.duplicates import doubling
from sawt.cli.people.unmasking import unmasked
from sawt.cli.printing import Printer, Table

resident = typer.Typer(no_args_is_help=True, help="Show or erase a resident, or undo a merge.")
resident.add_typer(doubling)
resident.add_typer(unmasked)
_out, _err = Printer(), Printer(stderr=True)
_ROW = re.compile("[1-9][0-9]{0,7}")  # a resident's number; a phone number is longer, or starts with 0 or +

Who = Annotated[str, typer.Argument(help="the resident's number, or the phone number they ask from (+212…)")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")]


@resident.command()
def show(who: Who) -> None:
    """Show everything stored about a person. Nobody can see how they voted."""
    known = service.get(ResidentOut, f"/residents/{who}") if _ROW.fullmatch(who) else _find(who)
    table = Table("field", "value")
    for name, value in _fields(known):
        table.add_row(name, value)
    _out.print(table)


@resident.command()
def erase(who: Who, yes: Yes = False) -> None:
    """Erase a person: addresses, follows, seats, letters. Ballots and published ideas stay, without a name."""
    confirm("Erase this person? It cannot be undone.", yes=yes)
    number = int(who) if _ROW.fullmatch(who) else _find(who).number
    service.post(dict[str, Any], f"/residents/{number}/erase")
    _err.print(f"Resident {number} is erased.")


@resident.command()
@listing
def merges(pages: Pages) -> None:
    """List merges of residents, newest first. A merge can be undone within a day."""
    pages.show(
        service.listed(MergeOut, "/residents/merges"),
        ("number", "when", "kept", "merged", "how", "by", "state"),
        lambda each: (
            str(each.number), when(each.merged_at), str(each.stays), str(each.went), each.how, each.channel,
            _state(each),
        ),
    )  # fmt: skip


@resident.command()
def unmerge(
    number: Annotated[int, typer.Argument(help="the merge's number, as in `sawt resident merges`")], yes: Yes = False
) -> None:
    """Undo a merge. Both people get their own addresses and ballots back."""
    confirm(f"Undo merge {number}?", yes=yes)
    merge = service.post(MergeOut, f"/residents/merges/{number}/undo")
    _err.print(f"Merge {number} is undone: residents {merge.stays} and {merge.went}.")


@resident.command()
@listing
def ranges(pages: Pages) -> None:
    """List ranges of 10,000 numbers from which people joined in the last four weeks. Small counts are hidden."""
    pages.show(
        service.listed(RangeOut, "/residents/ranges"),
        ("range", "today", "asked to come back", "four weeks before"),
        lambda each: (f"{each.range}....", *map(_few, (each.today, each.refused, each.before))),
    )


@resident.command()
@listing
def acts(pages: Pages) -> None:
    """List what staff did with data of residents, newest first."""
    pages.show(
        service.listed(ActOut, "/residents/acts"),
        ("when", "who", "did", "to", "about"),
        lambda each: (when(each.at), each.who, each.act, each.subject, each.about or ""),
    )


def _find(phone: str) -> ResidentOut:
    """Return the resident who uses a phone number. It goes into the body, because paths of requests are logged."""
    return service.post(ResidentOut, "/residents/find", validated(lambda: FindIn(address=phone)))


def _few(count: int | None) -> str:
    """Return a count as text, or "few" if it is hidden because it is small."""
    return "few" if count is None else str(count)


def _address(address: AddressOut) -> str:
    left = "(left: receives nothing)" if address.state == "gone" else ""
    return " ".join(filter(None, (address.channel, address.masked, left)))


def _fields(known: ResidentOut) -> list[tuple[str, str]]:
    return [
        ("number", str(known.number)),
        ("state", known.state),
        ("language", f"{known.language or '-'}{' (Latin letters)' if known.latin else ''}"),
        ("province", place(known.province, none="-")),
        ("reached by", ", ".join(map(_address, known.addresses)) or "-"),
        ("since", f"{known.since.astimezone(MOROCCO):%d/%m/%Y}"),
        ("consent", _consent(known.consent)),
        ("took part in", ", ".join(known.consultations) or "-"),
        ("follows", str(known.follows)),
        ("ideas", ", ".join(map(str, known.ideas)) or "-"),
        ("meetings", ", ".join(f"{each.meeting} ({each.state})" for each in known.seats) or "-"),
        ("letters", ", ".join(map(str, known.letters)) or "-"),
        *([("answers for others", "now")] if known.assisting else []),
    ]


def _consent(consent: ConsentOut | None) -> str:
    if consent is None:
        return "-"
    return f"{'given' if consent.granted else 'withdrawn'} {consent.given_at.astimezone(MOROCCO):%d/%m/%Y}"


def _state(merge: MergeOut) -> str:
    if merge.undone_at is not None:
        return f"undone by {merge.undone_by}"
    return "can be undone" if merge.can_be_undone else "final"
