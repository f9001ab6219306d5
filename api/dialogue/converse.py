"""One turn from what was said to what is answered."""

from __future__ import annotations

from types import ModuleType

from api.channel import Reply
from api.dialogue import asides, assisting, patience, pointing, taps, trail, words
from api.dialogue.features import BY_OWNER, BY_STEP, desk, named
from api.dialogue.features.feature import Feature
from api.dialogue.offers import expected
from api.dialogue.steps import consent, home, language, province, question
from api.dialogue.steps.onward import again, onward
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
    at, over = turn.conversation, await assisting.expire(turn)
    if turn.consultation is not None:
        turn.questions = await turn.tools.contents.get(
            turn.session, consultation_id=turn.consultation.id, revision=turn.consultation.revision
        )
    before = trail.read(at)
    pointing.drop_guess(turn)
    said = _understand(turn)
    if not patience.admits(turn, said, per_hour=per_hour):
        return turn.replies()
    try:
        await _answer(turn, said, first=first, over=over)
    except Unavailable:
        raise
    except SawtError as error:
        await _recover(turn, said, error)
    pointing.remember(turn, before, said)
    return assisting.marked(turn, turn.replies())


async def _answer(turn: Turn, said: Said, *, first: bool, over: bool) -> None:
    """Do what was said, and ask what comes next; `over` says that an agent's time ended before these words."""
    if over and not (said.intent or said.tapped):
        turn.say("assist.over")  # and these words were no answer of their own
        heard = Heard.MOVED
    else:
        heard = await _hear(turn, said, first=first)
    if heard is Heard.MISSED:
        heard = await pointing.continued(turn, said) or heard
    if heard is Heard.MISSED:
        turn.lines.clear()
        await patience.missed(turn, said)
    else:
        turn.conversation.misses = 0
    if heard is Heard.MOVED:
        await onward(turn)
    asides.offer_switch(turn, said, first=first)


async def _recover(turn: Turn, said: Said, error: SawtError) -> None:
    """Say what went wrong, and go on with what an old button cannot end, or rest."""
    at = turn.conversation
    turn.edits.clear()
    _explain(turn, error)
    if said.tapped and isinstance(error, NotOpen) and taps.goes_on(turn):
        return
    at.put_away()
    at.step, at.consultation_id, at.position, at.offered = "home", None, 0, []
    await assisting.end(turn)
    if turn.resident.state == residents.ACTIVE and at.consultation_id is None:
        home.rest(turn)


def _explain(turn: Turn, error: SawtError) -> None:
    """Tell a resident what went wrong, in a sentence of theirs."""
    if isinstance(error, NotOpen):
        turn.say("error.closed")
    else:
        turn.say("error.general")


def _understand(turn: Turn) -> Said:
    incoming = turn.incoming
    guess, turn.conversation.guess = turn.conversation.guess, None  # it is asked back only once
    if incoming.contact is not None:
        return Said(text="", keys=("link:contact",), tapped=True)
    if incoming.choice is not None:
        key = assisting.unmarked(turn, incoming.choice)
        return Said(text="", keys=() if key is None else (key,), tapped=True)
    found = read(incoming.text, expected(turn), turn.tools.lexicon)
    said = Said(
        text=incoming.text,
        keys=found.keys,
        value=found.value,
        intent=found.intent,
        argument=found.argument,
        sureness=found.sureness,
        language=found.language,
        guess=found.guess,
    )
    turn.wrote = found.language
    return asides.confirmed(turn, said, guess)


async def _hear(turn: Turn, said: Said, *, first: bool) -> Heard:
    elsewhere = await pointing.hear(turn, said, first=first)
    if elsewhere is not None:
        return elsewhere
    asides.echo(turn, said)
    if first:
        _greet(turn)
    found = await words.hear(turn, said) if not first or said.intent not in _FIRST else None
    if found is not None:
        return found
    if first:
        return await named(turn, said) or Heard.MOVED
    return await _hear_step(turn, said)


def _greet(turn: Turn) -> None:
    guess = suggest(turn.incoming.text)
    if guess.sure and guess.language is not None:
        language.choose(turn, guess.language)


def _is_free(turn: Turn) -> bool:
    """Whether they may turn to another vote: nothing half written is lost by it, and nobody else answers here."""
    at = turn.conversation
    busy = at.assisting is not None or (at.notes and at.step not in ("home", "question"))
    return turn.resident.state == residents.ACTIVE and not busy


def _step(turn: Turn, said: Said) -> ModuleType | Feature:
    """Who hears this: whoever offered the choice, or else asked last."""
    prefix, at = said.key.partition(":")[0], turn.conversation.step
    return _OWNERS.get(prefix) or BY_OWNER.get(prefix) or BY_STEP.get(at) or _STEPS[at]


async def _hear_step(turn: Turn, said: Said) -> Heard:
    if said.tapped and not said.keys:
        turn.say("assist.stale")
        await again(turn)
        return Heard.SETTLED
    step = _step(turn, said)
    early = step in (language, consent) or (isinstance(step, Feature) and step.anytime)
    if not early and turn.resident.state != residents.ACTIVE:
        return Heard.MOVED
    found = await named(turn, said) if step is home else None  # a code, before whatever is open begins with it
    if found is not None:
        return found
    plain = step is home and not (said.tapped or said.keys or said.intent)
    letter = plain and desk.is_letter(said.text, turn.tools.lexicon)  # it is for the staff, whatever waits
    heard: Heard = Heard.MISSED if letter else await step.hear(turn, said)
    if heard is Heard.MISSED:
        heard = await named(turn, said) or heard
    if heard is Heard.MISSED and said.intent == "change" and _is_free(turn):
        heard = await home.change(turn) or heard
    if heard is Heard.MISSED and turn.resident.state == residents.ACTIVE and not said.tapped:
        return Heard.MOVED if await home.open_named(turn, said.text) else heard
    return heard
