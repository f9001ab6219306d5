"""One turn from what was said to what is answered."""

from __future__ import annotations

from types import ModuleType

from api.channel import Reply
from api.dialogue import asides, assisting, crossed, patience, pointing, sittings, store, taps, trail, words
from api.dialogue.features import BY_OWNER, BY_STEP, desk, handover, named, stopping
from api.dialogue.features.feature import Feature, leave
from api.dialogue.offers import expected
from api.dialogue.steps import consent, home, language, province, question
from api.dialogue.steps.onward import again, onward
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.posters import poster
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
    turn.heard_before, at.heard_at = at.heard_at, turn.now
    turn.begins = turn.resident.state != residents.ACTIVE or turn.resident.province is None  # they join
    if turn.consultation is not None:
        turn.questions = await turn.tools.contents.get(
            turn.session, consultation_id=turn.consultation.id, revision=turn.consultation.revision
        )
    desk.age(turn)
    await sittings.find_late(turn)
    before = trail.read(at)
    pointing.drop_guess(turn)
    said, turn.away = _understand(turn), turn.now - at.hour
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
        heard = await crossed.continued(turn, said) or heard
    await _go_on(turn, said, heard)
    asides.offer_switch(turn, said, first=first)


async def _go_on(turn: Turn, said: Said, heard: Heard) -> None:
    """Say what comes next, or what is expected."""
    patience.remember(turn, said, heard)
    if heard is Heard.MISSED:
        turn.lines.clear()
        await patience.missed(turn, said)
        return
    turn.conversation.misses = 0
    if said.leaving and turn.conversation.assisting is None:
        await stopping.wonder(turn, heard)
    elif heard is Heard.MOVED:
        await onward(turn)
    elif heard is Heard.AGAIN:
        await again(turn)


async def _recover(turn: Turn, said: Said, error: SawtError) -> None:
    """Say what went wrong, and go on with what an old button cannot end, or rest."""
    turn.edits.clear()
    _explain(turn, error)
    if not (said.tapped and isinstance(error, NotOpen) and taps.goes_on(turn)):
        await _give_up(turn)


async def _give_up(turn: Turn) -> None:
    """What they were at cannot go on: they are between consultations, and answer for themselves."""
    at = turn.conversation
    at.put_away()
    at.step, at.consultation_id, at.position, at.offered = "home", None, 0, []
    if at.assisting is not None:
        turn.say("assist.over")
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
        leaving=found.leaving,
        twice=found.twice,
    )
    turn.wrote = found.language
    if incoming.asks is not None:  # the word stands for the text, of which nothing may be kept
        return Said(text=incoming.asks.upper(), intent=incoming.asks, language=found.language)
    return asides.confirmed(turn, said, guess)


async def _hear(turn: Turn, said: Said, *, first: bool) -> Heard:
    if not first and handover.is_due(turn, said):
        return await handover.ask_who(turn, said)
    if handover.is_open(turn, said):
        return Heard.MISSED
    elsewhere = await pointing.hear(turn, said, first=first)
    if elsewhere is not None:
        return elsewhere
    asides.echo(turn, said)
    if first:
        _greet(turn)
    left = turn.resident.state in (residents.STOPPED, residents.DECLINED)  # though they never wrote: START is START
    found = await words.hear(turn, said) if not first or left or said.intent not in _FIRST else None
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
    if said.twice and turn.late is not None:
        return question
    return _OWNERS.get(prefix) or BY_OWNER.get(prefix) or BY_STEP.get(at) or _STEPS[at]


async def _hear_step(turn: Turn, said: Said) -> Heard:
    if said.tapped and not said.keys:
        turn.say("assist.stale")
        await again(turn)
        return Heard.SETTLED
    taken = await home.take_up(turn, said)
    if taken is not None:
        return taken
    step = _step(turn, said)
    state = turn.resident.state
    early = step in (language, consent) or (isinstance(step, Feature) and step.is_for(state))
    if not early and state != residents.ACTIVE:
        return Heard.MOVED
    found = await named(turn, said) if step is home else None  # a code, before whatever is open begins with it
    if found is not None:
        return found
    plain = step is home and not (said.tapped or said.keys or said.intent)
    letter = plain and desk.is_letter(said.text, turn.tools.lexicon)  # it is for the staff, whatever waits
    heard: Heard = Heard.MISSED if letter else await step.hear(turn, said)
    if heard is Heard.MISSED:
        heard = await named(turn, said) or heard
    if heard is Heard.MISSED and said.intent == "back" and isinstance(step, Feature):
        return await leave(turn)
    if heard is Heard.MISSED and said.intent == "change" and _is_free(turn):
        heard = await home.change(turn) or heard
    if heard is Heard.MISSED and turn.resident.state == residents.ACTIVE and not said.tapped:
        return Heard.MOVED if await home.open_named(turn, said.text) else heard
    if heard is Heard.MISSED and not said.tapped and await _keeps_poster(turn, said.text):
        await again(turn)
        return Heard.SETTLED
    return heard


async def _keeps_poster(turn: Turn, text: str) -> bool:
    """Keep the keyword of a poster that is written while they join: it opens what it names once they did."""
    code = poster(text, turn.tools.lexicon)
    if not code or not await store.is_known(turn.session, code):
        return False
    turn.conversation.payload, turn.resident.source = code, turn.resident.source or code
    return True
