"""`sawt proposal`: create proposals from ideas, publish and answer them, link them to commitments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.clock import now
from api.errors import Invalid
from api.proposals import actions, pictures, service
from api.proposals import listing as proposal_listing
from api.proposals import pages as views
from api.proposals.models import Proposal
from api.proposals.page_schemas import ProposalPage
from api.proposals.schemas import AnswerWords, ProposalEdit, ProposalIn
from api.workflows import vote_options
from sawt.cli.cli_format import place
from sawt.cli.cli_input import As, parsed, read_bytes, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.people.ideas import kit
from sawt.cli.printing import Printer
from sawt.context import catalogs
from sawt.database import transact

proposal = typer.Typer(no_args_is_help=True, help="Publish proposals; authors of their ideas are notified.")
add_example(proposal, "proposal")
_out, _err = Printer(), Printer(stderr=True)

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
    filters: dict[str, Any] = {"states": (state,) if state else (), "commitment": commitment}
    pages.show(
        lambda asked: transact(lambda session: proposal_listing.with_votes(session, **filters, asked=asked)),
        ("number", "code", "state", "vote", "theme", "province", "title"),
        lambda each: _row(*each),
    )


@proposal.command()
def show(code: Code) -> None:
    """Show a proposal as JSON: its texts, ideas, commitment and history."""

    async def read_page(session: AsyncSession) -> ProposalPage:
        return await views.proposal_page(session, await service.get(session, code))

    _out.json(transact(read_page).model_dump_json(indent=2))


@proposal.command()
def create(file: File, who: As) -> None:
    """Create a draft: code, title, text, theme, province, and the numbers of its ideas."""
    data = parsed(ProposalIn, read_text(file))
    _run_step(lambda session: service.create(session, data, who=who, now=now()))


@proposal.command()
def edit(code: Code, file: File, who: As) -> None:
    """Change a proposal's title, text, theme or province, until a vote on it opens. The file has only new values."""
    data = parsed(ProposalEdit, read_text(file))
    _run_step(lambda session: vote_options.edit(session, code, data, action=Action(who, now()), catalogs=catalogs()))


@proposal.command()
def publish(code: Code, who: As) -> None:
    """Publish a draft."""
    _run_step(lambda session: actions.publish(session, code, who=who, context=kit(), now=now()))


@proposal.command()
def withdraw(code: Code, who: As) -> None:
    """Withdraw a proposal. Its ideas get the state "read" again."""
    _run_step(lambda session: actions.withdraw(session, code, who=who, context=kit(), now=now()))


@proposal.command()
def choose(code: Code, who: As) -> None:
    """Record that a vote without a threshold chose a proposal."""
    _run_step(lambda session: actions.choose(session, code, who=who, context=kit(), now=now()))


@proposal.command("pass-over")
def pass_over(code: Code, who: As) -> None:
    """Record that a vote did not choose a proposal."""
    _run_step(lambda session: actions.pass_over(session, code, who=who, context=kit(), now=now()))


@proposal.command()
def answer(code: Code, file: File, who: As) -> None:
    """Record the Council's official answer to a proposal, in three languages."""
    words = parsed(AnswerWords, read_text(file)).model_dump()
    _run_step(lambda session: actions.answer(session, code, words=words, who=who, context=kit(), now=now()))


@proposal.command()
def commit(
    code: Code,
    plan: Annotated[str, typer.Argument(help="the plan's code")],
    number: Annotated[int, typer.Argument(help="the commitment's number there")],
    who: As,
) -> None:
    """Record which commitment a proposal became part of."""
    _run_step(
        lambda session: actions.commit(session, code, plan=plan, number=number, who=who, context=kit(), now=now())
    )


@proposal.command()
def picture(
    code: Code,
    who: As,
    file: Annotated[Path | None, typer.Argument(help="JPEG or PNG, up to 1 MiB")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="remove its picture instead")] = False,
) -> None:
    """Set or remove a proposal's picture, which Telegram shows with the text."""
    if remove == (file is not None):
        raise Invalid("pass either a file or --remove")
    content = read_bytes(file) if file is not None else b""
    if remove:
        _run_step(lambda session: pictures.remove(session, code, who=who, now=now()))
    else:
        _run_step(lambda session: pictures.save(session, code, content, who=who, now=now()))


def _row(each: Proposal, vote: str) -> tuple[str, ...]:
    return (str(each.id), each.code, each.state, vote, each.theme, place(each.province), each.title["fr"])


def _run_step(work: Callable[[AsyncSession], Awaitable[Proposal]]) -> None:
    changed = transact(work)
    _err.print(f"{changed.code} is {changed.state}, proposal {changed.id}.")
