"""A number that changed hands: "wrong number" offers to stop and forget; after a long silence we ask who is there.

Nobody is shown what a former owner of their number said or chose.
"""

from __future__ import annotations

from sqlalchemy import update

from api.channel import Choice
from api.conversations.models import Conversation
from api.dialogue import store
from api.dialogue.features.feature import Feature
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.expected import Reads
from api.residents import erasure
from api.residents import service as residents
from api.residents.linking import PHONES
from api.workflows import residents as workflow_residents

_SAME, _WRONG = "same", "wrong"
_START = "start"  # the note that they said START
_HEARD = ("stop", "help", "language", "wrong")  # also before they say who they are


def is_due(turn: Turn, said: Said) -> bool:
    """Whether to ask who is there: a phone number with something to show was silent for so long, or has not said.

    Of a number without a language nothing is known: it was wrong, or erased.
    """
    if turn.resident.language is None:
        return False
    if said.intent in _HEARD or turn.address.channel != PHONES or turn.resident.state == residents.JOINING:
        return False
    return turn.away >= turn.tools.silence


def is_open(turn: Turn, said: Said) -> bool:
    """Whether they were asked who they are, and this is no answer to it."""
    heard = said.intent in _HEARD or (said.intent or "").startswith("lang_") or said.of(_SAME) is not None
    return turn.conversation.step == _SAME and not heard and said.of("lang") is None


async def ask_who(turn: Turn, said: Said) -> Heard:
    """Ask whether they are who had this number before."""
    turn.conversation.put_away()
    turn.conversation.consultation_id = None
    turn.conversation.step = _SAME
    turn.conversation.notes = {**turn.conversation.notes, _START: said.intent == "start"}
    await ask(turn)
    return Heard.SETTLED


async def ask(turn: Turn) -> None:
    """Who is there; or whether to stop and forget."""
    voice, step = turn.voice, turn.conversation.step
    text = voice("same.ask") if step == _SAME else voice("wrong.ask")
    turn.ask(step, text, (Choice(f"{step}:yes", voice("word.yes")), Choice(f"{step}:no", voice("word.no"))))


async def begin(turn: Turn, _said: Said) -> Heard:
    """ "Wrong number": offer to stop and forget."""
    turn.conversation.put_away()
    turn.conversation.step = _WRONG
    await ask(turn)
    return Heard.SETTLED


async def hear(turn: Turn, said: Said) -> Heard:
    """Forget whoever had the number, if they say so; a tap on an old question does nothing."""
    step, (owner, _, answer) = turn.conversation.step, said.key.partition(":")
    if step not in (_SAME, _WRONG):
        return Heard.AGAIN
    if owner != step:
        return Heard.MISSED
    if step == _WRONG and turn.is_late:
        return Heard.AGAIN
    started = turn.conversation.notes.get(_START, False)
    if answer == ("yes" if step == _WRONG else "no"):
        return await (_forget if step == _WRONG else _begin_anew)(turn)
    turn.conversation.put_away()
    turn.conversation.step = "home"
    if started and turn.resident.state in (residents.STOPPED, residents.DECLINED):
        turn.resident.state = residents.JOINING
    return Heard.MOVED


async def _forget(turn: Turn) -> Heard:
    """Forget the person of this number, and write no more to it.

    Its hash is kept from now on, as it is of who says STOP: only START begins anew.
    """
    turn.say("wrong.done")
    turn.resident = await workflow_residents.hand_over(turn.session, turn.resident, turn.address, now=turn.now)
    turn.address.state = erasure.REFUSED
    mine = update(Conversation).where(Conversation.address_id == turn.address.id)
    await turn.session.execute(mine.values(notes={store.REFUSED: True}))
    return Heard.SETTLED


async def _begin_anew(turn: Turn) -> Heard:
    """Whoever has the number now begins like anybody else."""
    turn.resident = await workflow_residents.give_to_newcomer(turn.session, turn.resident, turn.address, now=turn.now)
    turn.consultation, turn.questions = None, ()
    return Heard.MOVED


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
