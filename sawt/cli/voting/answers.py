"""`sawt answers`: list, search, tag and export answers that residents wrote in their own words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.answers.schemas import AnswerOut, TagCount, TagIn
from api.authoring.schemas import ConsultationPage
from sawt.cli import service
from sawt.cli.cli_format import counted
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.outreach.csv_file import copy_rows
from sawt.cli.printing import Printer
from sawt.cli.service import path
from sawt.cli.voting.codes import Code

answers = typer.Typer(
    no_args_is_help=True,
    help="Read, search, tag and export answers in people's own words, once a consultation is closed.",
)
_out, _err = Printer(), Printer(stderr=True)

Question = Annotated[int | None, typer.Option(help="the question's number; all by default", min=1)]
Search = Annotated[str | None, typer.Option(help="words in the text, in any script and spelling")]
WithTag = Annotated[str | None, typer.Option("--tag", help="only answers with this tag")]
Flagged = Annotated[
    bool | None,
    typer.Option("--flagged/--unflagged", help="only those that may contain personal data, or only the others"),
]
Tag = Annotated[str, typer.Argument(help="the tag, at most 20 letters")]
Numbers = Annotated[list[int], typer.Argument(help="the answers' numbers, as listed")]
AsJson = Annotated[bool, typer.Option("--json", help="machine-readable")]


@answers.command("list")
@listing
def list_answers(
    pages: Pages,
    code: Code,
    question: Question = None,
    search: Search = None,
    tag: WithTag = None,
    flagged: Flagged = None,
    as_json: AsJson = False,
) -> None:
    """List answers in random order, with their tags and the kinds of personal data they may contain."""
    wanted = {"question": question, "search": search, "tag": tag, "flagged": flagged}
    read = service.listed(AnswerOut, path("consultations", code, "answers"), **wanted)
    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json"))
    else:
        headers = ("number", "question", "flags", "tags", "text")
        pages.show(read, headers, _row, nothing=lambda: _why_none(code, wanted))


@answers.command("show")
def show_answer(number: Annotated[int, typer.Argument(help="the answer's number, as listed")]) -> None:
    """Show one answer in full, as JSON."""
    _out.json(service.get(AnswerOut, path("answers", number)).model_dump_json(indent=2))


@answers.command("tags")
@listing
def list_tags(pages: Pages, code: Code, as_json: AsJson = False) -> None:
    """List tags with their numbers of answers, the most frequent first."""
    read = service.listed(TagCount, path("consultations", code, "answers", "tags"))
    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json"))
    else:
        pages.show(read, ("tag", "answers"), lambda each: (each.tag, str(each.answers)))


@answers.command("tag")
def add_tag(tag: Tag, numbers: Numbers) -> None:
    """Add a tag to answers."""
    data = validated(lambda: TagIn(tag=tag))
    for number in numbers:
        service.post(AnswerOut, path("answers", number, "tag"), data)
    _err.print(f"Tagged {data.tag}: {', '.join(map(str, numbers))}.")


@answers.command("untag")
def remove_tag(tag: Tag, numbers: Numbers) -> None:
    """Remove a tag from answers."""
    data = validated(lambda: TagIn(tag=tag))
    for number in numbers:
        service.post(AnswerOut, path("answers", number, "untag"), data)
    _err.print(f"No longer tagged {data.tag}: {', '.join(map(str, numbers))}.")


@answers.command("export")
def export(
    code: Code,
    file: Annotated[Path, typer.Argument(help="the file to write; - for standard output")],
    question: Question = None,
    search: Search = None,
    tag: WithTag = None,
    flagged: Flagged = None,
    overwrite: Overwrite = False,
) -> None:
    """Write answers as a CSV file for spreadsheets, in the order in which `list` shows them."""
    wanted = {"question": question, "search": search, "tag": tag, "flagged": flagged}
    with (
        service.stream(path("consultations", code, "answers.csv"), **wanted) as pieces,
        open_output(file, overwrite=overwrite) as out,
    ):
        count = copy_rows(pieces, out)
    _err.print(f"{counted(count, 'answer is', 'answers are')} written to {display_name(file)}.")
    if not count:
        _err.print(_why_none(code, wanted))


def _why_none(code: str, wanted: dict[str, Any]) -> str:
    """Return a sentence that says why no answer fits what was asked for."""
    number = wanted["question"]
    if number is not None:
        page = service.get(ConsultationPage, path("consultations", code, "page"))
        kind = next((each.kind for each in page.asked if each.position == number), None)
        if kind is None:
            return f"{code} has no question {number}"
        if kind != "text":
            return f"question {number} does not ask for a text"
    if any(value is not None for name, value in wanted.items() if name != "question"):
        return "nothing found"
    return "nobody wrote an answer"


def _row(each: AnswerOut) -> tuple[str, ...]:
    return (str(each.number), str(each.question), ", ".join(each.flags), ", ".join(each.tags), each.text)
