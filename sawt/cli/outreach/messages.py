"""`sawt messages`: list the texts that residents receive, and correct them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.errors import Invalid
from api.messages import service
from api.messages.service import Message
from api.pagination import PageRequest, PageRows
from api.text.tifinagh import to_latin
from sawt.cli.cli_input import As
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import catalogs
from sawt.database import transact
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

    def read(asked: PageRequest) -> PageRows[Message]:
        return transact(lambda session: _listed(session, asked, name))

    if as_json:
        pages.json(read, lambda each: asdict(each) | {"corrected": each.corrected})
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
    who: As,
    anyway: Annotated[bool, typer.Option("--anyway", help="accept more segments than the budget")] = False,
) -> None:
    """Replace the text of a message, at once in every process. Upgrades keep the new text."""
    segments = max(count(_by_sms(form)).parts for form in text)
    message = transact(lambda session: _set(session, name, language, text, who=who, most=None if anyway else segments))
    _err.print(f"{message.name} is corrected in {message.language}. By SMS: {_cost(message.forms)}.")
    for form in message.forms:
        _propose(form)


@messages.command("reset")
def reset_message(name: Name, language: Language, who: As) -> None:
    """Restore the original wording of a message, from the message catalog."""
    message = transact(lambda session: _reset(session, name, language, who=who))
    _err.print(f"{message.name} has the catalog's text again:")
    _out.lines(" | ".join(message.forms), indent="")


async def _listed(session: AsyncSession, asked: PageRequest, name: str | None) -> PageRows[Message]:
    known = catalogs()
    if name is not None and name not in known.descriptions:
        raise Invalid(f"There is no message {name}. See: sawt messages list")
    return await service.listed(session, known, asked, name=name)


async def _set(
    session: AsyncSession, name: str, language: str, forms: Sequence[str], *, who: str, most: int | None
) -> Message:
    key = {"name": name, "language": language}
    message = await service.correct(session, catalogs(), **key, forms=forms, who=who, now=now())
    if most is not None and most > message.segments:
        budget = f"{name} may take {message.segments} SMS segments, and this text takes {most}"
        raise Invalid(f"{budget}. To accept it: --anyway")
    return message


async def _reset(session: AsyncSession, name: str, language: str, *, who: str) -> Message:
    return await service.reset(session, catalogs(), name=name, language=language, who=who, now=now())


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
