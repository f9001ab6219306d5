"""What people wrote in their own words, once a consultation is closed: texts by themselves, in an order of chance.

While it is open a text is on its ballot. At closing it leaves it: what somebody wrote may name them, and beside it
would stand what they chose. The ballot keeps a sign that there was a text.
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
    """One answer in somebody's own words. Its `id` is its place in the order of chance, and the number staff use."""

    __tablename__ = "own_words"
    __table_args__ = (
        Index(None, "question_id", "id"),
        Index("ix_own_words_unread", "id", postgresql_where=_UNREAD, sqlite_where=_UNREAD),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)  # the text normalised, to be searched; None until it is read in
    flags: Mapped[list[str] | None] = mapped_column(
        Json
    )  # personal data it seems to hold: see `proposals/ideas/personal_data.py`; or that a receipt was cut out


class OwnWordsTag(Base):
    """That staff put a tag on such an answer; `key` is the tag normalised, so that one tag has one spelling."""

    __tablename__ = "own_words_tags"

    words_id: Mapped[int] = mapped_column(ForeignKey("own_words.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    tag: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


async def part(session: AsyncSession, consultation: Consultation) -> None:
    """Take the texts of a consultation that closes from their ballots; to be called before its list is hashed.

    The database draws their order, and counts them in it: no number, row or transaction tells when one was written, or
    beside what. Where a list ties receipts to choices and few wrote something, it does not say who did
    either, but for who answered nothing else: the line of such a receipt stands alone.
    """
    asked = select(Question.id).where(Question.consultation_id == consultation.id, Question.kind == content.TEXT)
    theirs = Answer.ballot_id.in_(select(Ballot.id).where(Ballot.consultation_id == consultation.id))
    drawn = select(Answer.question_id, Answer.value).where(Answer.question_id.in_(asked), theirs)
    await session.execute(insert(OwnWords).from_select(["question_id", "text"], drawn.order_by(func.random())))
    written = await counts(session, consultation.id)
    few = [each for each, count in written.items() if suppression.too_few(count, consultation.smallest_count)]
    if consultation.receipts == CHECKED and few:
        await session.execute(delete(_ANSWERS).where(_ANSWERS.c.question_id.in_(few)))
    await session.execute(update(_ANSWERS).where(_ANSWERS.c.question_id.in_(asked)).values(value=OWN_WORDS))


async def counts(session: AsyncSession, consultation_id: int) -> dict[int, int]:
    """How many texts a closed consultation has, by question."""
    rows = await session.execute(
        select(OwnWords.question_id, func.count())
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation_id)
        .group_by(OwnWords.question_id)
    )
    return dict(iter(rows))
