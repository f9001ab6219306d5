"""Other words that choose an option besides its label, written by the author (`also`) or added by staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Option, Question
from api.db import Base, Id, Moment
from api.errors import NotFound
from api.text.normalise import normalise


class OptionWord(Base):
    """One word for an option. `who` is the staff member who added it during the vote; None if the author wrote it.

    If a word is taken back, its row stays. So it remains known who gave residents' words a meaning, and when.
    """

    __tablename__ = "option_words"
    __table_args__ = (Index(None, "option_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    option_id: Mapped[int] = mapped_column(ForeignKey("options.id"))
    word: Mapped[str] = mapped_column(String(40))
    who: Mapped[str | None] = mapped_column(String(40))
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


async def in_force(session: AsyncSession, consultation_id: int) -> Mapping[int, Sequence[OptionWord]]:
    """Return the words that choose options of a consultation now, keyed by option id. The oldest word comes first."""
    every = await all_words(session, consultation_id)
    return {option: [each for each in words if each.ended_at is None] for option, words in every.items()}


async def all_words(session: AsyncSession, consultation_id: int) -> Mapping[int, Sequence[OptionWord]]:
    """Return all words for options of a consultation, even those taken back, keyed by option id, oldest first."""
    rows = await session.scalars(
        select(OptionWord)
        .join(Option, Option.id == OptionWord.option_id)
        .join(Question, Question.id == Option.question_id)
        .where(Question.consultation_id == consultation_id)
        .order_by(OptionWord.id)
    )
    by_option: dict[int, list[OptionWord]] = {}
    for row in rows:
        by_option.setdefault(row.option_id, []).append(row)
    return by_option


def add_from_author(session: AsyncSession, option_id: int, also: Iterable[str]) -> None:
    """Store the words that the consultation's author wrote for an option."""
    session.add_all(OptionWord(option_id=option_id, word=word) for word in also)


async def add(session: AsyncSession, option_id: int, word: str, *, who: str, now: datetime) -> None:
    """Store a word that a staff member assigned to an option."""
    session.add(OptionWord(option_id=option_id, word=word, who=who, given_at=now))
    await session.flush()


async def take_back(
    session: AsyncSession, words: Iterable[OptionWord], word: str, *, who: str, now: datetime
) -> Sequence[OptionWord]:
    """Mark the words that match `word`, in any spelling, as taken back; return their rows.

    Raises NotFound if none matches.
    """
    ended = [each for each in words if normalise(each.word) == normalise(word)]
    if not ended:
        raise NotFound(f"no option of this question has the word {word!r}")
    for each in ended:
        each.ended_by, each.ended_at = who, now
    await session.flush()
    return ended


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete all words for options of a draft that is replaced or discarded."""
    options = (
        select(Option.id)
        .join(Question, Question.id == Option.question_id)
        .where(Question.consultation_id == consultation_id)
    )
    await session.execute(delete(OptionWord).where(OptionWord.option_id.in_(options)))
