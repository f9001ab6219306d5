"""Tags that staff put on answers; who did is on record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.answers import service
from api.consultations.models import Question
from api.consultations.words.own_words import OwnWords, OwnWordsTag
from api.db import insert
from api.errors import Invalid

_LONGEST = 40  # letters of a key, as its column has them


async def tag(session: AsyncSession, number: int, name: str, *, who: str, now: datetime) -> None:
    """Put a tag on an answer; one that it carries already stays. A tag is spelled as it was first in a consultation.

    Raises NotFound, Conflict or Altered as reading does, Invalid for a tag without letters.
    """
    found, key = await service.get(session, number), _key(name)
    spelled = await _spelled(session, found, key) or name
    row = {"words_id": number, "key": key, "tag": spelled, "who": who, "at": now}
    made = insert(session)(OwnWordsTag).on_conflict_do_nothing().returning(OwnWordsTag.key)
    if (await session.execute(made, row)).first() is not None:
        await audit.note(session, who=who, act="tag", subject=_subject(number, spelled), now=now)


async def untag(session: AsyncSession, number: int, name: str, *, who: str, now: datetime) -> None:
    """Take a tag off an answer, if it carries it. Raises as `tag` does."""
    await service.get(session, number)
    carried = (OwnWordsTag.words_id == number, OwnWordsTag.key == _key(name))
    taken = await session.scalar(delete(OwnWordsTag).where(*carried).returning(OwnWordsTag.tag))
    if taken is not None:
        await audit.note(session, who=who, act="untag", subject=_subject(number, taken), now=now)


async def _spelled(session: AsyncSession, words: OwnWords, key: str) -> str | None:
    """How a tag is written already among the answers to this consultation."""
    here = select(Question.consultation_id).where(Question.id == words.question_id).scalar_subquery()
    found: str | None = await session.scalar(
        select(OwnWordsTag.tag)
        .join(OwnWords, OwnWords.id == OwnWordsTag.words_id)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == here, OwnWordsTag.key == key)
        .limit(1)
    )
    return found


def _key(name: str) -> str:
    key = service.key_of(name)
    if not key or len(key) > _LONGEST:
        raise Invalid("a tag has letters or digits, 20 at most", field="tag")
    return key


def _subject(number: int, name: str) -> str:
    return f"answer {number} {name}"
