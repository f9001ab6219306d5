"""`sawt desk`: read, answer, assign and close what residents wrote to the staff."""

from __future__ import annotations

from typing import Annotated

import typer

from api.clock import now
from api.desk import answering, reading, service
from api.desk.schemas import AnswerIn, AssignIn, State
from api.region import lookup
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import As, well_formed
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import catalogs, keyring
from sawt.database import take

desk = typer.Typer(no_args_is_help=True, help="What residents wrote to the staff, and the answers.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the letter's number")]


@desk.command("list")
@listing
def list_letters(
    pages: Pages,
    state: Annotated[State | None, typer.Option(help="open, answered or closed")] = None,
    province: Annotated[str | None, typer.Option(help="name or HCP code, like 01.571; '' for the Region")] = None,
) -> None:
    """List letters, those that wait longest first; their texts are shown by `read`."""
    desk_of = lookup.province(province) if province else province
    pages.show(
        lambda asked: take(lambda session: reading.listed(session, state=state, province=desk_of, asked=asked)),
        ("number", "state", "province", "language", "waits since", "resident"),
        lambda each: (
            str(each.id), each.state, place(each.province), each.language, when(each.waiting_since),
            str(each.resident_id),
        ),
    )  # fmt: skip


@desk.command()
@listing
def overview(pages: Pages) -> None:
    """Show how each desk stands: its letters by state, and since when the oldest waits."""
    pages.show(
        lambda asked: take(lambda session: reading.desks(session, now=now(), asked=asked)),
        ("desk", "open", "answered", "closed", "oldest waits since", "days"),
        lambda each: (
            place(each.province), str(each.open), str(each.answered), str(each.closed), when(each.oldest),
            str(each.days) if each.oldest else "",
        ),
    )  # fmt: skip


@desk.command()
def read(number: Number) -> None:
    """Show a letter with all that was written and answered."""
    found = take(lambda session: reading.one(session, number, keyring=keyring()))
    _err.print(f"Letter {found.number} is {found.state}, in {found.language}, from resident {found.resident}.")
    for each in found.lines:
        mark = f"> {each.who}: " if each.kind == service.ANSWER else ""
        _out.lines(f"{when(each.at)} {mark}{each.text}")  # a text to be read whole


@desk.command()
def answer(number: Number, text: Annotated[str, typer.Argument(help="the answer")], who: As) -> None:
    """Answer a letter: the answer goes out where the letter came from."""
    said = well_formed(lambda: AnswerIn(text=text))
    found = take(
        lambda session: answering.answer(
            session, number, said.text, who=who, catalogs=catalogs(), keyring=keyring(), now=now()
        )
    )
    _err.print(f"Letter {found.id} is {found.state}.")


@desk.command()
def assign(
    number: Number,
    province: Annotated[str, typer.Argument(help="name or HCP code, like 01.571; '' for the Region")],
    who: As,
) -> None:
    """Give a letter to the desk of another province, or to the Region's own."""
    by = well_formed(lambda: AssignIn(province=province))
    found = take(lambda session: answering.assign(session, number, province=by.province, who=who, now=now()))
    _err.print(f"Letter {found.id} is with the desk of {place(found.province)}.")


@desk.command()
def close(number: Number, who: As) -> None:
    """Close a letter: it needs nothing more."""
    found = take(lambda session: answering.close(session, number, who=who, now=now()))
    _err.print(f"Letter {found.id} is {found.state}.")
