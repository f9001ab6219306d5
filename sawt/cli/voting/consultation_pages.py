"""`sawt consultation show`, `edit`, `clone` and `try`: a consultation as residents will read it."""

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
from sawt.cli.cli_format import counted, state_sentence, when
from sawt.cli.cli_input import As, InLanguage, OnChannel, To, parsed, read_text, validated
from sawt.cli.printing import YELLOW, Printer
from sawt.context import context_in_force, keyring
from sawt.database import transact

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]


@pages.command()
def show(
    code: Code,
    language: Annotated[Literal["ar", "fr", "zgh"] | None, typer.Option(help="only this language")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    as_file: Annotated[bool, typer.Option("--file", help="as the file that 'create' and 'edit' take")] = False,
) -> None:
    """Show all that an approver approves: questions, options and rules as residents read them by SMS."""
    if as_file:
        _out.json(json.dumps(transact(lambda session: _as_file(session, code)), ensure_ascii=False, indent=2))
        return
    shown = page(code)
    if as_json:
        _out.json(shown.model_dump_json(indent=2))
        return
    _out.print(f"{shown.code}: {shown.title['fr']}, {state_sentence(shown)}")
    _out.print(f"voters without a number: {shown.numbers}; receipts: {shown.receipts}")
    _out.print(f"for the invited only: {'yes' if shown.invited_only else 'no'}")
    rules(shown)
    for each in shown.messages:
        if language in (None, each.language):
            _out.print(f"{each.name}, {counted(each.segments, 'SMS segment')}:")
            _out.lines("    " + "\n".join([each.text, *(f"[{label}]" for label in each.choices)]))
    warnings(shown)


@pages.command()
def edit(
    code: Code,
    file: Annotated[Path, typer.Argument(help="its description as JSON; - for standard input")],
    who: As,
) -> None:
    """Replace a draft consultation. Approved campaigns for it need approval again."""
    data = parsed(ConsultationIn, read_text(file))
    transact(lambda session: _edit(session, code, data, who))
    _err.print(f"{code} is replaced. Next: sawt consultation show {code}")
    print_notes(code)


@pages.command()
def clone(code: Code, new: Annotated[str, typer.Argument(help="the code of the copy")], who: As) -> None:
    """Create a draft consultation with the same questions."""
    transact(lambda session: editing.clone(session, code, new, who=who, now=now()))
    _err.print(f"{new} is a draft. Next: sawt consultation show {new}")


@pages.command("try")
def try_out(
    code: Code,
    to: To,
    who: As,
    channel: OnChannel = None,
    language: InLanguage = None,
) -> None:
    """Send a consultation's questions to your phone, marked as tests. The service must be running."""
    data = validated(lambda: TestIn(to=to, channel=channel, language=language))
    for each in transact(lambda session: _try(session, code, data, who)):
        parts = f", {counted(each.parts, 'SMS segment')}" if each.channel == "sms" else ""
        _err.print(f"Queued a test in {each.language} on {each.road}{parts}.")


def print_notes(code: str) -> None:
    """Print how the questions of a changed consultation are decided, and which of its messages are long."""
    changed = page(code)
    rules(changed)
    warnings(changed)


def rules(shown: ConsultationPage) -> None:
    """Print how each question is decided, and the other words by which residents can choose its options."""
    for each in shown.asked:
        if each.options:
            _out.print(f"question {each.position} ({each.kind}): {each.decides}")
        for place, option in enumerate(each.options, start=1):
            if option.also:
                names = ", ".join(
                    word.word + (f" ({word.who}, {when(word.at)})" if word.who else "") for word in option.also
                )
                _out.print(f"    option {place}, {option.fr}, is also called: {names}")
            for word in option.formerly:
                added = f"{word.who}, {when(word.at)}" if word.who else "its author"
                ended = f"removed by {word.ended_by}, {when(word.ended_at)}"
                _out.print(f"    option {place}, {option.fr}, was also called: {word.word} ({added}; {ended})")


def warnings(shown: ConsultationPage) -> None:
    """Print which messages of a consultation take many SMS segments."""
    for words in shown.warnings:
        _out.print(f" {words}", mark="note:", colour=YELLOW)


def page(code: str) -> ConsultationPage:
    """Return the page of a consultation: its questions, options and rules as residents read them."""
    return transact(lambda session: _page(session, code))


async def _page(session: AsyncSession, code: str) -> ConsultationPage:
    return await authoring_service.page(session, code, kit=await context_in_force(session))


async def _as_file(session: AsyncSession, code: str) -> dict[str, object]:
    draft = await editing.as_input(session, await service.get(session, code))
    return draft.model_dump(mode="json", exclude_none=True)


async def _edit(session: AsyncSession, code: str, data: ConsultationIn, who: str) -> Consultation:
    return await authoring_service.edit(
        session, code, data, action=Action(who, now()), kit=await context_in_force(session)
    )


async def _try(session: AsyncSession, code: str, data: TestIn, who: str) -> list[TestOut]:
    kit = await context_in_force(session)
    return await authoring_service.send_test(session, code, data, action=Action(who, now()), kit=kit, keyring=keyring())
