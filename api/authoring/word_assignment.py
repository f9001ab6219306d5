"""Handle replies that were not understood: assign one to an option, unassign it, or hide it from staff."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.actors import Action
from api.authoring.word_check import check_word
from api.authoring.word_schemas import AssignIn, ClearIn, TextIn, WordsOut
from api.clock import MOROCCO
from api.consultations import content, service
from api.consultations.content import STATEMENTS, OptionContent, QuestionContent
from api.consultations.models import Consultation, ConsultationState
from api.consultations.schemas import ALSO
from api.consultations.words import option_words, unmatched
from api.consultations.words.unmatched import Prompt
from api.errors import Conflict, Invalid, NotFound
from api.security.crypto import Keyring
from api.text.normalise import normalise


class _Place(NamedTuple):
    """An open consultation, and one of its questions."""

    consultation: Consultation
    question: QuestionContent


async def assign(session: AsyncSession, data: AssignIn, *, action: Action, keyring: Keyring) -> WordsOut:
    """Assign a text to an option: residents who send the text from now on choose the option.

    Replies sent before do not count. The act is recorded. Raises NotFound; Conflict if the consultation is not open, or
    if the option already has the word; Invalid if the text could mean something else, or if the option cannot have more
    words.
    """
    place = await _place(session, data)
    option = _option(place.question, data.option)
    if any(normalise(word) == normalise(data.text) for word in option.also):
        raise Conflict(f"option {data.option} already has the word {data.text!r}")
    if len(option.also) >= ALSO:
        raise Invalid(
            f"option {data.option} already has {ALSO} words, which is the maximum: remove one first", field="option"
        )
    check_word(place.question, option.value, data.text)
    await option_words.add(session, int(option.value), data.text, who=action.actor, now=action.at)
    asked = Prompt(place.question.kind, place.question.id)
    await unmatched.clear(session, [unmatched.known_by(keyring, asked, normalise(data.text))])
    about = _about(data.question, data.option, data.text)
    await _record(session, place.consultation, "word assigned", data, action, about)
    also = [*option.also, data.text]
    return WordsOut(code=data.code, question=data.question, option=data.option, also=also)


async def unassign(session: AsyncSession, data: TextIn, *, action: Action) -> None:
    """Take a word back from its option. Residents who send the word later are asked what they mean.

    The act is recorded. Raises NotFound, or Conflict if the consultation is not open.
    """
    place = await _place(session, data)
    words_of = await option_words.in_force(session, place.consultation.id)
    options = [int(option.value) for option in place.question.options if option.value.isdecimal()]
    words = [word for option in options for word in words_of.get(option, ())]
    ended = await option_words.take_back(session, words, data.text, who=action.actor, now=action.at)
    for each in ended:
        about = _about(data.question, options.index(each.option_id) + 1, each.word)
        await _record(session, place.consultation, "word taken back", data, action, about)


async def drop(session: AsyncSession, data: TextIn, *, action: Action, keyring: Keyring) -> None:
    """Hide a text from the list of replies that were not understood.

    Raises NotFound if the list does not show the text. Raises Conflict if the consultation is not open.
    """
    place = await _place(session, data)
    today = action.at.astimezone(MOROCCO).date()
    listed = await unmatched.listed(session, keyring, today=today, code=data.code)
    matches = [each for each in listed if each.question == data.question and each.words == normalise(data.text)]
    if not matches:
        raise NotFound(f"{data.text!r} is not among the listed replies to question {data.question}")
    await unmatched.drop(session, matches)
    await _record(session, place.consultation, "reply dropped", data, action)


async def clear(session: AsyncSession, data: ClearIn, *, action: Action, keyring: Keyring, fewest: int) -> None:
    """Delete the reviewed replies that staff are allowed to see, and record the act.

    `fewest` is a threshold: outside votes, a reply is shown only if at least this many people sent it.
    """
    reviewed = {(each.words, each.asked, each.code, each.question) for each in data.replies}
    today = action.at.astimezone(MOROCCO).date()
    listed = await unmatched.listed(session, keyring, today=today, fewest=fewest)
    keys = [each.known_by for each in listed if (each.words, each.asked, each.code, each.question) in reviewed]
    await unmatched.clear(session, keys)
    await audit.note(session, who=action.actor, act="words cleared", subject="words", now=action.at)


async def _place(session: AsyncSession, data: TextIn) -> _Place:
    consultation = await service.locked(session, data.code)
    if consultation.state != ConsultationState.OPEN:
        raise Conflict(
            f"{data.code} is {consultation.state}, not open: to give a draft words, list them under 'also' in its file"
        )
    questions = await content.read(session, consultation_id=consultation.id)
    if data.question > len(questions):
        raise NotFound(f"{data.code} has no question {data.question}")
    return _Place(consultation, questions[data.question - 1])


def _option(question: QuestionContent, place: int) -> OptionContent:
    if question.kind == STATEMENTS or not (question.options and question.options[0].value.isdecimal()):
        raise Invalid(f"options of a {question.kind} question cannot have words", field="question")
    if place > len(question.options):
        raise NotFound(f"this question has no option {place}")
    return question.options[place - 1]


def _about(question: int, option: int, word: str) -> str:
    return f"question {question}, option {option}: {word}"


async def _record(
    session: AsyncSession,
    consultation: Consultation,
    act: str,
    data: TextIn,
    action: Action,
    about: str | None = None,
) -> None:
    """Record an act, and make every process read the consultation's words again."""
    consultation.revision += 1
    subject = f"consultation {data.code}"
    await audit.note(session, who=action.actor, act=act, subject=subject, about=about, now=action.at)
