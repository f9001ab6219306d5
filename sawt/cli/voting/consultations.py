"""`sawt consultation`: create, list, discard, open, close and schedule consultations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.consultations.schemas import ConsultationIn, ConsultationOut, Times
from api.workflows.round_schemas import ClosedOut, Closing
from sawt.cli import service
from sawt.cli.cli_format import roughly, state_sentence, when
from sawt.cli.cli_input import MaybeAt, confirm, parsed, read_text, validated
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path
from sawt.cli.voting.codes import Code
from sawt.cli.voting.consultation_pages import pages as page_commands
from sawt.cli.voting.consultation_pages import print_notes
from sawt.cli.voting.poster import poster

consultation = typer.Typer(no_args_is_help=True, help="Ask residents questions between an opening and a closing time.")
consultation.add_typer(page_commands)
consultation.command()(poster)
add_example(consultation, "consultation")
_out, _err = Printer(), Printer(stderr=True)


@consultation.command("list")
@listing
def list_consultations(pages: Pages) -> None:
    """List consultations, newest first."""
    pages.show(
        service.listed(ConsultationOut, path("consultations")),
        ("code", "title", "state", "questions", "opens", "closes"),
        _row,
    )


@consultation.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")],
) -> None:
    """Create a draft consultation: code, title, questions, and optional opening and closing times."""
    data = parsed(ConsultationIn, read_text(file))
    print_state(service.post(ConsultationOut, path("consultations"), data))
    print_notes(data.code)


@consultation.command()
def discard(code: Code) -> None:
    """Delete a draft to which nothing refers. Its proposals can then be in another vote."""
    service.send("POST", path("consultations", code, "discard"))
    _err.print(f"{code} is deleted.")


@consultation.command("open")
def open_it(code: Code) -> None:
    """Open a draft consultation, so that residents can answer."""
    print_state(service.post(ConsultationOut, path("consultations", code, "open")))


@consultation.command()
def close(
    code: Code,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
    key_is_lost: Annotated[bool, typer.Option("--key-is-lost", help="its key in the vault is lost for good")] = False,
) -> None:
    """Close a consultation for good, destroy the secret that links ballots to people, and decide on proposals."""
    confirm(f"Close {code} for good? It cannot be opened again.", yes=yes)
    closed = service.post(ClosedOut, path("consultations", code, "close"), Closing(key_is_lost=key_is_lost))
    print_state(closed)
    published = closed.cleaned_at is not None
    sentence = "is published" if published else "will be published automatically, once no trace of the voters is left"
    _err.print(f"Its list {sentence}: {closed.list_url}" if closed.list_url else f"Its list {sentence}.")
    if left := closed.left_at_providers:
        _err.print(f"Messages that providers still keep: {roughly(left)}. The service deletes them by itself.")


@consultation.command()
def schedule(code: Code, opens: MaybeAt = None, closes: MaybeAt = None) -> None:
    """Set when a consultation opens and closes automatically. A time that you leave out is removed."""
    times = validated(lambda: Times(opens_at=opens, closes_at=closes))
    print_state(service.post(ConsultationOut, path("consultations", code, "schedule"), times))


def print_state(changed: ConsultationOut) -> None:
    """Print the state of a consultation that was just changed, and what comes next."""
    _err.print(f"{changed.code} is {state_sentence(changed)}.")


def _row(each: ConsultationOut) -> tuple[str, ...]:
    times = (each.opened_at or each.opens_at, each.closed_at or each.closes_at)
    return (each.code, each.title["fr"], each.state, str(each.questions), *map(when, times))
