"""Chooses which step or feature handles a message.

A tapped or named choice goes to the step or feature that offered it, and any other message to the current step. If this
cannot use the message, the words may name a feature or a consultation.
"""

from __future__ import annotations

from api.conversations.models import ASKED, ENDED, SENT, TAPPED, VOTING
from api.dialogue import store
from api.dialogue.features import BY_OWNER, BY_STEP, hear_name
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.letters import offer
from api.dialogue.plugin import Plugin
from api.dialogue.steps import consent, home, language, opening, province, question
from api.dialogue.steps.onward import again
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.posters import poster_codes
from api.residents import service as residents

_STEPS: dict[str, Plugin] = {
    "language": language, "consent": consent, "province": province, "question": question, "home": home,
}  # fmt: skip
# The step that each prefix of a key belongs to. A tap reaches the step that offered it, however old the message is.
_OWNERS: dict[str, Plugin] = {
    "lang": language, "consent": consent, "prov": province, "q": question, "home": home, "open": home,
}  # fmt: skip

_WAITS = ("home", "question", "desk", "menu")  # steps at which nothing is half written
_PASSING = frozenset((ENDED, SENT, TAPPED, ASKED, *VOTING))  # these notes do not mean that something is half written


def _is_free(turn: Turn) -> bool:
    """Return whether the resident may switch to another vote now."""
    conversation = turn.conversation
    # something half-written would be lost, or an agent is answering for others
    busy = conversation.assisting is not None or (
        conversation.notes.keys() - _PASSING and conversation.step not in _WAITS
    )
    return turn.resident.state == residents.ACTIVE and not busy


def _step(turn: Turn, utterance: Utterance) -> Plugin:
    """Return the step or feature that offered the choice, or else the current step."""
    prefix, step = utterance.key.partition(":")[0], turn.conversation.step
    if utterance.twice and turn.just_answered is not None:
        return question
    return _OWNERS.get(prefix) or BY_OWNER.get(prefix) or BY_STEP.get(step) or _STEPS[step]


def _nothing_to_change(turn: Turn) -> Outcome:
    """Say that there is no answer to change yet."""
    turn.say("change.nothing")
    return Outcome.AGAIN


async def hear_step(turn: Turn, utterance: Utterance) -> Outcome:
    """Let the current step handle the message.

    If the step cannot use it, try it as the name of a feature or a consultation, as the word CHANGE, and as a poster's
    keyword.
    """
    if utterance.tapped and not utterance.keys:
        turn.say("assist.stale")
        await again(turn)
        return Outcome.SETTLED
    step = _step(turn, utterance)
    state = turn.resident.state
    is_open = step in (language, consent) or (isinstance(step, Feature) and step.is_for(state))
    if not is_open and state != residents.ACTIVE:
        return Outcome.MOVED
    # Look for a code before an open consultation can begin.
    named = await hear_name(turn, utterance) if step is home else None
    if named is not None:
        return named
    is_plain = step is home and not (utterance.tapped or utterance.keys or utterance.intent)
    # A letter is meant for the staff, whatever is waiting.
    is_letter = is_plain and offer.is_letter(utterance.text, turn.context.lexicon)
    turn.for_sender = isinstance(step, Feature) and step.for_sender
    outcome: Outcome = Outcome.MISSED if is_letter else await step.hear(turn, utterance)
    if outcome is Outcome.MISSED:
        outcome = await hear_name(turn, utterance) or outcome
    if outcome is Outcome.MISSED and utterance.intent == "back" and isinstance(step, Feature):
        return await leave(turn)
    if outcome is Outcome.MISSED and utterance.intent == "change" and _is_free(turn):
        outcome = await home.change(turn) or _nothing_to_change(turn)
    if outcome is Outcome.MISSED and turn.resident.state == residents.ACTIVE and not utterance.tapped:
        return Outcome.MOVED if await opening.open_named(turn, utterance.text) else outcome
    if outcome is Outcome.MISSED and not utterance.tapped and await _keeps_poster(turn, utterance.text):
        await again(turn)
        return Outcome.SETTLED
    return outcome


async def _keeps_poster(turn: Turn, text: str) -> bool:
    """If the text is a poster's keyword, remember it until the resident has joined."""
    codes_named = poster_codes(text, turn.context.lexicon)
    return await store.keep_code(turn.session, turn.conversation, turn.resident, codes_named)
