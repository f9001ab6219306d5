"""What staff do with words: give a reply of the past to an option, take it back, or drop it from the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.authoring.word_check import vet
from api.authoring.word_schemas import AssignIn, TextIn, WordsOut
from api.clock import MOROCCO
from api.consultations import content, service
from api.consultations.content import STATEMENTS, OptionContent, QuestionContent
from api.consultations.models import Consultation, ConsultationState
from api.consultations.schemas import ALSO
from api.consultations.words import option_words, unmatched
from api.consultations.words.unmatched import Prompt, Reply
from api.errors import Conflict, Invalid, NotFound
from api.security.crypto import Keyring
from api.text.normalise import normalise


class _Place(NamedTuple):
    """A question of an open consultation."""

    consultation: Consultation
    question: QuestionContent


async def assign(session: AsyncSession, given: AssignIn, *, who: str, keyring: Keyring, now: datetime) -> WordsOut:
    """Give a text to an option: from now on it means this option, whoever writes it. Nothing of the past is counted.

    Who did it is recorded. Raises NotFound, Conflict where the consultation is not open, or Invalid where the text may
    mean something else.
    """
    found = await _place(session, given)
    option = _option(found.question, given.option)
    if any(normalise(word) == normalise(given.text) for word in option.also):
        raise Conflict(f"option {given.option} has the word {given.text!r} already")
    if len(option.also) >= ALSO:
        raise Invalid(f"option {given.option} has {ALSO} words already, which is the most", field="option")
    vet(found.question, option.value, given.text)
    await option_words.add(session, int(option.value), given.text, who=who, now=now)
    asked = Prompt(found.question.kind, found.question.id)
    await unmatched.clear(session, [unmatched.known_by(keyring, asked, normalise(given.text))])
    about = _about(given.question, given.option, given.text)
    await _record(session, found.consultation, "word assigned", given, who, now, about)
    also = [*option.also, given.text]
    return WordsOut(code=given.code, question=given.question, option=given.option, also=also)


async def unassign(session: AsyncSession, given: TextIn, *, who: str, now: datetime) -> None:
    """Take a word back from the option that has it: who writes it is asked back again. Who did it is recorded.

    Raises NotFound, or Conflict where the consultation is not open.
    """
    found = await _place(session, given)
    held = await option_words.in_force(session, found.consultation.id)
    options = [int(option.value) for option in found.question.options if option.value.isdecimal()]
    theirs = [word for option in options for word in held.get(option, ())]
    ended = await option_words.take_back(session, theirs, given.text, who=who, now=now)
    for each in ended:
        about = _about(given.question, options.index(each.option_id) + 1, each.word)
        await _record(session, found.consultation, "word taken back", given, who, now, about)


async def drop(session: AsyncSession, given: TextIn, *, who: str, keyring: Keyring, now: datetime) -> None:
    """Show a text no more. Raises NotFound where it is not in the list: of what is not shown, nothing is told."""
    found = await _place(session, given)
    today = now.astimezone(MOROCCO).date()
    listed = await unmatched.listed(session, keyring, today=today, code=given.code)
    these = [each for each in listed if each.question == given.question and each.words == normalise(given.text)]
    if not these:
        raise NotFound(f"{given.text!r} is not in the list of question {given.question}")
    await unmatched.drop(session, these)
    await _record(session, found.consultation, "reply dropped", given, who, now)


async def forget(session: AsyncSession, listed: Sequence[Reply], *, who: str, now: datetime) -> None:
    """Forget what was listed, once it was reviewed; who did is recorded."""
    await unmatched.clear(session, [each.known_by for each in listed])
    await audit.note(session, who=who, act="words cleared", subject="words", now=now)


async def _place(session: AsyncSession, given: TextIn) -> _Place:
    found = await service.locked(session, given.code)
    if found.state != ConsultationState.OPEN:
        raise Conflict(f"{given.code} is {found.state}: the words of a draft stand in its file, as 'also'")
    questions = await content.read(session, consultation_id=found.id)
    if given.question > len(questions):
        raise NotFound(f"{given.code} has no question {given.question}")
    return _Place(found, questions[given.question - 1])


def _option(question: QuestionContent, place: int) -> OptionContent:
    if question.kind == STATEMENTS or not (question.options and question.options[0].value.isdecimal()):
        raise Invalid(f"a {question.kind} question has no options that could be called something", field="question")
    if place > len(question.options):
        raise NotFound(f"the question has no option {place}")
    return question.options[place - 1]


def _about(question: int, option: int, word: str) -> str:
    return f"question {question}, option {option}: {word}"


async def _record(
    session: AsyncSession,
    found: Consultation,
    act: str,
    given: TextIn,
    who: str,
    now: datetime,
    about: str | None = None,
) -> None:
    """Every process reads its words anew, and it is known who did what."""
    found.revision += 1
    await audit.note(session, who=who, act=act, subject=f"consultation {given.code}", about=about, now=now)
