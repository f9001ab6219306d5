"""The step that asks for a language, and for the script of Tamazight.

A resident who already has a language can go back.
"""

from __future__ import annotations

from api.channel import Choice
from api.conversations.models import ASKED, SHOWN
from api.conversations.offered_choices import dump, load
from api.dialogue.turn import Outcome, Turn, Utterance
from api.residents import service as residents

# Each language in its own words, always in this order, so that residents who cannot read the question find their
# language.
_LABELS = (("ar", "العربية"), ("fr", "Français"), ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"), ("zgh-latn", "Tamazight (latin)"))
_LATIN_LABELS = (("ar", "العربية"), ("fr", "Français"), ("zgh-latn", "Tamazight"))
_STEP, _BACK = "language", "back"
_FROM = "from"  # the note about where the resident was: step and choices
_ASKED_ONWARD = ("home", "question", "consent", "province")  # these steps need no note to ask their question again


async def ask(turn: Turn) -> None:
    """Offer the languages. A resident who was in the middle of something can also go back to it."""
    conversation = turn.conversation
    if conversation.step != _STEP and turn.resident.language is not None:
        # A question's choices may show answers.
        offered = [] if conversation.step == "question" else dump(conversation.offered)
        conversation.notes = {**conversation.notes, _FROM: [conversation.step, offered]}
    if turn.resident.language is None:
        conversation.notes = {**conversation.notes, SHOWN: list(turn.guessed)}
    labels = _LATIN_LABELS if turn.incoming.hints.latin else _LABELS
    choices = [Choice(f"lang:{tag}", label, chosen=tag == _tag(turn)) for tag, label in labels]
    if _FROM in conversation.notes:
        choices.append(Choice(f"lang:{_BACK}", turn.voice("word.back"), action=True))
    turn.ask(_STEP, turn.voice("language.ask"), tuple(choices))


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Set the chosen language, or go back to where the resident was."""
    tag = utterance.choice_of("lang")
    if tag is None and utterance.intent == _BACK and _FROM in turn.conversation.notes:
        tag = _BACK
    if tag == _BACK:
        _return(turn)
        return Outcome.AGAIN if turn.resident.state in (residents.JOINING, residents.ACTIVE) else Outcome.MOVED
    if tag is None or tag not in {tag for tag, _ in _LABELS}:
        return Outcome.MISSED
    choose(turn, tag)
    return Outcome.AGAIN if _return(turn) else Outcome.MOVED


def _return(turn: Turn) -> bool:
    """Return the conversation to where it was, and say whether the question there must be asked again."""
    conversation = turn.conversation
    step, offered = conversation.notes.get(_FROM) or ("", [])
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != _FROM}
    if conversation.step != _STEP or not step:
        return False
    conversation.step, conversation.offered = step, load(offered)
    return step not in _ASKED_ONWARD


def forget(turn: Turn) -> None:
    """Forget where the resident was before the languages were offered, if they are now at another step."""
    conversation = turn.conversation
    if conversation.step != _STEP and _FROM in conversation.notes:
        conversation.notes = {name: note for name, note in conversation.notes.items() if name != _FROM}


def choose(turn: Turn, tag: str) -> None:
    """Write to the resident in this language from now on.

    If the language is `zgh` and no script is given, choose the script that the channel can show.
    """
    language, _, script = tag.partition("-")
    turn.resident.language = language
    conversation = turn.conversation
    conversation.notes = {name: note for name, note in conversation.notes.items() if name not in (SHOWN, ASKED)}
    turn.resident.latin = language == "zgh" and (script == "latn" or (not script and turn.incoming.hints.latin))


def _tag(turn: Turn) -> str | None:
    resident = turn.resident
    return "zgh-latn" if resident.language == "zgh" and resident.latin else resident.language
