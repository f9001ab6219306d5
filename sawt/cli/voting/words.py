"""`sawt words`: list replies that were not understood, and assign them to options for the future."""

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
from sawt.cli.cli_input import As, MaybeAs, validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.context import context_in_force, keyring
from sawt.database import transact

words = typer.Typer(no_args_is_help=True, help="Review replies that were not understood; assign them to options.")
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]
Question = Annotated[int, typer.Argument(help="the question's position; the first is 1")]
Text = Annotated[str, typer.Argument(help="the text, as 'sawt words unmatched' shows it")]


@words.command("unmatched")
@listing
def list_unmatched(
    pages: Pages,
    code: Annotated[str | None, typer.Argument(help="only of this consultation; all by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="delete the replies shown, once reviewed; needs --as")] = False,
    who: MaybeAs = None,
) -> None:
    """List replies that were not understood, the most frequent first. Replies that few people wrote are left out."""
    if clear and who is None:
        raise Invalid("say who deletes them: --as NAME")
    shown: list[Reply] = []

    def read(asked: PageRequest) -> PageRows[Reply]:
        page = transact(lambda session: _unmatched(session, code, asked))
        shown.extend(page.items)
        return page

    if as_json:
        pages.json(read, lambda each: {name: value for name, value in each._asdict().items() if name != "known_by"})
    else:
        pages.show(read, ("people", "words", "asked", "consultation", "question"), _row)
    if clear and who is not None:
        by = who
        transact(lambda session: word_assignment.clear(session, shown, action=Action(by, now())))


@words.command()
def assign(
    code: Code,
    question: Question,
    text: Text,
    option: Annotated[int, typer.Argument(help="the option's place in the list; the first is 1")],
    who: As,
) -> None:
    """Assign a reply to an option. From now on it chooses this option for everyone. Earlier replies are not counted."""
    data = validated(lambda: AssignIn(code=code, question=question, text=text, option=option))
    changed = transact(
        lambda session: word_assignment.assign(session, data, action=Action(who, now()), keyring=keyring())
    )
    _err.print(f"Option {option} of question {question} is also called: {', '.join(changed.also)}.")
    _err.print("Earlier replies with it were asked again, and do not count.")


@words.command()
def unassign(code: Code, question: Question, text: Text, who: As) -> None:
    """Remove a word from the option it was assigned to."""
    data = validated(lambda: TextIn(code=code, question=question, text=text))
    transact(lambda session: word_assignment.unassign(session, data, action=Action(who, now())))
    _err.print(f"{data.text} no longer means an option of question {question}. Answers already given still count.")


@words.command()
def drop(code: Code, question: Question, text: Text, who: As) -> None:
    """Hide a text from the list of replies for good, even if people write it again."""
    data = validated(lambda: TextIn(code=code, question=question, text=text))
    transact(lambda session: word_assignment.drop(session, data, action=Action(who, now()), keyring=keyring()))
    _err.print(f"{data.text} is hidden from now on.")


def _row(each: Reply) -> tuple[str, ...]:
    return (f"{each.people} or more", each.words, each.asked, each.code or "", str(each.question or ""))


async def _unmatched(session: AsyncSession, code: str | None, asked: PageRequest) -> PageRows[Reply]:
    smallest = (await context_in_force(session)).rules.book.values.smallest_count
    today = now().astimezone(MOROCCO).date()
    replies = await unmatched.listed(session, keyring(), today=today, code=code, fewest=smallest)
    return unmatched.paged(replies, asked)
