"""Shows the longer text of an option, such as a proposal, after "DETAIL 4" or a tap on a card."""

from __future__ import annotations

from dataclasses import replace

from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.dialogue.features.feature import Feature
from api.dialogue.features.names import match_name
from api.dialogue.features.options import cards
from api.dialogue.question_kinds import KINDS
from api.dialogue.steps import home, statements
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.sentences.phrases import position_of
from api.dialogue.understand.values.letters import SIGNS, letter_position
from api.dialogue.understand.values.numbers import argument_number
from api.dialogue.voting import ballot_box, buttons, vote_session
from api.errors import Invalid
from api.region.themes import suggest
from api.text.normalise import normalise


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Say the longer text of the option that the resident named, or of the current statement."""
    question, code = await _detailed(turn)
    if question is None:
        turn.say("detail.none")
        return await _go_on(turn, utterance)
    place = _place(turn, question, utterance.argument or "")
    if place is None:
        listed = _is_asked(turn, question) or _is_late(turn, question)
        turn.say("detail.how", number=_sign(turn, question, len(question.options) - 1 if listed else 0))
        return await _go_on(turn, utterance)
    option, sign = question.options[place], _sign(turn, question, place)
    head = turn.voice.pick(option.label) if question.one_by_one else f"{sign}) {turn.voice.pick(option.label)}"
    how = _how(turn, question, sign, code)
    turn.lines.append("\n".join(filter(None, (head, cards.detail_text(turn, option), how))))
    return await _go_on(turn, utterance)


def _how(turn: Turn, question: QuestionContent, sign: str, code: str) -> str:
    """Return a hint that says how to choose the option just shown."""
    if not (_is_asked(turn, question) or _is_late(turn, question)):
        # the word opens the vote
        return turn.voice("detail.vote", word=code.upper())
    if question.one_by_one:
        # the answers are listed below the statement
        return ""
    if question.total:
        return KINDS[question.kind].expects(question, turn.voice)
    return turn.voice("detail.choose", number=sign)


def _is_asked(turn: Turn, question: QuestionContent) -> bool:
    return turn.question is not None and turn.question.id == question.id


def _is_late(turn: Turn, question: QuestionContent) -> bool:
    """Return whether this was the last question of a vote just ended, and more choices still count."""
    return turn.just_answered is not None and turn.just_answered.question.id == question.id


async def _go_on(turn: Turn, utterance: Utterance) -> Outcome:
    """Ask the earlier question again, unless it is still on the screen."""
    conversation = turn.conversation
    if turn.question is not None and not utterance.instead:
        return Outcome.SETTLED
    if conversation.step != "home":
        return Outcome.AGAIN
    if any(choice.key.startswith(vote_session.LISTS) for choice in conversation.offered):
        await home.ask(turn)
    else:
        home.rest(turn, answered=any(choice.key == "home:change" for choice in conversation.offered))
    return Outcome.SETTLED


def _sign(turn: Turn, question: QuestionContent, place: int) -> str:
    """Return what an option is called in the list: a letter if points are shared, otherwise its number."""
    return SIGNS[turn.voice.language][place] if question.total else str(place + 1)


async def _detailed(turn: Turn) -> tuple[QuestionContent | None, str]:
    """Return the question whose options have longer texts, and the code of its consultation."""
    # the current question needs no code
    if turn.question is not None and turn.question.detailed:
        return await _as_shown(turn, turn.question), ""
    if turn.just_answered is not None and turn.just_answered.question.detailed:
        return turn.just_answered.question, turn.just_answered.consultation.code
    offers = await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)
    # newest consultation first
    for offer in reversed(offers):
        questions = await turn.context.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
        question = next((each for each in questions if each.detailed), None)
        if question is not None:
            return await _as_shown(turn, question), offer.code
    return None, ""


async def _as_shown(turn: Turn, question: QuestionContent) -> QuestionContent:
    """Return the question with its statements in the order in which this person sees them."""
    consultation = await consultations.of_question(turn.session, question.id) if question.one_by_one else None
    if consultation is None:
        return question
    return replace(question, options=statements.order(question, ballot_box.token(turn, consultation)))


def _place(turn: Turn, question: QuestionContent, argument: str) -> int | None:
    """Return the index, from 0, of the option that the resident named."""
    values = [option.value for option in question.options]
    text = normalise(argument)
    # nothing was named, so the current statement is meant
    if question.one_by_one and not text:
        return values.index(statements.current(turn)) if statements.current(turn) in values else None
    place = letter_position(text) if question.total and text else None
    place = argument_number(argument, turn.context.lexicon) if place is None else place
    place = position_of(text, turn.context.lexicon, lettered=True) if place is None and text else place
    if place is None and text:
        return _place_by_name(question, argument)
    return place - 1 if place is not None and 1 <= place <= len(values) else None


def _place_by_name(question: QuestionContent, argument: str) -> int | None:
    """Return the index of the only option with this name or theme ("DETAIL l'eau")."""
    labels = {str(place): list(each.label.values()) for place, each in enumerate(question.options)}
    matched, theme = match_name(argument, labels), suggest(argument)
    if matched is not None or theme is None:
        return None if matched is None else int(matched)
    of_theme = [place for place, texts in labels.items() if any(suggest(each) == theme for each in texts)]
    return int(of_theme[0]) if len(of_theme) == 1 else None


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle a tap on a card, or a message that names an option."""
    if not utterance.tapped:
        return await _begin(turn, utterance)
    number, _, rest = (utterance.choice_of("card") or "").partition(":")
    try:
        consultation, question = await buttons.find_question(turn, number)
        return await cards.turn_over(turn, utterance, consultation, question, rest)
    except Invalid:
        return Outcome.MISSED


async def _ask(turn: Turn) -> None:
    """Do nothing: this feature has no step of its own, so there is nothing to ask again."""


DETAIL = Feature(
    name="detail",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    words=("detail",),
    commands=("detail",),
    owns=("card",),
    for_sender=False,
)
