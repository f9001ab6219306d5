"""Handles a phone number that changed owners.

To "wrong number" we reply with an offer to stop and to erase what is stored. After a long silence we ask who is
writing. No one is shown what a former owner of their number said or chose.
"""

from __future__ import annotations

from sqlalchemy import update

from api.channel import Choice
from api.conversations.models import Conversation
from api.dialogue import store
from api.dialogue.features.feature import Feature
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.residents import erasure
from api.residents import service as residents
from api.residents.linking import PHONES
from api.workflows import residents as workflow_residents

_SAME, _WRONG = "same", "wrong"
_START = "start"  # the note that the resident wrote START
_HEARD = ("stop", "help", "language", "wrong")  # these words work before the resident has said who they are


def is_due(turn: Turn, utterance: Utterance) -> bool:
    """Return whether to ask who is writing, because this phone number was silent for too long."""
    if turn.resident.language is None:
        # the number was erased or reported as wrong, so there is nothing to protect
        return False
    if utterance.intent in _HEARD or turn.address.channel != PHONES or turn.resident.state == residents.JOINING:
        return False
    return turn.away >= turn.context.silence


def is_unanswered(turn: Turn, utterance: Utterance) -> bool:
    """Return whether we have asked who is writing, and this message does not answer that question."""
    is_allowed = (
        utterance.intent in _HEARD
        or (utterance.intent or "").startswith("lang_")
        or utterance.choice_of(_SAME) is not None
    )
    return turn.conversation.step == _SAME and not is_allowed and utterance.choice_of("lang") is None


async def ask_who(turn: Turn, utterance: Utterance) -> Outcome:
    """Ask whether the writer is the person who had this number before."""
    turn.conversation.put_away()
    turn.conversation.consultation_id = None
    turn.conversation.step = _SAME
    turn.conversation.notes = {**turn.conversation.notes, _START: utterance.intent == "start"}
    await ask(turn)
    return Outcome.SETTLED


async def ask(turn: Turn) -> None:
    """Ask again who is writing. After "wrong number", ask again whether to stop and erase."""
    voice, step = turn.voice, turn.conversation.step
    text = voice("same.ask") if step == _SAME else voice("wrong.ask")
    turn.ask(step, text, (Choice(f"{step}:yes", voice("word.yes")), Choice(f"{step}:no", voice("word.no"))))


async def begin(turn: Turn, _utterance: Utterance) -> Outcome:
    """Offer to stop and erase, because somebody wrote that this is a wrong number."""
    turn.conversation.put_away()
    turn.conversation.step = _WRONG
    await ask(turn)
    return Outcome.SETTLED


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle the answer: erase everything, start over with a new owner, or go on as before.

    A tap on an old question does nothing.
    """
    step, (owner, _, answer) = turn.conversation.step, utterance.key.partition(":")
    if step not in (_SAME, _WRONG):
        return Outcome.AGAIN
    if owner != step:
        return Outcome.MISSED
    if step == _WRONG and turn.is_late:
        return Outcome.AGAIN
    started = turn.conversation.notes.get(_START, False)
    if answer == ("yes" if step == _WRONG else "no"):
        return await (_forget if step == _WRONG else _start_over)(turn)
    turn.conversation.put_away()
    turn.conversation.step = "home"
    if started and turn.resident.state in (residents.STOPPED, residents.DECLINED):
        turn.resident.state = residents.JOINING
    return Outcome.MOVED


async def _forget(turn: Turn) -> Outcome:
    """Erase the person with this number, and do not write to the number again until somebody sends START."""
    turn.say("wrong.done")
    turn.resident = await workflow_residents.hand_over(turn.session, turn.resident, turn.address, now=turn.now)
    turn.address.state = erasure.REFUSED
    conversation = update(Conversation).where(Conversation.address_id == turn.address.id)
    await turn.session.execute(conversation.values(notes={store.REFUSED: True}))
    return Outcome.SETTLED


async def _start_over(turn: Turn) -> Outcome:
    """Let the new owner of the number begin as a new resident."""
    turn.resident = await workflow_residents.give_to_newcomer(turn.session, turn.resident, turn.address, now=turn.now)
    turn.consultation, turn.questions = None, ()
    return Outcome.MOVED


HANDOVER = Feature(
    name="handover",
    begin=begin,
    hear=hear,
    ask=ask,
    words=("wrong",),
    owns=(_SAME, _WRONG),
    steps={_SAME: Reads.ONE, _WRONG: Reads.ONE},
    anytime=True,
)
