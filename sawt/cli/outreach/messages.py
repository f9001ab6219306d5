"""`sawt messages`: list the texts that residents receive, and correct them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from api.errors import Invalid
from api.messages.schemas import FormsIn, MessageOut
from api.pagination import FIRST_PAGE
from api.text.tifinagh import to_latin
from sawt.cli import service
from sawt.cli.cli_format import counted
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path
from sms.proposal import propose
from sms.segments import count
from sms.text import plain_sms

messages = typer.Typer(no_args_is_help=True, help="Read and correct the texts that residents receive.")
_out, _err = Printer(), Printer(stderr=True)

Name = Annotated[str, typer.Argument(help="the message's name, as in 'sawt messages list'")]
Language = Annotated[str, typer.Argument(help="ar, fr or zgh (in Tifinagh)")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


@messages.command("list")
@listing
def list_messages(
    pages: Pages,
    name: Annotated[str | None, typer.Argument(help="only this message; all by default")] = None,
    as_json: AsJson = False,
) -> None:
    """List messages as residents receive them now, with their SMS segments."""
    read = service.listed(MessageOut, "/messages", name=name)
    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json", exclude={"previews"}))
        return
    pages.show(
        read,
        ("message", "language", "SMS", "text"),
        lambda each: (
            each.name, each.language + (" (corrected)" if each.corrected else ""), _cost(each.forms),
            " | ".join(each.forms),
        ),
    )  # fmt: skip


@messages.command("set")
def set_message(
    name: Name,
    language: Language,
    text: Annotated[list[str], typer.Argument(help="the text; one for each plural form if there are several")],
    anyway: Annotated[bool, typer.Option("--anyway", help="accept more segments than the budget")] = False,
) -> None:
    """Replace the text of a message, at once in every process. Upgrades keep the new text."""
    data = validated(lambda: FormsIn(forms=text))
    if not anyway:
        _check_cost(name, language, text)
    message = service.put(MessageOut, path("messages", language, name), data)
    _err.print(f"{message.name} is corrected in {message.language}. By SMS: {_cost(message.forms)}.")
    for form in message.forms:
        _propose(form)


@messages.command("reset")
def reset_message(name: Name, language: Language) -> None:
    """Restore the original wording of a message, from the message catalog."""
    message = service.read(MessageOut, service.send("DELETE", path("messages", language, name)))
    _err.print(f"{message.name} has the catalog's text again:")
    _out.lines(" | ".join(message.forms), indent="")


def _check_cost(name: str, language: str, forms: Sequence[str]) -> None:
    """Raise Invalid if a text takes more SMS segments than the message may."""
    known = service.listed(MessageOut, "/messages", name=name)(FIRST_PAGE).items
    most = next((each.segments for each in known if each.language == language), None)
    segments = max(count(_by_sms(form)).parts for form in forms)
    if most is not None and segments > most:  # the service refuses an unknown language
        budget = f"{name} may take {counted(most, 'SMS segment')}, and this text takes {segments}"
        raise Invalid(f"{budget}. To accept it: --anyway")


def _by_sms(form: str) -> str:
    """Return a text as sent by SMS: Tamazight in Latin letters, unless the resident chose Tifinagh."""
    return plain_sms(to_latin(form))


def _cost(forms: Sequence[str]) -> str:
    sizes = [count(_by_sms(form)) for form in forms]
    return f"{max(each.parts for each in sizes)} x {sizes[0].encoding}"


def _propose(form: str) -> None:
    """Print the letters that make a text more expensive, and a proposed text without these letters."""
    size, proposal = count(_by_sms(form)), propose(_by_sms(form))
    if proposal is not None:
        _err.print(f"These letters make it more expensive: {' '.join(size.culprits)}. Without them:")
        _out.lines(proposal, indent="")
