"""`sawt consultation show`, `edit`, `clone`, `try`: a consultation as residents will read it, before it opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.authoring import service as authoring_service
from api.authoring.schemas import ConsultationPage
from api.campaigns.estimate.trial import TestIn, TestOut
from api.clock import now
from api.consultations import editing, service
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn
from sawt.cli.cli_format import counted, standing, when
from sawt.cli.cli_input import As, InLanguage, OnChannel, To, parsed, well_formed, written
from sawt.cli.printing import YELLOW, Printer
from sawt.context import keyring, ruled
from sawt.database import take

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]


@pages.command()
def show(
    code: Code,
    language: Annotated[Literal["ar", "fr", "zgh"] | None, typer.Option(help="only this one")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    as_file: Annotated[bool, typer.Option("--file", help="as 'create' and 'edit' take it")] = False,
) -> None:
    """Show what is approved: questions, options and rules as residents read them by SMS, with segments."""
    if as_file:
        _out.json(json.dumps(take(lambda session: _as_file(session, code)), ensure_ascii=False, indent=2))
        return
    found = page(code)
    if as_json:
        _out.json(found.model_dump_json(indent=2))
        return
    _out.print(f"{found.code}: {found.title['fr']}, {standing(found)}")
    _out.print(f"voters without a number: {found.numbers}; receipts: {found.receipts}")
    _out.print(f"for the invited only: {'yes' if found.invited_only else 'no'}")
    rules(found)
    for each in found.messages:
        if language in (None, each.language):
            _out.print(f"{each.name}, {counted(each.segments, 'SMS segment')}:")
            _out.lines("    " + "\n".join([each.text, *(f"[{label}]" for label in each.choices)]))
    heavy(found)


@pages.command()
def edit(
    code: Code, file: Annotated[Path, typer.Argument(help="all of it as JSON; - for standard input")], who: As
) -> None:
    """Write a draft anew; approved campaigns that name it need approval again."""
    given = parsed(ConsultationIn, written(file))
    take(lambda session: _edit(session, code, given, who))
    _err.print(f"{code} is written anew. Next: sawt consultation show {code}")
    told(code)


@pages.command()
def clone(code: Code, new: Annotated[str, typer.Argument(help="the code of the copy")], who: As) -> None:
    """Keep a new draft that asks the same."""
    take(lambda session: editing.clone(session, code, new, who=who, now=now()))
    _err.print(f"{new} is kept as a draft. Next: sawt consultation show {new}")


@pages.command("try")
def try_out(
    code: Code,
    to: To,
    who: As,
    channel: OnChannel = None,
    language: InLanguage = None,
) -> None:
    """Send its questions to a phone of yours, marked as tests; the service must be running."""
    given = well_formed(lambda: TestIn(to=to, channel=channel, language=language))
    for each in take(lambda session: _try(session, code, given, who)):
        parts = f", {counted(each.parts, 'SMS segment')}" if each.channel == "sms" else ""
        _err.print(f"A test in {each.language} is queued on {each.road}{parts}.")


def told(code: str) -> None:
    """Say what chooses, and what is long, of what was just written."""
    found = page(code)
    rules(found)
    heavy(found)


def rules(found: ConsultationPage) -> None:
    """Say what chooses an option, question by question, and what else options are called."""
    for each in found.asked:
        if each.options:
            _out.print(f"question {each.position} ({each.kind}): {each.decides}")
        for place, option in enumerate(each.options, start=1):
            if option.also:
                said = ", ".join(
                    word.word + (f" ({word.who}, {when(word.at)})" if word.who else "") for word in option.also
                )
                _out.print(f"    option {place}, {option.fr}, is also called: {said}")
            for word in option.formerly:
                given = f"{word.who}, {when(word.at)}" if word.who else "its author"
                ended = f"taken back by {word.ended_by}, {when(word.ended_at)}"
                _out.print(f"    option {place}, {option.fr}, was also called: {word.word} ({given}; {ended})")


def heavy(found: ConsultationPage) -> None:
    """Say which messages take many segments."""
    for words in found.warnings:
        _out.print(f" {words}", mark="mind:", colour=YELLOW)


def page(code: str) -> ConsultationPage:
    """The consultation as residents will read it."""
    return take(lambda session: _page(session, code))


async def _page(session: AsyncSession, code: str) -> ConsultationPage:
    return await authoring_service.page(session, code, kit=await ruled(session))


async def _as_file(session: AsyncSession, code: str) -> dict[str, object]:
    found = await editing.as_input(session, await service.get(session, code))
    return found.model_dump(mode="json", exclude_none=True)


async def _edit(session: AsyncSession, code: str, given: ConsultationIn, who: str) -> Consultation:
    return await authoring_service.edit(session, code, given, action=Action(who, now()), kit=await ruled(session))


async def _try(session: AsyncSession, code: str, given: TestIn, who: str) -> list[TestOut]:
    kit = await ruled(session)
    return await authoring_service.send_test(
        session, code, given, action=Action(who, now()), kit=kit, keyring=keyring()
    )
