"""`sawt consultation`: create, list, discard, open, close and schedule consultations."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.authoring import preview
from api.background import after_closing
from api.clock import now
from api.consultations import drafts, lifecycle, service
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn
from api.db import Database
from api.errors import Unavailable
from api.outbox.worker import provider_deletion
from api.workflows import rounds
from sawt.cli.cli_format import roughly, state_sentence, when
from sawt.cli.cli_input import As, MaybeAt, confirm, parsed, read_text
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.voting.consultation_pages import pages as page_commands
from sawt.cli.voting.consultation_pages import print_notes
from sawt.cli.voting.poster import poster
from sawt.context import context_in_force
from sawt.context import quiet_proposal_kit as quiet_kit
from sawt.database import transact, with_db
from sawt.settings import configured

consultation = typer.Typer(no_args_is_help=True, help="Ask residents questions between an opening and a closing time.")
consultation.add_typer(page_commands)
consultation.command()(poster)
add_example(consultation, "consultation")
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]


@consultation.command("list")
@listing
def list_consultations(pages: Pages) -> None:
    """List consultations, newest first."""
    pages.show(
        lambda asked: transact(lambda session: service.every(session, asked)),
        ("code", "title", "state", "questions", "opens", "closes"),
        lambda each: _row(*each),
    )


@consultation.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")], who: As
) -> None:
    """Create a draft consultation: code, title, questions, and optional opening and closing times."""
    data = parsed(ConsultationIn, read_text(file))
    change(lambda session: _create(session, data, who))
    print_notes(data.code)


@consultation.command()
def discard(code: Code, who: As) -> None:
    """Delete a draft to which nothing refers. Its proposals can then be in another vote."""
    transact(lambda session: drafts.discard(session, code, who=who, now=now()))
    _err.print(f"{code} is deleted.")


@consultation.command("open")
def open_it(code: Code, who: As) -> None:
    """Open a draft consultation, so that residents can answer."""
    change(lambda session: _open(session, code, who))


@consultation.command()
def close(
    code: Code,
    who: As,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask for confirmation")] = False,
    key_is_lost: Annotated[bool, typer.Option("--key-is-lost", help="its key in the vault is lost for good")] = False,
) -> None:
    """Close a consultation for good, destroy the secret that links ballots to people, and decide on proposals."""
    confirm(f"Close {code} for good? It cannot be opened again.", yes=yes)
    change(lambda session: _close(session, code, who, key_is_lost=key_is_lost))
    clean = asyncio.run(with_db(_clean))
    url = configured().public_url.rstrip("/")
    where = f": {url}/consultations/{code}/receipts" if url else ""
    published = "is published" if clean else "will be published automatically, once no trace of the voters is left"
    _err.print(f"Its list {published}{where}" if where else f"Its list {published}.")
    if left := transact(provider_deletion.count_left):
        _err.print(f"Messages that providers still keep: {roughly(left)}. The service deletes them by itself.")


@consultation.command()
def schedule(code: Code, who: As, opens: MaybeAt = None, closes: MaybeAt = None) -> None:
    """Set when a consultation opens and closes automatically. A time that you leave out is removed."""
    times = {"opens_at": opens, "closes_at": closes}
    change(lambda session: lifecycle.schedule(session, code, **times, who=who, now=now()))


def change(work: Callable[[AsyncSession], Awaitable[Consultation]]) -> None:
    """Run `work`, which changes a consultation, and print its new state."""

    changed = transact(work)
    _err.print(f"{changed.code} is {state_sentence(changed)}.")


async def _create(session: AsyncSession, data: ConsultationIn, who: str) -> Consultation:
    weigh = preview.weigh(await context_in_force(session))
    return await drafts.create(session, data, who=who, now=now(), weigh=weigh)


async def _open(session: AsyncSession, code: str, who: str) -> Consultation:
    smallest = (await context_in_force(session)).rules.book.values.smallest_count
    return await lifecycle.open_draft(session, code, who=who, now=now(), smallest=smallest)


async def _close(session: AsyncSession, code: str, who: str, *, key_is_lost: bool) -> Consultation:
    kit = await quiet_kit(session)
    return await rounds.close(session, code, kit=kit, action=Action(who, now()), key_is_lost=key_is_lost)


async def _clean(db: Database) -> bool:
    try:
        return await after_closing.clean(db, now=now())
    except Unavailable:
        return False


def _row(each: Consultation, count: int) -> tuple[str, ...]:
    times = (each.opened_at or each.opens_at, each.closed_at or each.closes_at)
    return (each.code, each.title["fr"], each.state, str(count), *map(when, times))
