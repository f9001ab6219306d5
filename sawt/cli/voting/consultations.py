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
from sawt.cli.cli_format import roughly, standing, when
from sawt.cli.cli_input import As, MaybeAt, agreed, parsed, written
from sawt.cli.examples import add_example
from sawt.cli.listing import Pages, listing
from sawt.cli.people.ideas import quiet_kit
from sawt.cli.printing import Printer
from sawt.cli.voting.consultation_pages import pages as shown
from sawt.cli.voting.consultation_pages import told
from sawt.cli.voting.poster import poster
from sawt.context import ruled
from sawt.database import take, with_db
from sawt.settings import configured

consultation = typer.Typer(no_args_is_help=True, help="Ask residents something, from one moment to another.")
consultation.add_typer(shown)
consultation.command()(poster)
add_example(consultation, "consultation")
_out, _err = Printer(), Printer(stderr=True)

Code = Annotated[str, typer.Argument(help="the consultation's code")]


@consultation.command("list")
@listing
def list_consultations(pages: Pages) -> None:
    """List consultations, the newest first."""
    pages.show(
        lambda asked: take(lambda session: service.every(session, asked)),
        ("code", "title", "state", "questions", "opens", "closes"),
        lambda each: _row(*each),
    )


@consultation.command()
def create(
    file: Annotated[Path, typer.Argument(help="its description, JSON or TOML; - for standard input")], who: As
) -> None:
    """Keep a new draft: code, title, questions, and when it opens and closes, if by itself."""
    given = parsed(ConsultationIn, written(file))
    change(lambda session: _create(session, given, who))
    told(given.code)


@consultation.command()
def discard(code: Code, who: As) -> None:
    """Delete a draft that nothing names; its proposals are free for another round."""
    take(lambda session: drafts.discard(session, code, who=who, now=now()))
    _err.print(f"{code} is discarded.")


@consultation.command("open")
def open_it(code: Code, who: As) -> None:
    """Open a draft: from now on it takes answers."""
    change(lambda session: _open(session, code, who))


@consultation.command()
def close(
    code: Code,
    who: As,
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
    key_is_lost: Annotated[bool, typer.Option("--key-is-lost", help="its key in the vault is gone for good")] = False,
) -> None:
    """Close it for good, and destroy the secret that ties ballots to people; proposals learn what was decided."""
    agreed(f"Close {code} for good? It cannot be opened again.", yes=yes)
    change(lambda session: _close(session, code, who, key_is_lost=key_is_lost))
    clean = asyncio.run(with_db(_clean))
    url = configured().public_url.rstrip("/")
    where = f": {url}/consultations/{code}/receipts" if url else ""
    published = "is published" if clean else "will be published by itself, once nothing is left that could name a voter"
    _err.print(f"Its list {published}{where}" if where else f"Its list {published}.")
    if kept := take(provider_deletion.count_left):
        left = f"Messages of dialogues that providers still keep: {roughly(kept)}."
        _err.print(f"{left} You need not do anything: the service deletes them.")


@consultation.command()
def schedule(code: Code, who: As, opens: MaybeAt = None, closes: MaybeAt = None) -> None:
    """Say when it opens and closes by itself; a moment left out is taken back."""
    times = {"opens_at": opens, "closes_at": closes}
    change(lambda session: lifecycle.schedule(session, code, **times, who=who, now=now()))


def change(work: Callable[[AsyncSession], Awaitable[Consultation]]) -> None:
    """Do something with a consultation, and say how it stands then."""

    found = take(work)
    _err.print(f"{found.code} is {standing(found)}.")


async def _create(session: AsyncSession, given: ConsultationIn, who: str) -> Consultation:
    weigh = preview.weigh(await ruled(session))
    return await drafts.create(session, given, who=who, now=now(), weigh=weigh)


async def _open(session: AsyncSession, code: str, who: str) -> Consultation:
    smallest = (await ruled(session)).rules.book.values.smallest_count
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
