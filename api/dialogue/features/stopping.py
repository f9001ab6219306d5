"""Asks whether a text stored as an answer was also a request to stop. So neither the answer nor the request is lost."""

from __future__ import annotations

from api.channel import Choice
from api.conversations.offered_choices import dump, load
from api.dialogue import opt_out
from api.dialogue.features.feature import Feature
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads

_STEP = "stopping"
_WAS = "was"  # the note about where the resident was: step and choices


async def ask_once(turn: Turn, outcome: Outcome) -> None:
    """Ask whether to stop, after an answer was stored.

    If the text was only an answer, the resident then continues where they were.
    """
    conversation = turn.conversation
    conversation.notes = {
        **conversation.notes,
        _WAS: None if outcome is Outcome.MOVED else [conversation.step, dump(conversation.offered)],
    }
    await ask(turn)


async def ask(turn: Turn) -> None:
    """Ask whether to stop. This is asked again after a request for help or a change of language."""
    voice = turn.voice
    choices = (Choice("stopping:yes", voice("word.yes")), Choice("stopping:no", voice("word.no")))
    turn.ask(_STEP, voice("stop.ask"), choices)


async def begin(turn: Turn, _utterance: Utterance) -> Outcome:
    """Return the conversation to where it was. No word begins this feature; `ask_once` asks its question."""
    return _return(turn)


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Stop after a yes; after any other message, return to where the resident was."""
    waits = turn.conversation.step == _STEP
    if utterance.key == "stopping:yes" and waits:
        _return(turn)
        await opt_out.stop(turn, turn.voice("stop.ask"))
        return Outcome.SETTLED
    if not waits:
        return Outcome.MOVED  # a tap on an old message
    if utterance.key == "stopping:no":
        turn.say("stop.stays")
    return _return(turn)


def _return(turn: Turn) -> Outcome:
    """Return the conversation to where it was before our question."""
    conversation = turn.conversation
    place = conversation.notes.get(_WAS)
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != _WAS}
    step, offered = place or ("home", [])
    conversation.step, conversation.offered = step, load(offered)
    if place is None:
        return Outcome.MOVED
    return Outcome.SETTLED if conversation.step == "home" and turn.lines else Outcome.AGAIN


STOPPING = Feature(
    name="stopping", begin=begin, hear=hear, ask=ask, owns=("stopping",), steps={_STEP: Reads.ONE}, anytime=True
)
