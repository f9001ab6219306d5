"""The words that are heard at every step, in every language: stop, start, help, language, and a language's own name."""

from __future__ import annotations

from api.dialogue.steps import language
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Heard, Said, Turn
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
        await onward(turn)
    elif said.intent == "help":
        turn.say("help")
        if not left:
            await onward(turn)
    elif said.intent == "language":
        language.ask(turn)
    elif said.intent in _NAMED:
        language.choose(turn, _NAMED[said.intent])
        await onward(turn)
    elif said.intent in _CIVIL and not left and turn.conversation.step != "home":
        await again(turn)  # it answers nothing, and is no mistake either
    elif left and said.of("consent") is None and said.of("lang") is None:
        turn.say("stopped.still")
    else:
        return None
    return Heard.SETTLED


async def _stop(turn: Turn, said: Said) -> None:
    residents.stop(turn.session, turn.resident, channel=turn.incoming.channel, wording=said.text[:40], now=turn.now)
    await outbox.cancel_campaigns(turn.session, turn.resident.id, now=turn.now)
    turn.conversation.offered = []
    turn.say("stopped")
