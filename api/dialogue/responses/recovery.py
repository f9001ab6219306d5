"""Handles an error in a turn: says what went wrong, and leads the resident to something else if possible."""

from __future__ import annotations

from api.dialogue import agent_session
from api.dialogue.steps import closed, home, offered, opening
from api.dialogue.steps.onward import onward
from api.dialogue.turn import Turn, Utterance
from api.dialogue.voting import buttons
from api.errors import AddressUsed, AnswersVoided, KeyLost, NotOpen, SawtError
from api.residents import service as residents


async def recover(turn: Turn, utterance: Utterance, error: SawtError) -> None:
    """Say what went wrong, and end what the resident was doing.

    If the resident only tapped an old button, they can continue instead.
    """
    turn.edits.clear()
    await _explain(turn, error)
    if _stays(turn, utterance, error) and buttons.may_go_on(turn):
        return
    await give_up(turn)
    if isinstance(error, NotOpen) and not isinstance(error, AnswersVoided | AddressUsed):
        await _turn_to_others(turn, utterance)


async def _turn_to_others(turn: Turn, utterance: Utterance) -> None:
    """After a consultation has closed, begin another one that the message names, or list the open ones."""
    if turn.resident.state != residents.ACTIVE or turn.conversation.step != "home":
        return
    if not utterance.tapped and await opening.open_named(turn, utterance.text):
        await onward(turn)
    elif offered.waiting(await offered.on_offer(turn)):
        await home.ask(turn)


def _stays(turn: Turn, utterance: Utterance, error: SawtError) -> bool:
    """Return whether the resident only tapped an old button, and so may continue."""
    is_current = turn.question is not None and (utterance.choice_of("q") or "").partition(":")[0] == str(
        turn.question.id
    )
    is_final = isinstance(error, AnswersVoided) or (isinstance(error, AddressUsed) and is_current)
    return utterance.tapped and isinstance(error, NotOpen) and not is_final


async def give_up(turn: Turn) -> None:
    """End what the resident was doing.

    They return to the step "home", outside any consultation. From then on, their answers are their own again.
    """
    conversation = turn.conversation
    conversation.put_away()
    conversation.step, conversation.consultation_id, conversation.position, conversation.offered = "home", None, 0, ()
    if conversation.assisting is not None:
        turn.say("assist.over")
        await agent_session.end(turn)
    if turn.resident.state == residents.ACTIVE and conversation.consultation_id is None:
        home.rest(turn)


async def _explain(turn: Turn, error: SawtError) -> None:
    """Tell the resident what went wrong, in one sentence."""
    if isinstance(error, KeyLost):
        turn.say("error.lost")
    elif isinstance(error, AddressUsed):
        turn.say("vote.spent")
    elif isinstance(error, AnswersVoided):
        turn.say("assist.taken")
    elif not isinstance(error, NotOpen):
        turn.say("error.general")
    elif turn.conversation.consultation_id is not None or not await closed.say_if_over(turn):
        turn.say("error.closed")
