"""`sawt words`: what nobody understood, and giving it to an option, so that it is understood from then on."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.authoring import word_assignment
from api.authoring.word_schemas import AssignIn, TextIn
from api.clock import MOROCCO, now
from api.consultations.words import unmatched
from api.consultations.words.unmatched import Reply
from api.errors import Invalid
from api.pagination import PageRequest, PageRows
from sawt.cli.cli_input import As, MaybeAs, well_formed
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import keyring, ruled
from sawt.database import take

words = typer.Typer(no_args_is_help=True, help="Review the words that nobody understood.")
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]
Question = Annotated[int, typer.Argument(help="the question's position, 1 being the first")]
Text = Annotated[str, typer.Argument(help="the text, as 'sawt words unmatched' shows it")]


@words.command("unmatched")
@listing
def list_unmatched(
    pages: Pages,
    code: Annotated[str | None, typer.Argument(help="of one consultation; all by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="forget those shown, once reviewed; needs --as")] = False,
    who: MaybeAs = None,
) -> None:
    """List what enough people wrote that nobody understood, the most frequent first; never who wrote it."""
    if clear and who is None:
        raise Invalid("say who forgets them: --as NAME")
    shown: list[Reply] = []

    def read(asked: PageRequest) -> PageRows[Reply]:
        found = take(lambda session: _unmatched(session, code, asked))
        shown.extend(found.items)
        return found

    if as_json:
        pages.json(read, lambda each: {name: value for name, value in each._asdict().items() if name != "known_by"})
    else:
        pages.show(read, ("people", "words", "asked", "consultation", "question"), _row)
    if clear and who is not None:
        by = who
        take(lambda session: word_assignment.clear(session, shown, action=Action(by, now())))


@words.command()
def assign(
    code: Code,
    question: Question,
    text: Text,
    option: Annotated[int, typer.Argument(help="the option's place in the list, 1 being the first")],
    who: As,
) -> None:
    """Give a text to an option: from now on it means this option, whoever writes it; the past is not counted."""
    given = well_formed(lambda: AssignIn(code=code, question=question, text=text, option=option))
    found = take(lambda session: word_assignment.assign(session, given, action=Action(who, now()), keyring=keyring()))
    _err.print(f"Option {option} of question {question} is also called: {', '.join(found.also)}.")
    _err.print("Whoever wrote it before was asked back, and is not counted now.")


@words.command()
def unassign(code: Code, question: Question, text: Text, who: As) -> None:
    """Take a word back from the option that has it."""
    given = well_formed(lambda: TextIn(code=code, question=question, text=text))
    take(lambda session: word_assignment.unassign(session, given, action=Action(who, now())))
    _err.print(f"{given.text} means nothing again in question {question}. Answers that were given by it still count.")


@words.command()
def drop(code: Code, question: Question, text: Text, who: As) -> None:
    """Show a text no more, whoever writes it again."""
    given = well_formed(lambda: TextIn(code=code, question=question, text=text))
    take(lambda session: word_assignment.drop(session, given, action=Action(who, now()), keyring=keyring()))
    _err.print(f"{given.text} is not shown any more.")


def _row(each: Reply) -> tuple[str, ...]:
    return (f"{each.people} or more", each.words, each.asked, each.code or "", str(each.question or ""))


async def _unmatched(session: AsyncSession, code: str | None, asked: PageRequest) -> PageRows[Reply]:
    smallest = (await ruled(session)).rules.book.values.smallest_count
    today = now().astimezone(MOROCCO).date()
    found = await unmatched.listed(session, keyring(), today=today, code=code, fewest=smallest)
    return unmatched.paged(found, asked)
