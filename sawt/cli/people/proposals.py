"""`sawt proposal`: create proposals from ideas, publish and answer them, link them to commitments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx
import typer

from api.errors import Invalid
from api.proposals.page_schemas import ListedProposalOut, ProposalOut, ProposalPage
from api.proposals.schemas import Answer, AnswerWords, Commit, ProposalEdit, ProposalIn
from sawt.cli import service
from sawt.cli.cli_format import place
from sawt.cli.cli_input import parsed, read_bytes, read_text, validated
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer

proposal = typer.Typer(no_args_is_help=True, help="Publish proposals; authors of their ideas are notified.")
add_example(proposal, "proposal")
_out, _err = Printer(), Printer(stderr=True)
_PNG = b"\x89PNG"  # how a PNG file starts

Code = Annotated[str, typer.Argument(help="the proposal's code")]
File = Annotated[Path, typer.Argument(help="JSON; - for standard input")]


@proposal.command("list")
@listing
def list_proposals(
    pages: Pages,
    state: Annotated[
        str | None, typer.Option(help="draft, published, chosen, not_chosen, committed or withdrawn")
    ] = None,
    commitment: Annotated[str | None, typer.Option(help="only those in this commitment: plan-code/3")] = None,
) -> None:
    """List proposals with their votes. Those that need action by staff come first; then the rest, newest first."""
    pages.show(
        service.listed(ListedProposalOut, "/proposals", state=state, commitment=commitment),
        ("number", "code", "state", "vote", "theme", "province", "title"),
        _row,
    )


@proposal.command()
def show(code: Code) -> None:
    """Show a proposal as JSON: its texts, ideas, commitment and history."""
    _out.json(service.get(ProposalPage, service.path("proposals", code)).model_dump_json(indent=2))


@proposal.command()
def create(file: File) -> None:
    """Create a draft: code, title, text, theme, province, and the numbers of its ideas."""
    _print(service.post(ProposalOut, "/proposals", parsed(ProposalIn, read_text(file))))


@proposal.command()
def edit(code: Code, file: File) -> None:
    """Change a proposal's title, text, theme or province, until a vote on it opens. The file has only new values."""
    data = parsed(ProposalEdit, read_text(file))
    _print_answer(service.send("PATCH", service.path("proposals", code), body=data))


@proposal.command()
def publish(code: Code) -> None:
    """Publish a draft."""
    _take_step(code, "publish")


@proposal.command()
def withdraw(code: Code) -> None:
    """Withdraw a proposal. Its ideas get the state "read" again."""
    _take_step(code, "withdraw")


@proposal.command()
def choose(code: Code) -> None:
    """Record that a vote without a threshold chose a proposal."""
    _take_step(code, "choose")


@proposal.command("pass-over")
def pass_over(code: Code) -> None:
    """Record that a vote did not choose a proposal."""
    _take_step(code, "pass-over")


@proposal.command()
def answer(code: Code, file: File) -> None:
    """Record the Council's official answer to a proposal, in three languages."""
    _take_step(code, "answer", Answer(words=parsed(AnswerWords, read_text(file))))


@proposal.command()
def commit(
    code: Code,
    plan: Annotated[str, typer.Argument(help="the plan's code")],
    number: Annotated[int, typer.Argument(help="the commitment's number there")],
) -> None:
    """Record which commitment a proposal became part of."""
    _take_step(code, "commit", validated(lambda: Commit(plan=plan, number=number)))


@proposal.command()
def picture(
    code: Code,
    file: Annotated[Path | None, typer.Argument(help="JPEG or PNG, up to 1 MiB")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="remove its picture instead")] = False,
) -> None:
    """Set or remove a proposal's picture, which Telegram shows with the text."""
    if remove == (file is not None):
        raise Invalid("pass either a file or --remove")
    path = service.path("proposals", code, "picture")
    if file is None:
        _print_answer(service.send("DELETE", path))
        return
    content = read_bytes(file)
    kind = "image/png" if content.startswith(_PNG) else "image/jpeg"
    _print_answer(service.send("PUT", path, content=content, content_type=kind))


def _row(each: ListedProposalOut) -> tuple[str, ...]:
    where = place(each.province)
    return (str(each.number), each.code, each.state, each.vote or "", each.theme, where, each.title["fr"])


def _take_step(code: str, step: str, data: Answer | Commit | None = None) -> None:
    _print(service.post(ProposalOut, service.path("proposals", code, step), data))


def _print_answer(answer: httpx.Response) -> None:
    _print(service.read(ProposalOut, answer))


def _print(changed: ProposalOut) -> None:
    _err.print(f"{changed.code} is {changed.state}, proposal {changed.number}.")
