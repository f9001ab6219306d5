"""`sawt desk`: read, answer, assign and close residents' letters to the staff."""

from __future__ import annotations

from typing import Annotated

import typer

from api.desk.schemas import AnswerIn, AssignIn, DeskOut, LetterOut, State
from sawt.cli import service
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer

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
    pages.show(
        service.listed(LetterOut, "/desk", state=state, province=province),
        ("number", "state", "province", "language", "waits since", "resident"),
        lambda each: (
            str(each.number), each.state, place(each.province), each.language, when(each.waiting_since),
            str(each.resident),
        ),
    )  # fmt: skip


@desk.command()
@listing
def overview(pages: Pages) -> None:
    """Show how many letters each desk has in each state, and how long its oldest open letter has waited."""
    pages.show(
        service.listed(DeskOut, "/desk/overview"),
        ("desk", "open", "answered", "closed", "oldest waits since", "days"),
        lambda each: (
            place(each.province), str(each.open), str(each.answered), str(each.closed), when(each.oldest),
            str(each.days) if each.oldest else "",
        ),
    )  # fmt: skip


@desk.command()
def read(number: Number) -> None:
    """Show a letter with all its messages and answers."""
    letter = service.get(LetterOut, f"/desk/{number}")
    _err.print(f"Letter {letter.number} is {letter.state}, in {letter.language}, from resident {letter.resident}.")
    for each in letter.lines:
        mark = f"> {each.who}: " if each.kind == "answer" else ""
        _out.lines(f"{when(each.at)} {mark}{each.text}")  # in full


@desk.command()
def answer(number: Number, text: Annotated[str, typer.Argument(help="the answer")]) -> None:
    """Answer a letter, on the channel it came from."""
    data = validated(lambda: AnswerIn(text=text))
    _print_state(service.post(LetterOut, f"/desk/{number}/answer", data))


@desk.command()
def assign(
    number: Number, province: Annotated[str, typer.Argument(help="name or HCP code, like 01.571; '' for the Region")]
) -> None:
    """Move a letter to the desk of another province, or to the Region's own desk."""
    data = validated(lambda: AssignIn(province=province))
    letter = service.post(LetterOut, f"/desk/{number}/assign", data)
    _err.print(f"Letter {letter.number} is now at the desk of {place(letter.province)}.")


@desk.command()
def close(number: Number) -> None:
    """Close a letter that needs no further answer."""
    _print_state(service.post(LetterOut, f"/desk/{number}/close"))


def _print_state(letter: LetterOut) -> None:
    _err.print(f"Letter {letter.number} is {letter.state}.")
