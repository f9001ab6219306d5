"""`sawt messages`: what residents read, and saying it in other words."""

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
from sawt.database import take
from sms.proposal import propose
from sms.segments import count
from sms.text import plain_sms

messages = typer.Typer(no_args_is_help=True, help="Read and correct the messages that residents read.")
_out, _err = Printer(), Printer(stderr=True)

Name = Annotated[str, typer.Argument(help="the message's name, as in 'sawt messages list'")]
Language = Annotated[str, typer.Argument(help="ar, fr or zgh (in Tifinagh)")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


@messages.command("list")
@listing
def list_messages(
    pages: Pages,
    name: Annotated[str | None, typer.Argument(help="one message; all by default")] = None,
    as_json: AsJson = False,
) -> None:
    """List the messages as residents read them now, with the segments each takes by SMS."""

    def read(asked: PageRequest) -> PageRows[Message]:
        return take(lambda session: _listed(session, asked, name))

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
    text: Annotated[list[str], typer.Argument(help="the text; one for each plural form where there are several")],
    who: As,
    anyway: Annotated[bool, typer.Option("--anyway", help="also where it costs more segments than it should")] = False,
) -> None:
    """Say a message in other words: at once, in every process, kept when Sawt is upgraded."""
    segments = max(count(_by_sms(form)).parts for form in text)
    found = take(lambda session: _set(session, name, language, text, who=who, most=None if anyway else segments))
    _err.print(f"{found.name} is corrected in {found.language}. By SMS: {_cost(found.forms)}.")
    for form in found.forms:
        _propose(form)


@messages.command("reset")
def reset_message(name: Name, language: Language, who: As) -> None:
    """Go back to the words of the catalog."""
    found = take(lambda session: _reset(session, name, language, who=who))
    _err.print(f"{found.name} speaks again as in the catalog:")
    _out.lines(" | ".join(found.forms), indent="")


async def _listed(session: AsyncSession, asked: PageRequest, name: str | None) -> PageRows[Message]:
    known = catalogs()
    if name is not None and name not in known.descriptions:
        raise Invalid(f"There is no message {name}. Try: sawt messages list")
    return await service.listed(session, known, asked, name=name)


async def _set(
    session: AsyncSession, name: str, language: str, forms: Sequence[str], *, who: str, most: int | None
) -> Message:
    wanted = {"name": name, "language": language}
    found = await service.correct(session, catalogs(), **wanted, forms=forms, who=who, now=now())
    if most is not None and most > found.segments:
        raise Invalid(f"{name} should take {found.segments} SMS segments at most, this takes {most}. Try --anyway")
    return found


async def _reset(session: AsyncSession, name: str, language: str, *, who: str) -> Message:
    return await service.reset(session, catalogs(), name=name, language=language, who=who, now=now())


def _by_sms(form: str) -> str:
    """A text as a feature phone gets it: Tamazight in Latin letters, unless its owner chose otherwise."""
    return plain_sms(to_latin(form))


def _cost(forms: Sequence[str]) -> str:
    found = [count(_by_sms(form)) for form in forms]
    return f"{max(each.parts for each in found)} x {found[0].encoding}"


def _propose(form: str) -> None:
    """Name the letters that make it dearer, and say it without them."""
    found, proposal = count(_by_sms(form)), propose(_by_sms(form))
    if proposal is not None:
        _err.print(f"These letters make it dearer: {' '.join(found.culprits)}. Without them:")
        _out.lines(proposal, indent="")
