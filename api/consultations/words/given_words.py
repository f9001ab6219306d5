"""Words that an option is known by beside its label: its author's (`also`), and replies that staff gave to it."""

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
    """One word of an option. `who` is the staff who gave it while the vote was open; nobody, if its author wrote it.

    A word that was taken back stays as a row, so that it can be told who made residents' words mean what, and when.
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


async def held(session: AsyncSession, consultation_id: int) -> Mapping[int, Sequence[OptionWord]]:
    """The words in force of a consultation, by option, the oldest first."""
    found = await every(session, consultation_id)
    return {option: [each for each in words if each.ended_at is None] for option, words in found.items()}


async def every(session: AsyncSession, consultation_id: int) -> Mapping[int, Sequence[OptionWord]]:
    """The same, with those that were taken back."""
    rows = await session.scalars(
        select(OptionWord)
        .join(Option, Option.id == OptionWord.option_id)
        .join(Question, Question.id == Option.question_id)
        .where(Question.consultation_id == consultation_id)
        .order_by(OptionWord.id)
    )
    found: dict[int, list[OptionWord]] = {}
    for row in rows:
        found.setdefault(row.option_id, []).append(row)
    return found


def write(session: AsyncSession, option_id: int, also: Iterable[str]) -> None:
    """Keep the words of an option's author."""
    session.add_all(OptionWord(option_id=option_id, word=word) for word in also)


async def give(session: AsyncSession, option_id: int, word: str, *, who: str, now: datetime) -> None:
    """Give an option one more word."""
    session.add(OptionWord(option_id=option_id, word=word, who=who, given_at=now))
    await session.flush()


async def end(
    session: AsyncSession, words: Iterable[OptionWord], word: str, *, who: str, now: datetime
) -> Sequence[OptionWord]:
    """Take back a word, however it is spelt, and say which were. Raises NotFound where it is none of these `words`."""
    ended = [each for each in words if normalise(each.word) == normalise(word)]
    if not ended:
        raise NotFound(f"no option of this question has the word {word!r}")
    for each in ended:
        each.ended_by, each.ended_at = who, now
    await session.flush()
    return ended


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete all words of a draft that is written anew or discarded."""
    options = (
        select(Option.id)
        .join(Question, Question.id == Option.question_id)
        .where(Question.consultation_id == consultation_id)
    )
    await session.execute(delete(OptionWord).where(OptionWord.option_id.in_(options)))
