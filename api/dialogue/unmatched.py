"""What nobody understood, counted without saying who wrote it, so that staff can make the lists of words grow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import spotting
from api.db import insert
from api.dialogue.models import Unmatched
from api.dialogue.turn import Turn
from api.normalise import normalise

_WORDS, _LETTERS = 3, 40  # the more a person writes, the more it tells of them
_DIGITS = re.compile(r"\d{5,}")  # may be somebody's number
BLANK = "…"


def kept(text: str) -> str:
    """What is kept of a text: a few words, normalised; numbers and longer texts are blanked, receipts left out."""
    key = normalise(spotting.without(text))
    if not key or len(key) > _LETTERS or len(key.split()) > _WORDS:
        return BLANK
    return _DIGITS.sub(BLANK, key)


async def note(turn: Turn) -> None:
    """Count a reply that was not understood: its words, what was asked, the day; nothing of who wrote it."""
    question = turn.question
    row = {
        "words": kept(turn.incoming.text),
        "asked": turn.conversation.step if question is None else question.kind,
        "language": turn.voice.language,
        "last_on": turn.now.date(),
        "count": 1,
    }
    made = insert(turn.session)(Unmatched).values(row)
    await turn.session.execute(
        made.on_conflict_do_update(
            index_elements=("words", "asked", "language"),
            set_={"count": Unmatched.count + 1, "last_on": made.excluded.last_on},
        )
    )


async def listed(session: AsyncSession, *, limit: int = 100) -> Sequence[Unmatched]:
    """What was not understood, the most frequent first."""
    found = await session.scalars(
        select(Unmatched).order_by(Unmatched.count.desc(), Unmatched.words, Unmatched.asked).limit(limit)
    )
    return found.all()


async def clear(session: AsyncSession, *, who: str, now: datetime) -> None:
    """Forget the list, once it was reviewed; who did is recorded."""
    await session.execute(delete(Unmatched))
    await audit.note(session, who=who, act="words cleared", subject="words", now=now)
