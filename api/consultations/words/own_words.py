"""Free texts of closed consultations: stored without their ballots, in random order.

While a consultation is open, a text is on its ballot. A text may name its author, whose choices would then be known
too. So closing moves it away. A sign remains on the ballot, which says that there was a text.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from api import suppression
from api.consultations import content
from api.consultations.models import Answer, Ballot, Consultation, Question
from api.consultations.receipts.list_format import CHECKED, OWN_WORDS
from api.db import Base, Id, Json, Moment, table_of

_ANSWERS = table_of(Answer)
_UNREAD = text("key IS NULL")


class OwnWords(Base):
    """One free-text answer. `id` is its position in the random order, and the number by which staff refer to it."""

    __tablename__ = "own_words"
    __table_args__ = (
        Index(None, "question_id", "id"),
        Index("ix_own_words_unread", "id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)  # normalised text for searching; None until `index_texts` runs
    # Warnings: personal data in the text (see `proposals/ideas/personal_data.py`), or a receipt that was cut out.
    flags: Mapped[list[str] | None] = mapped_column(Json)


class OwnWordsTag(Base):
    """A tag that staff put on a free-text answer. `key` is the normalised tag, so each tag has one spelling."""

    __tablename__ = "own_words_tags"

    words_id: Mapped[int] = mapped_column(ForeignKey("own_words.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


async def detach(session: AsyncSession, consultation: Consultation) -> None:
    """Move the free texts of a consultation that closes away from their ballots. Call it before the list is hashed.

    The database puts the texts in a random order and numbers them in this order. So no number, row or transaction
    reveals when a text was written, or which choices its author made.

    A sign on the ballot remains in place of each text. If few people wrote a text, and the list shows choices beside
    receipts, the signs are deleted too. The list then does not tell who wrote, with one exception. If a ballot has no
    other answer, the empty line of its receipt still reveals this.
    """
    questions = select(Question.id).where(Question.consultation_id == consultation.id, Question.kind == content.TEXT)
    of_ballots = Answer.ballot_id.in_(select(Ballot.id).where(Ballot.consultation_id == consultation.id))
    drawn = select(Answer.question_id, Answer.value).where(Answer.question_id.in_(questions), of_ballots)
    await session.execute(insert(OwnWords).from_select(["question_id", "text"], drawn.order_by(func.random())))
    text_counts = await counts(session, consultation.id)
    few = [each for each, count in text_counts.items() if suppression.too_few(count, consultation.smallest_count)]
    if consultation.receipts == CHECKED and few:
        await session.execute(delete(_ANSWERS).where(_ANSWERS.c.question_id.in_(few)))
    await session.execute(update(_ANSWERS).where(_ANSWERS.c.question_id.in_(questions)).values(value=OWN_WORDS))


async def counts(session: AsyncSession, consultation_id: int) -> dict[int, int]:
    """Return how many free texts a closed consultation has, keyed by question id."""
    rows = await session.execute(
        select(OwnWords.question_id, func.count())
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation_id)
        .group_by(OwnWords.question_id)
    )
    return dict(iter(rows))
