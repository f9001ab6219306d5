"""One turn from what was said to what is answered."""

from __future__ import annotations

from types import ModuleType

from api.channel import Reply
from api.dialogue import asides, patience, words
from api.dialogue.offers import expected
from api.dialogue.steps import consent, home, language, province, question
from api.dialogue.steps.onward import onward
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.read import read
from api.dialogue.understand.script import suggest
from api.errors import NotOpen, SawtError, Unavailable
from api.residents import service as residents

_STEPS: dict[str, ModuleType] = {
    "language": language, "consent": consent, "province": province, "question": question, "home": home,
}  # fmt: skip
# Whose choice a key is: taps reach the step that offered them, however old the message.
_OWNERS: dict[str, ModuleType] = {
    "lang": language, "consent": consent, "prov": province, "q": question, "home": home, "open": home,
}  # fmt: skip


_FIRST = ("start", "thanks", "greeting")  # as a first message these only say that someone is there


async def converse(turn: Turn, *, first: bool, per_hour: int) -> list[Reply]:
    """The replies of this turn; none where silence is meant. Domain errors become their sentence."""
    at = turn.conversation
    if turn.consultation is not None:
        turn.questions = await turn.tools.contents.get(
            turn.session, consultation_id=turn.consultation.id, revision=turn.consultation.revision
        )
    said = _understand(turn)
    if not patience.admits(turn, said, per_hour=per_hour):
        return turn.replies()
    try:
        asides.echo(turn, said)
        heard = await _hear(turn, said, first=first)
        if heard is Heard.MISSED:
            turn.lines.clear()
            await patience.missed(turn, said)
        else:
            at.misses = 0
        if heard is Heard.MOVED:
            await onward(turn)
        asides.offer_switch(turn, said, first=first)
    except Unavailable:
        raise
    except SawtError as error:
        turn.edits.clear()
        _explain(turn, error)
        at.step, at.consultation_id, at.position, at.offered = "home", None, 0, []
    return turn.replies()


def _explain(turn: Turn, error: SawtError) -> None:
    """Tell a resident what went wrong, in a sentence of theirs."""
    if isinstance(error, NotOpen):
        turn.say("error.closed")
    else:
        turn.say("error.general")


def _understand(turn: Turn) -> Said:
    incoming = turn.incoming
    if incoming.choice is not None:
        return Said(text="", keys=(incoming.choice,), tapped=True)
    found = read(incoming.text, expected(turn), turn.tools.lexicon)
    said = Said(
        text=incoming.text,
        keys=found.keys,
        value=found.value,
        intent=found.intent,
        sureness=found.sureness,
        language=found.language,
        guess=found.guess,
    )
    turn.wrote = found.language
    return asides.confirmed(turn, said)


async def _hear(turn: Turn, said: Said, *, first: bool) -> Heard:
    if first:
        _greet(turn)
    found = await words.hear(turn, said) if not first or said.intent not in _FIRST else None
    if found is not None:
        return found
    if first:
        return Heard.MOVED
    return await _hear_step(turn, said)


def _greet(turn: Turn) -> None:
    guess = suggest(turn.incoming.text)
    if guess.sure and guess.language is not None:
        language.choose(turn, guess.language)
    turn.conversation.payload = turn.incoming.hints.payload


async def _hear_step(turn: Turn, said: Said) -> Heard:
    prefix = said.key.partition(":")[0]
    step = _OWNERS.get(prefix) or _STEPS[turn.conversation.step]
    if step in (question, home, province) and turn.resident.state != residents.ACTIVE:
        return Heard.MOVED
    heard: Heard = await step.hear(turn, said)
    if heard is Heard.MISSED and turn.resident.state == residents.ACTIVE and not said.tapped:
        return Heard.MOVED if await home.open_named(turn, said.text) else heard
    return heard
