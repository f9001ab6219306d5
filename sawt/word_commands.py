"""`sawt words`: what nobody understood, and giving it to an option, so that it is understood from then on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import MOROCCO, now
from api.consultations import unmatched
from api.consultations.unmatched import Reply
from api.dialogue import giving
from api.dialogue.word_schemas import AssignIn, TextIn
from api.errors import Invalid
from sawt.context import keyring, ruled
from sawt.database import take
from sawt.given import As, MaybeAs, well_formed
from sawt.printing import Printer, Table

words = typer.Typer(no_args_is_help=True, help="Review the words that nobody understood.")
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]
Question = Annotated[int, typer.Argument(help="the question's position, 1 being the first")]
Text = Annotated[str, typer.Argument(help="the text, as 'sawt words unmatched' shows it")]


@words.command("unmatched")
def list_unmatched(
    code: Annotated[str | None, typer.Argument(help="of one consultation; all by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    limit: Annotated[int, typer.Option(help="at most so many", min=1)] = 100,
    clear: Annotated[bool, typer.Option("--clear", help="forget them, once they were reviewed; needs --as")] = False,
    who: MaybeAs = None,
) -> None:
    """List what enough people wrote that nobody understood, the most frequent first; never who wrote it."""
    if clear and who is None:
        raise Invalid("say who forgets them: --as NAME")
    found = take(lambda session: _unmatched(session, code, limit=limit, forgotten_by=who if clear else None))
    if as_json:
        rows = [{name: value for name, value in each._asdict().items() if name != "known_by"} for each in found]
        _out.json(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("people", "words", "asked", "consultation", "question")
    for each in found:
        table.add_row(f"{each.people} or more", each.words, each.asked, each.code or "", str(each.question or ""))
    _out.print(table)


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
    found = take(lambda session: giving.assign(session, given, who=who, keyring=keyring(), now=now()))
    _err.print(f"Option {option} of question {question} is also called: {', '.join(found.also)}.")
    _err.print("Whoever wrote it before was asked back, and is not counted now.")


@words.command()
def unassign(code: Code, question: Question, text: Text, who: As) -> None:
    """Take a word back from the option that has it."""
    given = well_formed(lambda: TextIn(code=code, question=question, text=text))
    take(lambda session: giving.unassign(session, given, who=who, now=now()))
    _err.print(f"{given.text} means nothing again in question {question}. Answers that were given by it still count.")


@words.command()
def drop(code: Code, question: Question, text: Text, who: As) -> None:
    """Show a text no more, whoever writes it again."""
    given = well_formed(lambda: TextIn(code=code, question=question, text=text))
    take(lambda session: giving.drop(session, given, who=who, keyring=keyring(), now=now()))
    _err.print(f"{given.text} is not shown any more.")


async def _unmatched(
    session: AsyncSession, code: str | None, *, limit: int, forgotten_by: str | None
) -> Sequence[Reply]:
    smallest = (await ruled(session)).rules.book.values.smallest_count
    today = now().astimezone(MOROCCO).date()
    found = await unmatched.listed(session, keyring(), today=today, code=code, fewest=smallest)
    found = found[:limit]
    if forgotten_by is not None:
        await giving.forget(session, found, who=forgotten_by, now=now())
    return found
