"""The longer text of an option, as of a proposal that is voted on: "DETAIL 4" in words, a card to turn over by taps."""

from __future__ import annotations

from dataclasses import replace

from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.dialogue import taps, votes
from api.dialogue.features import cards
from api.dialogue.features.feature import Feature
from api.dialogue.kinds import KINDS
from api.dialogue.steps import statements
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.letters import SIGNS, lettered
from api.dialogue.understand.numbers import behind
from api.dialogue.understand.phrases import place_of
from api.errors import Invalid
from api.normalise import normalise


async def _begin(turn: Turn, said: Said) -> Heard:
    """Say the text of the option whose number or letter was written; of a statement, that of the one being asked."""
    question = await _detailed(turn)
    if question is None:
        turn.say("detail.none")
        return Heard.SETTLED
    place = _place(turn, question, said.argument or "")
    if place is None:
        turn.say("detail.how", number=_sign(turn, question, len(question.options) - 1))
        return Heard.SETTLED
    option, sign = question.options[place], _sign(turn, question, place)
    head = turn.voice.pick(option.label) if question.one_by_one else f"{sign}) {turn.voice.pick(option.label)}"
    turn.lines.append("\n".join(filter(None, (head, cards.longer(turn, option), _how(turn, question, sign)))))
    return Heard.SETTLED


def _how(turn: Turn, question: QuestionContent, sign: str) -> str:
    """How to choose what was read, while its list is asked; a statement has its answers below it.

    Where another question is asked, a number would answer that one.
    """
    if turn.question is None or turn.question.id != question.id or question.one_by_one:
        return ""
    if question.total:
        return KINDS[question.kind].expects(question, turn.voice)
    return turn.voice("detail.choose", number=sign)


def _sign(turn: Turn, question: QuestionContent, place: int) -> str:
    """What the option of this place is called by in the list: its letter where points are shared, else its number."""
    return SIGNS[turn.voice.language][place] if question.total else str(place + 1)


async def _detailed(turn: Turn) -> QuestionContent | None:
    """The question being asked, or else one that is open, the newest first, whose options have longer texts."""
    if turn.question is not None and turn.question.detailed:
        return await _as_shown(turn, turn.question)
    offers = await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)
    for offer in reversed(offers):
        found = await turn.tools.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
        question = next((each for each in found if each.detailed), None)
        if question is not None:
            return await _as_shown(turn, question)
    return None


async def _as_shown(turn: Turn, question: QuestionContent) -> QuestionContent:
    """The options as this person is shown them: the third statement of their own order is DETAIL 3."""
    found = await consultations.of_question(turn.session, question.id) if question.one_by_one else None
    if found is None:
        return question
    return replace(question, options=statements.order(question, votes.token(turn, found)))


def _place(turn: Turn, question: QuestionContent, argument: str) -> int | None:
    """The place among the options, 0 being the first; None where nothing or none of them was named.

    Of statements the one being asked needs no number.
    """
    values = [option.value for option in question.options]
    said = normalise(argument)
    if question.one_by_one and not said:
        return values.index(statements.current(turn)) if statements.current(turn) in values else None
    place = lettered(said) if question.total and said else None
    place = behind(argument, turn.tools.lexicon) if place is None else place
    place = place_of(said, turn.tools.lexicon, lettered=True) if place is None and said else place
    return place - 1 if place is not None and 1 <= place <= len(values) else None


async def _hear(turn: Turn, said: Said) -> Heard:
    """A tap on a card: show it, choose what it tells of, or go back to the list. In words: as DETAIL by itself."""
    if not said.tapped:
        return await _begin(turn, said)
    number, _, rest = (said.of("card") or "").partition(":")
    try:
        consultation, question = await taps.asked(turn, number)
        return await cards.turned(turn, said, consultation, question, rest)
    except Invalid:
        return Heard.MISSED


async def _ask(turn: Turn) -> None:
    """It has no step of its own: nothing is asked."""


DETAIL = Feature(
    name="detail", begin=_begin, hear=_hear, ask=_ask, words=("detail",), commands=("detail",), owns=("card",)
)
