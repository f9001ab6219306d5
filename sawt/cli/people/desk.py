"""`sawt desk`: read, answer, assign and close residents' letters to the staff."""

from __future__ import annotations

from typing import Annotated

import typer

from api.clock import now
from api.desk import answering, reading, service
from api.desk.schemas import AnswerIn, AssignIn, State
from api.region import lookup
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import As, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import catalogs, keyring
from sawt.database import transact

desk = typer.Typer(no_args_is_help=True, help="Read and answer residents' letters to the staff.")
_out, _err = Printer(), Printer(stderr=True)

Number = Annotated[int, typer.Argument(help="the letter's number")]


@desk.command("list")
@listing
def list_letters(
    pages: Pages,
    state: Annotated[State | None, typer.Option(help="open, answered or closed")] = None,
    province: Annotated[str | None, typer.Option(help="name or HCP code, like 01.571; '' for the Region")] = None,
) -> None:
    """List letters, the longest waiting first. `read` shows their texts."""
    desk_of = lookup.province(province) if province else province
    pages.show(
        lambda asked: transact(lambda session: reading.listed(session, state=state, province=desk_of, asked=asked)),
        ("number", "state", "province", "language", "waits since", "resident"),
        lambda each: (
            str(each.id), each.state, place(each.province), each.language, when(each.waiting_since),
            str(each.resident_id),
        ),
    )  # fmt: skip


@desk.command()
@listing
def overview(pages: Pages) -> None:
    """Show how many letters each desk has in each state, and how long its oldest open letter has waited."""
    pages.show(
        lambda asked: transact(lambda session: reading.desks(session, now=now(), asked=asked)),
        ("desk", "open", "answered", "closed", "oldest waits since", "days"),
        lambda each: (
            place(each.province), str(each.open), str(each.answered), str(each.closed), when(each.oldest),
            str(each.days) if each.oldest else "",
        ),
    )  # fmt: skip


@desk.command()
def read(number: Number) -> None:
    """Show a letter with all its messages and answers."""
    letter = transact(lambda session: reading.one(session, number, keyring=keyring()))
    _err.print(f"Letter {letter.number} is {letter.state}, in {letter.language}, from resident {letter.resident}.")
    for each in letter.lines:
        mark = f"> {each.who}: " if each.kind == service.ANSWER else ""
        _out.lines(f"{when(each.at)} {mark}{each.text}")  # in full


@desk.command()
def answer(number: Number, text: Annotated[str, typer.Argument(help="the answer")], who: As) -> None:
    """Answer a letter, on the channel it came from."""
    data = validated(lambda: AnswerIn(text=text))
    letter = transact(
        lambda session: answering.answer(
            session, number, data.text, who=who, catalogs=catalogs(), keyring=keyring(), now=now()
        )
    )
    _err.print(f"Letter {letter.id} is {letter.state}.")


@desk.command()
def assign(
    number: Number,
    province: Annotated[str, typer.Argument(help="name or HCP code, like 01.571; '' for the Region")],
    who: As,
) -> None:
    """Move a letter to the desk of another province, or to the Region's own desk."""
    data = validated(lambda: AssignIn(province=province))
    letter = transact(lambda session: answering.assign(session, number, province=data.province, who=who, now=now()))
    _err.print(f"Letter {letter.id} is now at the desk of {place(letter.province)}.")


@desk.command()
def close(number: Number, who: As) -> None:
    """Close a letter that needs no further answer."""
    letter = transact(lambda session: answering.close(session, number, who=who, now=now()))
    _err.print(f"Letter {letter.id} is {letter.state}.")
