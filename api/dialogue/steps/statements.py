"""Asks about statements one at a time, each to agree or disagree with.

Each voter gets their own order, and a pause after every few statements (a sitting).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from api.channel import Choice
from api.consultations.ballots import casting
from api.consultations.content import SITTING, OptionContent, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import STANCES, mark_of, option_of, value_for
from api.dialogue import agent_session
from api.dialogue.question_kinds.kind import Values, key, value_of
from api.dialogue.responses.rendering import statement_choices
from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn
from api.dialogue.voting import ballot_box
from api.errors import Invalid

MORE, LATER = "more", "later"
_SINCE = "since"  # the note about the statement at which this sitting began


def order(question: QuestionContent, token: bytes) -> tuple[OptionContent, ...]:
    """Return the statements in this voter's own order, which never changes. So no statement gains by its position."""
    return tuple(
        sorted(question.options, key=lambda each: hashlib.blake2b(each.value.encode(), key=token[:64]).digest())
    )


async def ask(turn: Turn, consultation: Consultation, question: QuestionContent, lead: str) -> None:
    """Begin a sitting at the first unanswered statement, or at the first one if all are answered.

    `lead` is the question that all statements share.
    """
    chosen = await ballot_box.current_choices(turn, consultation, question)
    answered = {option_of(value) for value in chosen}
    statements = order(question, ballot_box.token(turn, consultation))
    place = next((place for place, statement in enumerate(statements) if statement.value not in answered), 0)
    _show(turn, question, statements, place, chosen, lead=lead, since=place)


async def hear(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Outcome | None:
    """Record a stance, and show the next statement or a pause.

    Return None after the last statement, or if the voter leaves. Raises Invalid if the value is not offered.
    """
    statements = order(question, ballot_box.token(turn, consultation))
    place = next((place for place, statement in enumerate(statements) if statement.value == option_of(value)), None)
    stance = mark_of(value)
    if stance == LATER:
        return await leave(turn, consultation, question)
    if place is None or stance not in (*STANCES, MORE):
        raise Invalid("the button's answer is not one of agree, disagree or pass")
    if stance == MORE:
        chosen = await ballot_box.current_choices(turn, consultation, question)
        _show(turn, question, statements, place, chosen, since=place)
        turn.in_place()
        return Outcome.SETTLED
    is_last = place + 1 == len(statements)
    is_end = is_last and turn.conversation.position == len(turn.questions) - 1
    await ballot_box.cast(turn, consultation, question, (value,), complete=is_end)
    if is_last:
        turn.conversation.put_away()
        return None
    since = turn.conversation.notes.get(_SINCE, place)
    if place + 1 - since >= int(question.rules.get("sitting", SITTING)):
        _pause(turn, question, statements, place + 1)
    else:
        chosen = await ballot_box.current_choices(turn, consultation, question)
        _show(turn, question, statements, place + 1, chosen, since=min(since, place))
    turn.in_place()
    return Outcome.SETTLED


async def back(turn: Turn, consultation: Consultation, question: QuestionContent) -> bool:
    """Show the statement before the current one. Return False if the current one is the first."""
    statements = order(question, ballot_box.token(turn, consultation))
    shown = current(turn)
    place = next((place for place, statement in enumerate(statements) if statement.value == shown), 0)
    if place == 0:
        return False
    since = min(turn.conversation.notes.get(_SINCE, place), place - 1)
    chosen = await ballot_box.current_choices(turn, consultation, question)
    _show(turn, question, statements, place - 1, chosen, since=since)
    turn.in_place()
    return True


async def leave(turn: Turn, consultation: Consultation, question: QuestionContent) -> Outcome | None:
    """Stop before the last statement, with a receipt. The voter can answer the remaining statements later.

    Return None if the vote goes on with its next question, or ends, as usual. A person helped by an agent cannot come
    back later, because nobody could find their ballot again.
    """
    turn.conversation.put_away()
    if turn.conversation.assisting is not None:
        return None
    chosen = await ballot_box.current_choices(turn, consultation, question)
    rest = len(question.options) - len(chosen)
    if not chosen or not rest or turn.conversation.position < len(turn.questions) - 1:
        return None
    receipt = await casting.receipt_of(
        turn.session, consultation_id=consultation.id, token=ballot_box.token(turn, consultation)
    )
    turn.conversation.consultation_id, turn.conversation.position = None, 0
    turn.say("statements.later", answered=f"{len(chosen)}/{len(question.options)}", receipt=receipt)
    home.rest(turn, answered=True)
    return Outcome.SETTLED


def current(turn: Turn) -> str:
    """Return the value of the statement asked last; "" if none was asked."""
    return next((option_of(value_of(choice.key)) for choice in turn.conversation.offered if not choice.action), "")


def _show(
    turn: Turn,
    question: QuestionContent,
    statements: Sequence[OptionContent],
    place: int,
    chosen: Values,
    *,
    since: int,
    lead: str = "",
) -> None:
    turn.conversation.notes = {**turn.conversation.notes, _SINCE: since}
    statement = statements[place]
    line = f"{place + 1}/{len(statements)} {turn.voice.pick(statement.label)}"
    text = line if lead else " ".join(filter(None, (agent_session.for_whom(turn), line)))
    turn.ask("question", "\n".join(filter(None, (lead, text))), choices(turn, question, statement.value, chosen))


def choices(turn: Turn, question: QuestionContent, value: str, chosen: Values) -> tuple[Choice, ...]:
    """Return the choices for the statement that `value` names, and below them the actions."""
    return statement_choices(turn.voice, question, value, chosen)


def _pause(turn: Turn, question: QuestionContent, statements: Sequence[OptionContent], place: int) -> None:
    """Ask whether to go on to the next statement now or later."""
    voice, following = turn.voice, statements[place].value
    offered = tuple(
        Choice(key(question, value_for(following, stance)), word)
        for stance, word in ((MORE, voice("word.more")), (LATER, voice("word.later")))
    )
    turn.ask("question", voice("statements.pause", answered=f"{place}/{len(statements)}"), offered)
