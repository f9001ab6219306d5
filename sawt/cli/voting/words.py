"""`sawt words`: list replies that were not understood, and assign them to options for the future."""

from __future__ import annotations

from typing import Annotated

import typer

from api.authoring.word_schemas import AssignIn, ClearIn, ReplyIn, TextIn, UnmatchedOut, WordsOut
from api.pagination import PageRequest, PageRows
from sawt.cli import service
from sawt.cli.cli_input import validated
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path

words = typer.Typer(no_args_is_help=True, help="Review replies that were not understood; assign them to options.")
_out, _err = Printer(), Printer(stderr=True)
_AT_ONCE = 100  # replies

Code = Annotated[str, typer.Argument(help="the consultation's code")]
Question = Annotated[int, typer.Argument(help="the question's position; the first is 1")]
Text = Annotated[str, typer.Argument(help="the text, as 'sawt words unmatched' shows it")]


@words.command("unmatched")
@listing
def list_unmatched(
    pages: Pages,
    code: Annotated[str | None, typer.Argument(help="only of this consultation; all by default")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="delete the replies shown, once reviewed")] = False,
) -> None:
    """List replies that were not understood, the most frequent first. Replies that few people wrote are left out."""
    read_page = service.listed(UnmatchedOut, path("words", "unmatched"), code=code)
    shown: list[UnmatchedOut] = []

    def read(asked: PageRequest) -> PageRows[UnmatchedOut]:
        page = read_page(asked)
        shown.extend(page.items)
        return page

    if as_json:
        pages.json(read, lambda each: each.model_dump(mode="json"))
    else:
        pages.show(read, ("people", "words", "asked", "consultation", "question"), _row)
    if clear:
        _clear(shown)


@words.command()
def assign(
    code: Code,
    question: Question,
    text: Text,
    option: Annotated[int, typer.Argument(help="the option's place in the list; the first is 1")],
) -> None:
    """Assign a reply to an option. From now on it chooses this option for everyone. Earlier replies are not counted."""
    data = validated(lambda: AssignIn(code=code, question=question, text=text, option=option))
    changed = service.post(WordsOut, path("words", "assign"), data)
    _err.print(f"Option {option} of question {question} is also called: {', '.join(changed.also)}.")
    _err.print("Earlier replies with it were asked again, and do not count.")


@words.command()
def unassign(code: Code, question: Question, text: Text) -> None:
    """Remove a word from the option it was assigned to."""
    data = validated(lambda: TextIn(code=code, question=question, text=text))
    service.send("POST", path("words", "unassign"), body=data)
    _err.print(f"{data.text} no longer means an option of question {question}. Answers already given still count.")


@words.command()
def drop(code: Code, question: Question, text: Text) -> None:
    """Hide a text from the list of replies for good, even if people write it again."""
    data = validated(lambda: TextIn(code=code, question=question, text=text))
    service.send("POST", path("words", "drop"), body=data)
    _err.print(f"{data.text} is hidden from now on.")


def _clear(shown: list[UnmatchedOut]) -> None:
    """Delete replies from the list, as many at a time as one request takes."""
    replies = [ReplyIn.model_validate(each.model_dump(exclude={"people"})) for each in shown]
    for start in range(0, max(len(replies), 1), _AT_ONCE):
        service.send("POST", path("words", "clear"), body=ClearIn(replies=replies[start : start + _AT_ONCE]))


def _row(each: UnmatchedOut) -> tuple[str, ...]:
    return (f"{each.people} or more", each.words, each.asked, each.code or "", str(each.question or ""))
