"""What follows where something cannot be done: it is said why, and they go on with something else, or rest."""

from __future__ import annotations

from api.dialogue import agent_session
from api.dialogue.steps import closed, home, offered, opening
from api.dialogue.steps.onward import onward
from api.dialogue.turn import Said, Turn
from api.dialogue.voting import buttons
from api.errors import AddressUsed, AnswersVoided, KeyLost, NotOpen, SawtError
from api.residents import service as residents


async def recover(turn: Turn, said: Said, error: SawtError) -> None:
    """Say what went wrong, and go on with what an old button cannot end, or rest."""
    turn.edits.clear()
    await _explain(turn, error)
    if _stays(turn, said, error) and buttons.goes_on(turn):
        return
    await give_up(turn)
    if isinstance(error, NotOpen) and not isinstance(error, AnswersVoided | AddressUsed):
        await _turn_to_others(turn, said)


async def _turn_to_others(turn: Turn, said: Said) -> None:
    """After a consultation has closed: open the other one they named, or list what else is open."""
    if turn.resident.state != residents.ACTIVE or turn.conversation.step != "home":
        return
    if not said.tapped and await opening.open_named(turn, said.text):
        await onward(turn)
    elif offered.waiting(await offered.on_offer(turn)):
        await home.ask(turn)


def _stays(turn: Turn, said: Said, error: SawtError) -> bool:
    """Whether they may go on with what they are at: an old button of something else takes no answers any more."""
    asked = turn.question is not None and (said.of("q") or "").partition(":")[0] == str(turn.question.id)
    ends = isinstance(error, AnswersVoided) or (isinstance(error, AddressUsed) and asked)
    return said.tapped and isinstance(error, NotOpen) and not ends


async def give_up(turn: Turn) -> None:
    """What they were at cannot go on: they are between consultations, and answer for themselves."""
    at = turn.conversation
    at.put_away()
    at.step, at.consultation_id, at.position, at.offered = "home", None, 0, []
    if at.assisting is not None:
        turn.say("assist.over")
        await agent_session.end(turn)
    if turn.resident.state == residents.ACTIVE and at.consultation_id is None:
        home.rest(turn)


async def _explain(turn: Turn, error: SawtError) -> None:
    """Tell a resident what went wrong, in a sentence of theirs."""
    if isinstance(error, KeyLost):
        turn.say("error.lost")
    elif isinstance(error, AddressUsed):
        turn.say("vote.spent")
    elif isinstance(error, AnswersVoided):
        turn.say("assist.taken")
    elif not isinstance(error, NotOpen):
        turn.say("error.general")
    elif turn.conversation.consultation_id is not None or not await closed.tell(turn):
        turn.say("error.closed")
