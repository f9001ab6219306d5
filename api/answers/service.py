"""Reading answers in people's own words: which there are, by their words, their tags and what they may hold.

They are read once their consultation is closed and its list is published, never before. They come in the order of
chance in which closing wrote them down, and nothing is told with one but its question, its flags and its tags: no
receipt, language, province or moment. See `api/consultations/words/own_words.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, String, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers.schemas import AnswerOut, TagCount
from api.clock import MOROCCO
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.models import Consultation, Publication, Question
from api.consultations.receipts import lookup, spotting
from api.consultations.words.own_words import OwnWords, OwnWordsTag
from api.errors import Altered, Conflict, Invalid, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows, cut
from api.proposals.ideas import personal_data
from api.text import normalise

RECEIPT = "receipt"  # a flag of a text that one was cut out of
_LONGEST = 200  # letters of what is searched for
_ORDER = Order("answers", Key(OwnWords.id))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them; what is left out means all. `question` is its number, 1 being the first."""

    question: int | None = None
    search: str | None = None
    tag: str | None = None
    flagged: bool | None = None


async def page(
    session: AsyncSession, code: str, wanted: Wanted, asked: PageRequest = FIRST_PAGE
) -> PageRows[AnswerOut]:
    """Answers in the order of chance, a page at a time.

    Raises NotFound; Conflict as long as nobody may read them; Altered if the published list does not fit its ballots
    any more; Invalid if there is nothing to search for, or the cursor is none of ours.
    """
    consultation = await readable(session, code)
    found = await _ORDER.rows(session, _query(consultation, wanted), asked)
    tags = await _tags(session, [row[0].id for row in found.items])
    day = _day(consultation)
    return found.map(lambda row: _out(row[0], row[1], tags.get(row[0].id, []), day))


async def readable(session: AsyncSession, code: str) -> Consultation:
    """The consultation of this code, if its answers may be read. Raises NotFound, Conflict or Altered."""
    found = await consultations.get(session, code)
    if found.state != consultations.CLOSED or found.cleaned_at is None:
        how = "closed, and not published yet" if found.state == consultations.CLOSED else found.state
        raise Conflict(f"{code} is {how}: what people wrote is read once it is closed and its list is published")
    published = await session.get(Publication, found.id)
    if published is not None and published.altered_at is not None:
        raise Altered(code)
    return found


async def get(session: AsyncSession, number: int) -> OwnWords:
    """The answer of this number, if it may be read. Raises NotFound, Conflict or Altered."""
    found = await session.get(OwnWords, number) if 0 < number < 2**31 else None
    if found is None:
        raise NotFound(f"there is no answer {number}")
    consultation = await consultations.of_question(session, found.question_id)
    if consultation is not None:
        await readable(session, consultation.code)
    return found


async def one(session: AsyncSession, number: int) -> AnswerOut:
    """The same, as staff read it."""
    found = await get(session, number)
    question = await session.get_one(Question, found.question_id)
    consultation = await session.get_one(Consultation, question.consultation_id)
    tags = (await _tags(session, [number])).get(number, [])
    return _out(found, question.position, tags, _day(consultation))


async def why_none(session: AsyncSession, code: str, wanted: Wanted) -> str:
    """Why there is no such answer, in words. Raises as `page` does."""
    consultation = await readable(session, code)
    if wanted.question is not None:
        its_place = (Question.consultation_id == consultation.id, Question.position == wanted.question - 1)
        kind = await session.scalar(select(Question.kind).where(*its_place))
        if kind is None:
            return f"{code} has no question {wanted.question}"
        if kind != content.TEXT:
            return f"question {wanted.question} is not answered in own words"
    if wanted == Wanted(wanted.question):
        return "nobody answered in own words"
    return "nothing found"


async def tags(session: AsyncSession, code: str, asked: PageRequest = FIRST_PAGE) -> PageRows[TagCount]:
    """The tags of a consultation's answers with how many carry each, the most frequent first. Raises as `page` does."""
    consultation = await readable(session, code)
    rows = await session.execute(
        select(func.min(OwnWordsTag.tag), func.count())
        .join(OwnWords, OwnWords.id == OwnWordsTag.words_id)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation.id)
        .group_by(OwnWordsTag.key)
    )
    found = [TagCount(tag=tag, answers=count) for tag, count in rows]
    return cut("tags", found, asked, key=lambda each: (-each.answers, each.tag), kinds=(int, str))


def key_of(words: str) -> str:
    """The form in which texts and tags are compared; not kept in memory, as `normalise` keeps what it was given."""
    return normalise.key(normalise.fold(words))


async def read_in(session: AsyncSession, *, most: int = 500) -> int:
    """Normalise and flag texts that closings left, up to so many; returns how many.

    A receipt in a text leads to its writer's choices, in a list that shows them: it is cut out.
    """
    unread = select(OwnWords).where(OwnWords.key.is_(None)).order_by(OwnWords.id).limit(most)
    found = (await session.scalars(unread.with_for_update(skip_locked=True))).all()
    runs = {run for each in found for run, _, _ in spotting.placed(each.text)}
    receipts = await lookup.known(session, list(runs))
    for each in found:
        written, each.text = each.text, spotting.cut(each.text, receipts)
        each.flags = personal_data.flags(each.text) + ([RECEIPT] if each.text != written else [])
        each.key = key_of(each.text)
    await session.flush()
    return len(found)


def _query(consultation: Consultation, wanted: Wanted) -> Select[OwnWords, int]:
    found = (
        select(OwnWords, Question.position)
        .join(Question, Question.id == OwnWords.question_id)
        .where(Question.consultation_id == consultation.id)
    )
    if wanted.question is not None:
        found = found.where(Question.position == wanted.question - 1)
    if wanted.flagged is not None:
        flagged = cast(OwnWords.flags, String) != "[]"
        found = found.where(flagged if wanted.flagged else ~flagged)
    if wanted.tag is not None:
        carried = OwnWordsTag.words_id == OwnWords.id, OwnWordsTag.key == key_of(wanted.tag)
        found = found.where(exists().where(*carried))
    for word in _searched(wanted.search):
        found = found.where(OwnWords.key.contains(word, autoescape=True))
    return found


def _searched(said: str | None) -> Sequence[str]:
    if said is None:
        return ()
    words = key_of(said[:_LONGEST]).split()
    if not words:
        raise Invalid("there is no word to search for")
    return words


async def _tags(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[str]]:
    rows = await session.execute(
        select(OwnWordsTag.words_id, OwnWordsTag.tag)
        .where(OwnWordsTag.words_id.in_(numbers))
        .order_by(OwnWordsTag.words_id, OwnWordsTag.key)
    )
    found: dict[int, list[str]] = {}
    for number, tag in rows:
        found.setdefault(number, []).append(tag)
    return found


def _out(words: OwnWords, position: int, tags: list[str], day: date | None) -> AnswerOut:
    return AnswerOut(
        number=words.id, question=position + 1, text=words.text, flags=words.flags or [], tags=tags, closed_on=day
    )


def _day(consultation: Consultation) -> date | None:
    return consultation.closed_at.astimezone(MOROCCO).date() if consultation.closed_at is not None else None
