"""A database full of texts that would control a terminal if they were printed unchanged."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.agents.models import Agent
from api.audit import Act, writing
from api.campaigns.models import Campaign
from api.clock import now
from api.commitments.models import Commitment, Milestone, Plan
from api.consultations.models import Consultation, Option, Question
from api.consultations.words import unmatched
from api.consultations.words.unmatched import Prompt
from api.desk import service as desk
from api.desk.models import LetterLine
from api.meetings.models import Meeting
from api.outbox.models import Lane
from api.proposals.models import Idea, Proposal
from api.residents.models import Merge, Resident
from sawt.demo import loading
from sawt.vault import database
from tests.record_tools import unprotected
from tests.world import KEYRING, settings_for

# Unclosed and closed markup, a link, colours, the window title, a direction override.
MARKUP = "Fermer [/la] [red]x"
HOSTILE = f"{MARKUP} \x1b[31m\x1b]0;a\x07 \u202eb"
SHOWN = r"Fermer [/la] [red]x \x1b[31m\x1b]0;a\x07 \u202eb"  # its printed form
OBEYED = ("\x1b", "\x07", "\u202e")


async def hostile(url: str) -> dict[str, str]:
    """Load the demonstration's data with a hostile text in every shown column; returns the names of some rows."""
    db = database(settings_for(url, ""))
    try:
        await loading.load(db, keyring=KEYRING)
        async with db.transaction() as session:
            await _poison(session)
            return {
                "proposal": await session.scalar(select(Proposal.code)) or "",
                "plan": await session.scalar(select(Plan.code).join(Commitment, Commitment.plan_id == Plan.id)) or "",
                "meeting": await session.scalar(select(Meeting.code)) or "",
                "campaign": str(await session.scalar(select(Campaign.id))),
                "letter": str(await session.scalar(select(LetterLine.letter_id).where(LetterLine.kind == desk.LETTER))),
            }
    finally:
        await db.close()


async def _poison(session: AsyncSession) -> None:
    words = dict.fromkeys(("ar", "fr", "zgh"), HOSTILE)
    for table, columns in (
        (Idea, ("text", "public")),
        (Agent, ("name",)),
        (Lane, ("reason",)),
        (Campaign, ("name", "author")),
    ):
        await session.execute(update(table).values(dict.fromkeys(columns, HOSTILE)))
    for table in (Proposal, Meeting, Consultation):
        await session.execute(update(table).values(title=words))
    plain = dict.fromkeys(words, MARKUP)  # commitments are validated when they are read
    for table in (Plan, Commitment, Milestone):
        await session.execute(update(table).values(title=plain))
    await session.execute(update(Commitment).values(label=plain))
    await session.execute(update(Meeting).values(place=words))
    await session.execute(update(Question).values(text=words))
    await session.execute(update(Option).values(label=words))
    sealed = desk.seal(KEYRING, f"{HOSTILE}\n2026-01-01 > staff: {HOSTILE}")
    await session.execute(update(LetterLine).where(LetterLine.kind == desk.LETTER).values(sealed=sealed, who=HOSTILE))
    for place in range(10):  # enough to be shown, yesterday
        await unmatched.note(session, KEYRING, Prompt("home"), HOSTILE, place, now().date() - timedelta(days=1))
    session.add(Campaign(name=HOSTILE, purpose="inform", author=HOSTILE))
    await audit.note(session, who=HOSTILE, act="see", subject=HOSTILE, now=now())
    await writing.write(session)
    async with unprotected(session):
        await session.execute(update(Act).values(who=HOSTILE, subject=HOSTILE))
    gone = Resident(state="active", language="fr", latin=False, joined_at=now())
    session.add(gone)
    await session.flush()
    undone = {"undone_at": now(), "undone_by": HOSTILE}
    session.add(Merge(kept_id=1, gone_id=gone.id, how="[/x]\x1b", channel="[red]\x1b[31m", merged_at=now(), **undone))
