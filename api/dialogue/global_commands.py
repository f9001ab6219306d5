"""Handles the words that work at every step, in every language.

They are: stop, start, help, language, the names of languages, and the words that begin a feature.
"""

from __future__ import annotations

from api.conversations.models import ASKED, IDEA
from api.dialogue import opt_out, store, wishes
from api.dialogue.features import BY_STEP, BY_WORD
from api.dialogue.steps import language, opening
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.posters import poster_codes, poster_keyword
from api.residents import service as residents

_NAMED = {
    "lang_ar": "ar",
    "lang_fr": "fr",
    "lang_zgh": "zgh",
    "lang_latin": "zgh-latn",
    "lang_tifinagh": "zgh-tfng",
}


_CIVIL = ("thanks", "greeting")
_EARLY = ("language", "consent")  # steps up to consent
_MOVES = ("back", "skip", "change", "done")


async def hear(turn: Turn, utterance: Utterance) -> Outcome | None:
    """If the message is a word that works everywhere, do what it asks for; otherwise return None."""
    has_left = turn.resident.state in (residents.STOPPED, residents.DECLINED)
    if utterance.intent == "stop":
        await opt_out.stop(turn, utterance.text)
    elif utterance.intent == "start":
        return await _start(turn, has_left)
    elif utterance.intent == "help" and has_left:
        turn.say("help.stopped")
    elif utterance.intent == "help":
        _help(turn)
        await _resume(turn)
    elif utterance.intent == "language":
        turn.for_sender = True
        await language.ask(turn)
    elif utterance.intent in _NAMED:
        language.choose(turn, _NAMED[utterance.intent])
        await _resume(turn)
    elif utterance.intent in _CIVIL and not has_left and turn.conversation.step != "home":
        return Outcome.MISSED  # not an answer, but `flood_guard` does not count it as a mistake
    elif _begins(turn, utterance):
        feature = BY_WORD[utterance.intent or ""]
        turn.for_sender = feature.for_sender
        return await feature.begin(turn, utterance)
    elif turn.resident.state == residents.JOINING and _needs_consent(turn, utterance):
        await _agree_first(turn, utterance)
    elif (
        has_left
        and not _at_any_time(turn)
        and utterance.choice_of("consent") is None
        and utterance.choice_of("lang") is None
    ):
        turn.say("stopped.still")
    else:
        return None
    return Outcome.SETTLED


def _help(turn: Turn) -> None:
    """Name the words that residents can write."""
    if turn.resident.state == residents.JOINING:
        # before consent, residents first need to know who writes to them
        turn.say("help.who")
    else:
        turn.say("help")


async def _start(turn: Turn, has_left: bool) -> Outcome:
    """Handle START: let a resident who stopped come back, or begin what the word after START names."""
    turn.resident.state = residents.JOINING if has_left else turn.resident.state
    opt_out.tell_of_end(turn)
    if has_left:  # residents who return see the full consent question again
        turn.conversation.notes = {name: note for name, note in turn.conversation.notes.items() if name != ASKED}
    if has_left and turn.conversation.notes.get(IDEA, {}).get("text"):
        wishes.keep(turn, Utterance(text="", intent="idea"))  # show the idea written before they stopped
    if await _linked(turn):
        return Outcome.MOVED
    turn.may_begin_vote = True
    await onward(turn)
    return Outcome.SETTLED


async def _agree_first(turn: Turn, utterance: Utterance) -> None:
    """Ask for consent, because the resident wrote a word that works only after consent."""
    if utterance.intent == "back" and turn.conversation.step == "consent":
        # at the question of consent, "back" leads to the choice of language
        await language.ask(turn)
        return
    if utterance.intent == "vote":
        codes_named = poster_codes(utterance.text, turn.context.lexicon)
        await store.keep_code(turn.session, turn.conversation, turn.resident, codes_named)
    elif utterance.intent in BY_WORD:
        wishes.keep(turn, utterance)
    if utterance.intent != "back":
        turn.say("consent.first")
    await onward(turn)


async def _linked(turn: Turn) -> bool:
    """Begin the consultation that a deep link, the word after START or an invitation names."""
    code = turn.incoming.hints.payload or poster_keyword(turn.incoming.text, turn.context.lexicon)
    if turn.resident.state != residents.ACTIVE:
        # no consent yet, so the code is opened afterwards
        payload = await store.code_from_link(turn.session, code) if code else None
        turn.conversation.payload = payload or turn.conversation.payload
        return False
    return (bool(code) and await opening.open_named(turn, code)) or await opening.open_invited(turn)


async def _resume(turn: Turn) -> None:
    """Continue the current feature; outside a feature, ask what comes next."""
    await (again if turn.conversation.step in BY_STEP else onward)(turn)


def _begins(turn: Turn, utterance: Utterance) -> bool:
    feature = BY_WORD.get(utterance.intent or "")
    return feature is not None and feature.is_for(turn.resident.state)


def _needs_consent(turn: Turn, utterance: Utterance) -> bool:
    """Return whether this word would have an effect here if the resident had consented."""
    moves = turn.conversation.step in _EARLY and not utterance.keys and utterance.intent in _MOVES
    return utterance.intent in BY_WORD or moves


def _at_any_time(turn: Turn) -> bool:
    """Return whether this step stays open to people who sent STOP."""
    feature = BY_STEP.get(turn.conversation.step)
    return feature is not None and feature.anytime
