"""Read free-text answers, and filter them by their words, tags and flags.

Answers can be read once their consultation is closed and its list of receipts is published. Closing puts them in a
random order. Each answer is shown only with its question, flags and tags. Its receipt, language, province and time are
not shown. See `api/consultations/words/own_words.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, String, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers.schemas import AnswerOut, TagCount
from api.clock import MOROCCO
from api.consultations import service as consultations
from api.consultations.models import Consultation, ConsultationState, Publication, Question
from api.consultations.receipts import lookup, spotting
from api.consultations.words.own_words import OwnWords, OwnWordsTag
from api.errors import Altered, Conflict, Invalid, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows, cut
from api.proposals.ideas import personal_data
from api.text import normalise

RECEIPT = "receipt"  # the flag of a text from which a receipt was cut out
_LONGEST = 200  # maximum length of a search, in characters
_ORDER = Order("answers", Key(OwnWords.id))


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that answers must meet; None means no condition. `question` is a question's position, from 1."""

    question: int | None = None
    search: str | None = None
    tag: str | None = None
    flagged: bool | None = None


async def page(
    session: AsyncSession, code: str, filters: Filters, asked: PageRequest = FIRST_PAGE
) -> PageRows[AnswerOut]:
    """Return a page of a consultation's answers, in the random order that closing assigned.

    Raises NotFound; Conflict if the answers may not be read yet; Altered if the published list no longer matches the
    ballots; Invalid if the search contains no word, or if the cursor is not valid.
    """
    consultation = await readable(session, code)
    rows = await _ORDER.rows(session, _query(consultation, filters), asked)
    tags = await _tags(session, [row[0].id for row in rows.items])
    day = _day(consultation)
    return rows.map(lambda row: _out(row[0], row[1], tags.get(row[0].id, []), day))


async def readable(session: AsyncSession, code: str) -> Consultation:
    """Return the consultation with this code, if its answers may be read. Raises NotFound, Conflict or Altered."""
    consultation = await consultations.get(session, code)
    if consultation.state != ConsultationState.CLOSED or consultation.cleaned_at is None:
        closed = consultation.state == ConsultationState.CLOSED
        state = "closed, but not published yet" if closed else consultation.state
        raise Conflict(
            f"{code} is {state}: answers can be read only after it is closed and its list of ballots is published"
        )
    published = await session.get(Publication, consultation.id)
    if published is not None and published.altered_at is not None:
        raise Altered(code)
    return consultation


async def get(session: AsyncSession, number: int) -> OwnWords:
    """Return the answer with this number, if it may be read. Raises NotFound, Conflict or Altered."""
    answer = await session.get(OwnWords, number) if 0 < number < 2**31 else None
    if answer is None:
        raise NotFound(f"there is no answer {number}")
    consultation = await consultations.of_question(session, answer.question_id)
    if consultation is not None:
        await readable(session, consultation.code)
    return answer


async def answer_out(session: AsyncSession, number: int) -> AnswerOut:
    """Return the answer with this number, as staff read it. Raises NotFound, Conflict or Altered."""
    answer = await get(session, number)
    question = await session.get_one(Question, answer.question_id)
    consultation = await session.get_one(Consultation, question.consultation_id)
    tags = (await _tags(session, [number])).get(number, [])
    return _out(answer, question.position, tags, _day(consultation))


async def tags(session: AsyncSession, code: str, asked: PageRequest = FIRST_PAGE) -> PageRows[TagCount]:
    """Return a page of a consultation's tags, each with its number of answers, most frequent first.

    Raises NotFound, Conflict, Altered, or Invalid if the cursor is not valid.
    """
    consultation = await readable(session, code)
    rows = await session.execute(
        select(func.min(OwnWordsTag.tag), func.count())
        .join(OwnWords, OwnWords.id == OwnWordsTag.words_id)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation.id)
        .group_by(OwnWordsTag.key)
    )
    counts = [TagCount(tag=tag, answers=count) for tag, count in rows]
    return cut("tags", counts, asked, key=lambda each: (-each.answers, each.tag), kinds=(int, str))


def key_of(words: str) -> str:
    """Return the normalised form of an answer or a tag. Two texts with the same form count as equal.

    Unlike `normalise`, this function does not cache its input, which may be long.
    """
    return normalise.key(normalise.fold(words))


async def index_texts(session: AsyncSession, *, most: int = 500) -> int:
    """Prepare up to `most` answers of closed consultations for search; return how many were prepared.

    Each answer is normalised, and flagged if it seems to contain personal data. Receipts are cut out of it.
    """
    unread = select(OwnWords).where(OwnWords.key.is_(None)).order_by(OwnWords.id).limit(most)
    answers = (await session.scalars(unread.with_for_update(skip_locked=True))).all()
    runs = {span.receipt for each in answers for span in spotting.spans(each.text)}
    receipts = await lookup.existing(session, list(runs))
    for each in answers:
        # in a published list that shows choices, a receipt would tell what the writer chose
        original, each.text = each.text, spotting.cut(each.text, receipts)
        each.flags = personal_data.flags(each.text) + ([RECEIPT] if each.text != original else [])
        each.key = key_of(each.text)
    await session.flush()
    return len(answers)


def _query(consultation: Consultation, filters: Filters) -> Select[OwnWords, int]:
    query = (
        select(OwnWords, Question.position)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation.id)
    )
    if filters.question is not None:
        query = query.where(Question.position == filters.question - 1)
    if filters.flagged is not None:
        flagged = cast(OwnWords.flags, String) != "[]"
        query = query.where(flagged if filters.flagged else ~flagged)
    if filters.tag is not None:
        carried = OwnWordsTag.words_id == OwnWords.id, OwnWordsTag.key == key_of(filters.tag)
        query = query.where(exists().where(*carried))
    for word in _search_words(filters.search):
        query = query.where(OwnWords.key.contains(word, autoescape=True))
    return query


def _search_words(search: str | None) -> Sequence[str]:
    if search is None:
        return ()
    words = key_of(search[:_LONGEST]).split()
    if not words:
        raise Invalid("the search contains no word")
    return words


async def _tags(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[str]]:
    rows = await session.execute(
        select(OwnWordsTag.words_id, OwnWordsTag.tag)
        .where(OwnWordsTag.words_id.in_(numbers))
        .order_by(OwnWordsTag.words_id, OwnWordsTag.key)
    )
    by_number: dict[int, list[str]] = {}
    for number, tag in rows:
        by_number.setdefault(number, []).append(tag)
    return by_number


def _out(words: OwnWords, position: int, tags: list[str], day: date | None) -> AnswerOut:
    return AnswerOut(
        number=words.id, question=position + 1, text=words.text, flags=words.flags or [], tags=tags, closed_on=day
    )


def _day(consultation: Consultation) -> date | None:
    return consultation.closed_at.astimezone(MOROCCO).date() if consultation.closed_at is not None else None
