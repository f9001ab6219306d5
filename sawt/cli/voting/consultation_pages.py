"""`sawt consultation show`, `edit`, `clone` and `try`: a consultation as residents will read it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.authoring.schemas import CloneIn, ConsultationPage
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.consultations.schemas import ConsultationIn, ConsultationOut
from sawt.cli import service
from sawt.cli.cli_format import counted, state_sentence, when
from sawt.cli.cli_input import InLanguage, OnChannel, To, parsed, read_text, validated
from sawt.cli.printing import YELLOW, Printer
from sawt.cli.service import path
from sawt.cli.voting.codes import Code

pages = typer.Typer(no_args_is_help=True)
_out, _err = Printer(), Printer(stderr=True)


@pages.command()
def show(
    code: Code,
    language: Annotated[Literal["ar", "fr", "zgh"] | None, typer.Option(help="only this language")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    as_file: Annotated[bool, typer.Option("--file", help="as the file that 'create' and 'edit' take")] = False,
) -> None:
    """Show all that an approver approves: questions, options and rules as residents read them by SMS."""
    if as_file:
        written = service.get(ConsultationIn, path("consultations", code, "file"))
        _out.json(written.model_dump_json(exclude_none=True, indent=2))
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
) -> None:
    """Replace a draft consultation. Approved campaigns for it need approval again."""
    data = parsed(ConsultationIn, read_text(file))
    service.put(ConsultationOut, path("consultations", code), data)
    _err.print(f"{code} is replaced. Next: sawt consultation show {code}")
    print_notes(code)


@pages.command()
def clone(code: Code, new: Annotated[str, typer.Argument(help="the code of the copy")]) -> None:
    """Create a draft consultation with the same questions."""
    service.post(ConsultationOut, path("consultations", code, "clone"), validated(lambda: CloneIn(code=new)))
    _err.print(f"{new} is a draft. Next: sawt consultation show {new}")


@pages.command("try")
def try_out(
    code: Code,
    to: To,
    channel: OnChannel = None,
    language: InLanguage = None,
) -> None:
    """Send a consultation's questions to your phone, marked as tests. The service must be running."""
    data = validated(lambda: TestIn(to=to, channel=channel, language=language))
    for each in service.post(list[TestOut], path("consultations", code, "test"), data):
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
    return service.get(ConsultationPage, path("consultations", code, "page"))
