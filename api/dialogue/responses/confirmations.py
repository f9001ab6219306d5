"""What we add to a reply: how unclear words were understood, "Did you mean…?", or the offer of another language."""

from __future__ import annotations

from dataclasses import replace

from api.dialogue import agent_session
from api.dialogue.expectations import is_way_out, label, takes_several
from api.dialogue.turn import Turn, Utterance
from api.dialogue.understand.script import suggest as guess_language
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.text.normalise import normalise


def confirm(turn: Turn, utterance: Utterance, guess: str | None) -> Utterance:
    """Turn a yes after "Did you mean…?" into the choice named there; return other messages unchanged.

    If the resident writes the unclear word again, that is no yes.
    """
    meaning = turn.context.lexicon.meaning(normalise(utterance.text))
    if (
        guess is None
        or utterance.keys
        or utterance.guess == guess
        or meaning is None
        or meaning.intent != "yes"
        or meaning.sureness is Sureness.LOW
    ):
        return utterance
    return replace(utterance, keys=(guess,), sureness=Sureness.HIGH, guess=None) if _label(turn, guess) else utterance


def _label(turn: Turn, guess: str) -> str:
    """Return the label of the choice named in "Did you mean…?", if it is still offered."""
    # an agent can always end the session
    if guess == agent_session.END and turn.conversation.assisting is not None:
        return turn.voice("assist.end")
    return label(turn, guess)


def echo(turn: Turn, utterance: Utterance) -> None:
    """Tell residents how unclear words were understood, so that they can correct it.

    If the rest of the reply shows it anyway, nothing is said. The summary of a ballot shows it, for example.
    """
    if takes_several(turn, utterance.key) or utterance.choice_of("open") is not None or is_way_out(turn, utterance.key):
        return
    names = [label(turn, key) for key in utterance.keys]
    if utterance.sureness is Sureness.MID and not utterance.tapped and names and all(names):
        turn.say("echo", said=turn.voice.listed(names))


def suggest(turn: Turn, guess: str) -> bool:
    """Ask "Did you mean…?" about this choice. Return False if there is nothing to ask about."""
    if guess == "stop":
        turn.say("hint.stop")
        return True
    name = _label(turn, guess)
    if name:
        turn.conversation.guess = guess
        turn.say("hint.choice", choice=name)
    return bool(name)


def offer_language(turn: Turn, utterance: Utterance, *, first: bool) -> None:
    """If the message is in another language than the chosen one, offer to continue in it, once only."""
    conversation, chosen = turn.conversation, turn.resident.language
    wrote = utterance.language or _script(utterance.text)
    if not any(letter.isalpha() for letter in utterance.text):
        return  # numbers belong to no language
    if (
        first
        or conversation.switch_offered
        or utterance.tapped
        or utterance.intent
        or chosen is None
        or wrote in (None, chosen)
    ):
        return
    conversation.switch_offered = True
    voice = turn.context.catalogs.voice(wrote, latin=turn.incoming.hints.latin)
    turn.after.append(voice("switch.offer"))


def _script(text: str) -> str | None:
    """Return the language that the script of a text proves; Latin script proves none."""
    guess = guess_language(text)
    return guess.language if guess.sure else None
