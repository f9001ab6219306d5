"""One turn of the dialogue: handles one message or tap of a resident, and returns our replies."""

from __future__ import annotations

from api.channel import Reply
from api.conversations import trail
from api.dialogue import agent_session, global_commands, router
from api.dialogue.attribution import crossed, pointers, pushed, repetition
from api.dialogue.features import handover, hear_name, stopping
from api.dialogue.features.letters import offer
from api.dialogue.meaning import drop_if_code, understand
from api.dialogue.responses import confirmations, flood_guard
from api.dialogue.responses.recovery import recover
from api.dialogue.steps import language
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.script import suggest
from api.dialogue.voting import vote_session
from api.errors import SawtError, Unavailable
from api.residents import service as residents

_FIRST = ("start", "thanks", "greeting")  # as a first message, these are only a greeting


async def converse(turn: Turn, *, first: bool, per_hour: int) -> list[Reply]:
    """Return our replies to this message; an empty list means that we stay silent.

    An error such as a closed vote becomes a sentence for the resident. Raises Unavailable.
    """
    conversation, has_expired = turn.conversation, await agent_session.expire(turn)
    turn.heard_before, conversation.heard_at = conversation.heard_at, turn.now
    turn.may_begin_vote = turn.resident.state != residents.ACTIVE or turn.resident.province is None  # still joining
    if turn.consultation is not None:
        turn.questions = await turn.context.contents.get(
            turn.session, consultation_id=turn.consultation.id, revision=turn.consultation.revision
        )
    offer.expire(turn)
    await vote_session.find_late(turn)
    prompts = trail.read(conversation)
    pointers.drop_guess(turn)
    place = repetition.snapshot(turn)
    utterance, turn.away = await drop_if_code(turn, understand(turn)), turn.now - conversation.hour
    turn.fingerprint = repetition.fingerprint(turn, place, utterance)
    if not flood_guard.admits(turn, utterance, per_hour=per_hour):
        return turn.replies()
    try:
        await _answer(turn, utterance, first=first, has_expired=has_expired)
    except Unavailable:
        raise
    except SawtError as error:
        await recover(turn, utterance, error)
    agent_session.say_for_whom(turn)
    pointers.remember(turn, prompts, utterance)
    return agent_session.mark(turn, turn.replies())


async def _answer(turn: Turn, utterance: Utterance, *, first: bool, has_expired: bool) -> None:
    """Do what the message asks, then ask what comes next."""
    # an agent's session has just ended because its time was over
    if has_expired and not (utterance.intent or utterance.tapped):
        turn.say("assist.over")  # these words were not meant as the agent's own answer
        outcome = Outcome.MOVED
    else:
        outcome = await _hear(turn, utterance, first=first)
    if outcome is Outcome.MISSED:
        outcome = await crossed.join_to_text(turn, utterance) or outcome
    await _go_on(turn, utterance, outcome, first=first)
    confirmations.offer_language(turn, utterance, first=first)


async def _go_on(turn: Turn, utterance: Utterance, outcome: Outcome, *, first: bool) -> None:
    """Ask what comes next; if the message was not understood, explain which answers are expected."""
    flood_guard.count_idle(turn, utterance, outcome, first=first)
    if outcome is Outcome.MISSED and utterance.instead:
        outcome = Outcome.AGAIN  # a command that does nothing here; the resident was told that it is not stored
    if outcome is Outcome.MISSED:
        turn.lines.clear()
        await flood_guard.answer_missed(turn, utterance)
        return
    turn.conversation.misses = 0
    if utterance.leaving and turn.conversation.assisting is None:
        await stopping.ask_once(turn, outcome)
    elif outcome is Outcome.MOVED:
        await onward(turn)
    elif outcome is Outcome.AGAIN:
        await again(turn)


async def _hear(turn: Turn, utterance: Utterance, *, first: bool) -> Outcome:
    if not first and handover.is_due(turn, utterance):
        return await handover.ask_who(turn, utterance)
    if handover.is_unanswered(turn, utterance):
        return Outcome.MISSED
    pointed = await pointers.hear(turn, utterance, first=first)
    if pointed is not None:
        return pointed
    after_push = await pushed.hear(turn, utterance) if not first else None
    if after_push is not None:
        return after_push
    confirmations.echo(turn, utterance)
    if utterance.instead:
        turn.say("text.command")
    if first:
        _greet(turn)
    # START counts even if the resident stopped before ever writing to us.
    has_left = turn.resident.state in (residents.STOPPED, residents.DECLINED)
    may_command = not first or has_left or utterance.intent not in _FIRST
    outcome = await global_commands.hear(turn, utterance) if may_command else None
    if outcome is not None:
        return outcome
    if first:
        return await hear_name(turn, utterance) or Outcome.MOVED
    return await router.hear_step(turn, utterance)


def _greet(turn: Turn) -> None:
    guess = suggest(turn.incoming.text)
    if guess.sure and guess.language is not None:
        language.choose(turn, guess.language)
