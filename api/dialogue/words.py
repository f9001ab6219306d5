"""The words that are heard at every step, in every language: stop, start, help, language, and a language's own name."""

from __future__ import annotations

from api.dialogue import assisting
from api.dialogue.features import BY_STEP, BY_WORD
from api.dialogue.steps import home, language
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.posters import poster
from api.outbox import service as outbox
from api.residents import service as residents

_NAMED = {
    "lang_ar": "ar",
    "lang_fr": "fr",
    "lang_zgh": "zgh",
    "lang_latin": "zgh-latn",
    "lang_tifinagh": "zgh-tfng",
}


_CIVIL = ("thanks", "greeting")


async def hear(turn: Turn, said: Said) -> Heard | None:
    """Do what a global word says; None where it is none."""
    left = turn.resident.state in (residents.STOPPED, residents.DECLINED)
    if said.intent == "stop":
        await _stop(turn, said)
    elif said.intent == "start":
        turn.resident.state = residents.JOINING if left else turn.resident.state
        if await _linked(turn):
            return Heard.MOVED
        turn.begins = True
        await onward(turn)
    elif said.intent == "help":
        turn.say("help")
        if not left:
            await _resume(turn)
    elif said.intent == "language":
        language.ask(turn)
    elif said.intent in _NAMED:
        language.choose(turn, _NAMED[said.intent])
        await _resume(turn)
    elif said.intent in _CIVIL and not left and turn.conversation.step != "home":
        await again(turn)  # it answers nothing, and is no mistake either
    elif _begins(turn, said):
        return await BY_WORD[said.intent or ""].begin(turn, said)
    elif left and not _at_any_time(turn) and said.of("consent") is None and said.of("lang") is None:
        turn.say("stopped.still")
    else:
        return None
    return Heard.SETTLED


async def _linked(turn: Turn) -> bool:
    """Begin what a deep link or the word behind START names, or the invitation they read last; says whether it did.

    Whoever has not agreed yet begins it once they did.
    """
    named = turn.incoming.hints.payload or poster(turn.incoming.text, turn.tools.lexicon)
    if turn.resident.state != residents.ACTIVE:
        turn.conversation.payload = named or turn.conversation.payload
        return False
    return (bool(named) and await home.open_named(turn, named)) or await home.open_invited(turn)


async def _resume(turn: Turn) -> None:
    """Go on with the feature they are at, or with whatever comes next."""
    await (again if turn.conversation.step in BY_STEP else onward)(turn)


def _begins(turn: Turn, said: Said) -> bool:
    feature = BY_WORD.get(said.intent or "")
    return feature is not None and (feature.anytime or turn.resident.state == residents.ACTIVE)


def _at_any_time(turn: Turn) -> bool:
    """Whether what was asked last may be asked of people too who stopped."""
    feature = BY_STEP.get(turn.conversation.step)
    return feature is not None and feature.anytime


async def _stop(turn: Turn, said: Said) -> None:
    residents.stop(turn.session, turn.resident, channel=turn.incoming.channel, wording=said.text[:40], now=turn.now)
    await outbox.cancel_unasked(turn.session, turn.resident.id, now=turn.now)
    await assisting.end(turn)
    turn.conversation.offered = []
    turn.say("stopped")
