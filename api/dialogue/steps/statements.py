"""Statements agreed with or not, one at a time, in an order of one's own: a few a sitting, to be resumed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from api.channel import Choice
from api.consultations.ballots import casting
from api.consultations.content import SITTING, OptionContent, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import STANCES, given_by, mark, option_of
from api.dialogue import agent_session
from api.dialogue.question_kinds.kind import Values, key, value_of
from api.dialogue.responses.rendering import statement_choices
from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn
from api.dialogue.voting import ballot_box
from api.errors import Invalid

MORE, LATER = "more", "later"
_SINCE = "since"  # in the notes: the place at which this sitting began


def order(question: QuestionContent, token: bytes) -> tuple[OptionContent, ...]:
    """The statements in this voter's own order: shuffled, so that none gains by its place, and the same every time."""
    return tuple(
        sorted(question.options, key=lambda each: hashlib.blake2b(each.value.encode(), key=token[:64]).digest())
    )


async def ask(turn: Turn, consultation: Consultation, question: QuestionContent, lead: str) -> None:
    """Begin a sitting at the first statement not answered yet, or to go through all again at the first of all.

    `lead` is the question that all of them are about.
    """
    chosen = await ballot_box.current_choices(turn, consultation, question)
    known = {option_of(value) for value in chosen}
    listed = order(question, ballot_box.token(turn, consultation))
    at = next((place for place, each in enumerate(listed) if each.value not in known), 0)
    _show(turn, question, listed, at, chosen, lead=lead, since=at)


async def hear(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Outcome | None:
    """Take a stance, and show the next statement, or a pause; None where this was the last, or they leave.

    Raises Invalid where the value is none that is on offer.
    """
    listed = order(question, ballot_box.token(turn, consultation))
    at = next((place for place, each in enumerate(listed) if each.value == option_of(value)), None)
    given = given_by(value)
    if given == LATER:
        return await leave(turn, consultation, question)
    if at is None or given not in (*STANCES, MORE):
        raise Invalid("a stance on nothing that is on offer")
    if given == MORE:
        _show(turn, question, listed, at, await ballot_box.current_choices(turn, consultation, question), since=at)
        turn.in_place()
        return Outcome.SETTLED
    last = at + 1 == len(listed)
    ends = last and turn.conversation.position == len(turn.questions) - 1
    await ballot_box.cast(turn, consultation, question, (value,), complete=ends)
    if last:
        turn.conversation.put_away()
        return None
    since = turn.conversation.notes.get(_SINCE, at)
    if at + 1 - since >= int(question.rules.get("sitting", SITTING)):
        _pause(turn, question, listed, at + 1)
    else:
        _show(
            turn,
            question,
            listed,
            at + 1,
            await ballot_box.current_choices(turn, consultation, question),
            since=min(since, at),
        )
    turn.in_place()
    return Outcome.SETTLED


async def back(turn: Turn, consultation: Consultation, question: QuestionContent) -> bool:
    """Show the statement before the one that is asked; says whether there is one."""
    listed = order(question, ballot_box.token(turn, consultation))
    now = current(turn)
    at = next((place for place, each in enumerate(listed) if each.value == now), 0)
    if at == 0:
        return False
    since = min(turn.conversation.notes.get(_SINCE, at), at - 1)
    _show(turn, question, listed, at - 1, await ballot_box.current_choices(turn, consultation, question), since=since)
    turn.in_place()
    return True


async def leave(turn: Turn, consultation: Consultation, question: QuestionContent) -> Outcome | None:
    """Stop here. What is left waits for them where nothing else is asked: then their receipt is given; else None.

    For whom an agent answers nothing can wait, as nobody finds their ballot again: they have come to the end.
    """
    turn.conversation.put_away()
    if turn.conversation.assisting is not None:
        return None
    chosen = await ballot_box.current_choices(turn, consultation, question)
    rest = len(question.options) - len(chosen)
    if not chosen or not rest or turn.conversation.position < len(turn.questions) - 1:
        return None
    receipt = await casting.receipt(
        turn.session, consultation_id=consultation.id, token=ballot_box.token(turn, consultation)
    )
    turn.conversation.consultation_id, turn.conversation.position = None, 0
    turn.say("statements.later", answered=f"{len(chosen)}/{len(question.options)}", receipt=receipt)
    home.rest(turn, answered=True)
    return Outcome.SETTLED


def current(turn: Turn) -> str:
    """The option of the statement that was asked last; "" where none was."""
    return next((option_of(value_of(shown.key)) for shown in turn.conversation.offered if not shown.action), "")


def _show(
    turn: Turn,
    question: QuestionContent,
    listed: Sequence[OptionContent],
    at: int,
    chosen: Values,
    *,
    since: int,
    lead: str = "",
) -> None:
    turn.conversation.notes = {**turn.conversation.notes, _SINCE: since}
    statement = listed[at]
    place = f"{at + 1}/{len(listed)} {turn.voice.pick(statement.label)}"
    text = place if lead else " ".join(filter(None, (agent_session.for_whom(turn), place)))
    turn.ask("question", "\n".join(filter(None, (lead, text))), choices(turn, question, statement.value, chosen))


def choices(turn: Turn, question: QuestionContent, value: str, chosen: Values) -> tuple[Choice, ...]:
    """What can be said of one statement, and the ways out; `value` names it."""
    return statement_choices(turn.voice, question, value, chosen)


def _pause(turn: Turn, question: QuestionContent, listed: Sequence[OptionContent], at: int) -> None:
    """Ask whether to go on now: the next statement is in the keys."""
    voice, following = turn.voice, listed[at].value
    offered = tuple(
        Choice(key(question, mark(following, said)), word)
        for said, word in ((MORE, voice("word.more")), (LATER, voice("word.later")))
    )
    turn.ask("question", voice("statements.pause", answered=f"{at}/{len(listed)}"), offered)
