"""`sawt answers`: list, search, tag and export answers that residents wrote in their own words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import export as answer_export
from api.answers import service, tagging
from api.answers.schemas import AnswerOut, TagCount, TagIn
from api.answers.service import Filters
from api.clock import now
from api.db import Database
from api.pagination import PageRequest, PageRows
from api.text import spreadsheet
from sawt.cli.cli_format import counted
from sawt.cli.cli_input import As, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.printing import Printer
from sawt.database import transact, with_db

answers = typer.Typer(
    no_args_is_help=True,
    help="Read, search, tag and export answers in people's own words, once a consultation is closed.",
)
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]
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
    wanted = Filters(question, search, tag, flagged)

    def read(asked: PageRequest) -> PageRows[AnswerOut]:
        return transact(lambda session: service.page(session, code, wanted, asked))

    def why() -> str:
        return transact(lambda session: service.explain_empty(session, code, wanted))

    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json"))
    else:
        pages.show(read, ("number", "question", "flags", "tags", "text"), _row, nothing=why)


@answers.command("show")
def show_answer(number: Annotated[int, typer.Argument(help="the answer's number, as listed")]) -> None:
    """Show one answer in full, as JSON."""
    _out.json(transact(lambda session: service.answer_out(session, number)).model_dump_json(indent=2))


@answers.command("tags")
@listing
def list_tags(pages: Pages, code: Code, as_json: AsJson = False) -> None:
    """List tags with their numbers of answers, the most frequent first."""

    def read(asked: PageRequest) -> PageRows[TagCount]:
        return transact(lambda session: service.tags(session, code, asked))

    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json"))
    else:
        pages.show(read, ("tag", "answers"), lambda each: (each.tag, str(each.answers)))


@answers.command("tag")
def add_tag(tag: Tag, numbers: Numbers, who: As) -> None:
    """Add a tag to answers."""
    data = validated(lambda: TagIn(tag=tag))

    async def add(session: AsyncSession) -> None:
        for number in numbers:
            await tagging.tag(session, number, data.tag, who=who, now=now())

    transact(add)
    _err.print(f"Tagged {data.tag}: {', '.join(map(str, numbers))}.")


@answers.command("untag")
def remove_tag(tag: Tag, numbers: Numbers, who: As) -> None:
    """Remove a tag from answers."""
    data = validated(lambda: TagIn(tag=tag))

    async def remove(session: AsyncSession) -> None:
        for number in numbers:
            await tagging.untag(session, number, data.tag, who=who, now=now())

    transact(remove)
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
    wanted = Filters(question, search, tag, flagged)
    count = asyncio.run(with_db(lambda db: _export(db, code, wanted, file, overwrite=overwrite)))
    _err.print(f"{counted(count, 'answer is', 'answers are')} written to {display_name(file)}.")
    if not count:
        _err.print(transact(lambda session: service.explain_empty(session, code, wanted)))


def _row(each: AnswerOut) -> tuple[str, ...]:
    return (str(each.number), str(each.question), ", ".join(each.flags), ", ".join(each.tags), each.text)


async def _export(db: Database, code: str, wanted: Filters, file: Path, *, overwrite: bool) -> int:
    parts = answer_export.as_csv(db, code, wanted)
    first = await anext(parts)  # read the first line now, so that errors appear before the file is created
    count = spreadsheet.count(first) - 1  # do not count the header
    with open_output(file, overwrite=overwrite) as out:
        out.write(first)
        async for part in parts:
            out.write(part)
            count += spreadsheet.count(part)
    return count
