"""The words that are heard at every step, in every language: stop, start, help, language, and a language's own name."""

from __future__ import annotations

from api.conversations.models import ASKED, IDEA
from api.dialogue import opt_out, store, wishes
from api.dialogue.features import BY_STEP, BY_WORD
from api.dialogue.steps import language, opening
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.posters import codes, poster
from api.residents import service as residents

_NAMED = {
    "lang_ar": "ar",
    "lang_fr": "fr",
    "lang_zgh": "zgh",
    "lang_latin": "zgh-latn",
    "lang_tifinagh": "zgh-tfng",
}


_CIVIL = ("thanks", "greeting")
_EARLY = ("language", "consent")  # steps at which nobody has agreed yet
_MOVES = ("back", "skip", "change", "done")


async def hear(turn: Turn, said: Said) -> Heard | None:
    """Do what a global word says; None where it is none."""
    left = turn.resident.state in (residents.STOPPED, residents.DECLINED)
    if said.intent == "stop":
        await opt_out.stop(turn, said.text)
    elif said.intent == "start":
        return await _start(turn, left)
    elif said.intent == "help" and left:
        turn.say("help.stopped")
    elif said.intent == "help":
        _help(turn)
        await _resume(turn)
    elif said.intent == "language":
        turn.own = True
        await language.ask(turn)
    elif said.intent in _NAMED:
        language.choose(turn, _NAMED[said.intent])
        await _resume(turn)
    elif said.intent in _CIVIL and not left and turn.conversation.step != "home":
        return Heard.MISSED  # it answers nothing; `patience` knows that it is no mistake either
    elif _begins(turn, said):
        feature = BY_WORD[said.intent or ""]
        turn.own = feature.own
        return await feature.begin(turn, said)
    elif turn.resident.state == residents.JOINING and _needs_consent(turn, said):
        await _agree_first(turn, said)
    elif left and not _at_any_time(turn) and said.of("consent") is None and said.of("lang") is None:
        turn.say("stopped.still")
    else:
        return None
    return Heard.SETTLED


def _help(turn: Turn) -> None:
    """The words that work; before they agreed, who asks them."""
    if turn.resident.state == residents.JOINING:
        turn.say("help.who")
    else:
        turn.say("help")


async def _start(turn: Turn, left: bool) -> Heard:
    """Come back after STOP; or begin what stands behind the word."""
    turn.resident.state = residents.JOINING if left else turn.resident.state
    opt_out.tell_of_end(turn)
    if left:  # whoever comes back is asked anew, with the whole question
        turn.conversation.notes = {name: note for name, note in turn.conversation.notes.items() if name != ASKED}
    if left and turn.conversation.notes.get(IDEA, {}).get("text"):
        wishes.keep(turn, Said(text="", intent="idea"))  # what they wrote before they stopped is shown again
    if await _linked(turn):
        return Heard.MOVED
    turn.begins = True
    await onward(turn)
    return Heard.SETTLED


async def _agree_first(turn: Turn, said: Said) -> None:
    """Ask for the consent that a word needs; back leads to the languages."""
    if said.intent == "back" and turn.conversation.step == "consent":
        await language.ask(turn)
        return
    if said.intent == "vote":
        named = codes(said.text, turn.tools.lexicon)
        await store.keep_named(turn.session, turn.conversation, turn.resident, named)
    elif said.intent in BY_WORD:
        wishes.keep(turn, said)
    if said.intent != "back":
        turn.say("consent.first")
    await onward(turn)


async def _linked(turn: Turn) -> bool:
    """Begin what a deep link or the word behind START names, or the invitation they read last; says whether it did.

    Whoever has not agreed yet begins it once they did.
    """
    named = turn.incoming.hints.payload or poster(turn.incoming.text, turn.tools.lexicon)
    if turn.resident.state != residents.ACTIVE:
        kept = await store.brought(turn.session, named) if named else None
        turn.conversation.payload = kept or turn.conversation.payload
        return False
    return (bool(named) and await opening.open_named(turn, named)) or await opening.open_invited(turn)


async def _resume(turn: Turn) -> None:
    """Go on with the feature they are at, or with whatever comes next."""
    await (again if turn.conversation.step in BY_STEP else onward)(turn)


def _begins(turn: Turn, said: Said) -> bool:
    feature = BY_WORD.get(said.intent or "")
    return feature is not None and feature.is_for(turn.resident.state)


def _needs_consent(turn: Turn, said: Said) -> bool:
    """Whether this word leads somewhere, once they have agreed."""
    moves = turn.conversation.step in _EARLY and not said.keys and said.intent in _MOVES
    return said.intent in BY_WORD or moves


def _at_any_time(turn: Turn) -> bool:
    """Whether what was asked last may be asked of people too who stopped."""
    feature = BY_STEP.get(turn.conversation.step)
    return feature is not None and feature.anytime
