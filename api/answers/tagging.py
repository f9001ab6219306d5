"""Add tags to free-text answers and remove them; each change is recorded in the audit record."""

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

_LONGEST = 40  # maximum characters of a normalised tag: the width of its database column


async def tag(session: AsyncSession, number: int, name: str, *, who: str, now: datetime) -> None:
    """Add a tag to an answer, unless the answer already has it.

    Within a consultation, a tag keeps its first spelling. Raises NotFound, Conflict or Altered if the answer cannot be
    read, Invalid for a tag without letters or digits.
    """
    answer, key = await service.get(session, number), _key(name)
    spelled = await _spelled(session, answer, key) or name
    row = {"words_id": number, "key": key, "tag": spelled, "who": who, "at": now}
    statement = insert(session)(OwnWordsTag).on_conflict_do_nothing().returning(OwnWordsTag.key)
    if (await session.execute(statement, row)).first() is not None:
        await audit.note(session, who=who, act="tag", subject=_subject(number, spelled), now=now)


async def untag(session: AsyncSession, number: int, name: str, *, who: str, now: datetime) -> None:
    """Remove a tag from an answer, if the answer has it.

    Raises NotFound, Conflict or Altered if the answer cannot be read, Invalid for a tag without letters or digits.
    """
    await service.get(session, number)
    of_answer = (OwnWordsTag.words_id == number, OwnWordsTag.key == _key(name))
    removed = await session.scalar(delete(OwnWordsTag).where(*of_answer).returning(OwnWordsTag.tag))
    if removed is not None:
        await audit.note(session, who=who, act="untag", subject=_subject(number, removed), now=now)


async def _spelled(session: AsyncSession, words: OwnWords, key: str) -> str | None:
    """Return how this consultation already spells a tag; None if the tag is new."""
    consultation = select(Question.consultation_id).where(Question.id == words.question_id).scalar_subquery()
    spelling: str | None = await session.scalar(
        select(OwnWordsTag.tag)
        .join(OwnWords, OwnWords.id == OwnWordsTag.words_id)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation, OwnWordsTag.key == key)
        .limit(1)
    )
    return spelling


def _key(name: str) -> str:
    key = service.key_of(name)
    if not key or len(key) > _LONGEST:
        raise Invalid("a tag needs at least one letter or digit, and at most 20 characters", field="tag")
    return key


def _subject(number: int, name: str) -> str:
    return f"answer {number} {name}"
