"""The step between consultations: what is open is offered, what was answered can be changed."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.service import OnOffer
from api.dialogue import assisting
from api.dialogue.turn import Heard, Said, Turn


def rest(turn: Turn, *, answered: bool = False) -> None:
    """Nothing is asked any more; after a vote that was `answered`, a word changes it."""
    change = Choice("home:change", turn.voice("word.change"), action=True)
    turn.ask("home", "", (*([change] if answered else ()), menu(turn)))


def menu(turn: Turn) -> Choice:
    """The way to everything else one can do."""
    return Choice("go:menu", turn.voice("word.menu"), action=True)


async def ask(turn: Turn) -> None:
    """Say where things stand: several consultations to choose from, all answered, or none open."""
    offers = await _offers(turn)
    waiting = [offer for offer in offers if offer.state != participation.FINISHED]
    if waiting:
        _which(turn, waiting)
    elif offers:
        rest(turn, answered=True)
        turn.say("home.answered")
    else:
        turn.ask("home", turn.voice("home.none"), (menu(turn),))


def _which(turn: Turn, offers: Sequence[OnOffer]) -> None:
    choices = tuple(Choice(f"open:{offer.code}", turn.voice.pick(offer.title)) for offer in offers)
    turn.ask("home", turn.voice("home.choose"), (*choices, menu(turn)))


async def hear(turn: Turn, said: Said) -> Heard:
    """Begin the consultation that was named, change what was answered, or go on with whatever is open."""
    offers = await _offers(turn)
    code = said.of("open")
    chosen = next((offer for offer in offers if offer.code == code), None)
    if chosen is None and (said.key == "home:change" or said.intent == "change"):
        heard = await change(turn, offers)
        if heard is not None:
            return heard
    if chosen is not None:
        return await _open(turn, chosen)
    if said.intent == "thanks":
        turn.say("polite")
        return Heard.SETTLED
    waiting = [offer for offer in offers if offer.state != participation.FINISHED]
    if said.intent == "greeting" and len(waiting) != 1:
        await ask(turn)
        return Heard.SETTLED
    if len(waiting) != 1:
        return Heard.MISSED
    await begin(turn, waiting[0])
    return Heard.MOVED


async def change(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Heard | None:
    """Lead to the vote that is to be changed, and ask which where several were answered; None where none was."""
    offers = await _offers(turn) if offers is None else offers
    finished = [offer for offer in offers if offer.state == participation.FINISHED]
    if len(finished) > 1:  # nobody is to change, unasked, another vote than the one they mean
        turn.conversation.consultation_id = None
        _which(turn, finished)
        return Heard.SETTLED
    return await _open(turn, finished[0]) if finished else None


async def _open(turn: Turn, offer: OnOffer) -> Heard:
    again = offer.state == participation.FINISHED
    if again:
        turn.say("change.intro")
    await begin(turn, offer, again=again)
    return Heard.MOVED


async def begin(turn: Turn, offer: OnOffer, *, again: bool = False) -> None:
    """Begin a consultation at its first question, saying how long it is where it has more."""
    await assisting.end(turn)  # whoever begins one by its name does so for themselves
    questions = await turn.tools.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
    turn.conversation.consultation_id, turn.conversation.position = offer.id, 0
    turn.conversation.step, turn.blank = "question", offer.state in (None, participation.ASKED)
    turn.consultation, turn.questions = await consultations.get(turn.session, offer.code), questions
    if again:
        return
    if len(questions) > 1:
        turn.say("consultation.intro", title=turn.voice.pick(offer.title), count=len(questions))
    else:
        turn.lines.append(turn.voice.pick(offer.title))
    await participation.progress(
        turn.session, consultation_id=offer.id, resident_id=turn.resident.id, state=participation.BEGUN
    )


async def open_named(turn: Turn, name: str) -> bool:
    """Begin the open consultation whose code this is (a poster's keyword); says whether there is one."""
    wanted = name.strip().casefold()
    offer = next((offer for offer in await _offers(turn) if offer.code == wanted), None)
    if offer is None:
        return False
    await begin(turn, offer)
    return True


async def begin_next(turn: Turn) -> bool:
    """Begin the consultation a poster or link named, or else the only one not finished; says whether there was one."""
    offers = await _offers(turn)
    named, turn.conversation.payload = turn.conversation.payload, None
    waiting = [offer for offer in offers if offer.state != participation.FINISHED]
    chosen = [offer for offer in offers if offer.code == named] or (waiting if len(waiting) == 1 else [])
    if chosen:
        await begin(turn, chosen[0])
    return bool(chosen)


async def _offers(turn: Turn) -> list[OnOffer]:
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)
