"""The step between consultations: what is open is offered, what was answered can be changed.

Nothing begins by chance here: a consultation begins by its name, by its number in the list that was shown last, or by a
plain word for it. A bare number, a stray word or a caption begins none.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.models import Consultation
from api.consultations.service import OnOffer
from api.dialogue.steps import closed, invited, offered, opening
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.voting import vote_session
from api.text.normalise import normalise

_VOTES = "go:votes"


def rest(turn: Turn, *, answered: bool = False) -> None:
    """Nothing is asked any more; after a vote that was `answered`, a word changes it."""
    change = Choice("home:change", turn.voice("word.change"), action=True)
    vote_now = Choice(_VOTES, turn.voice("word.vote"), action=True)
    turn.ask("home", "", (*([change] if answered else ()), *([vote_now] if turn.waits else ()), menu(turn)))


async def rest_after(turn: Turn) -> None:
    """Nothing is asked any more of the vote that just ended; a word changes it, and one begins another that waits."""
    turn.waits = bool(offered.waiting(await offered.on_offer(turn)))
    rest(turn, answered=True)


def tells_of_waiting(turn: Turn) -> bool:
    """Whether the last thing they were told is that another vote waits, and the word for it."""
    return turn.conversation.step == "home" and any(choice.key == _VOTES for choice in turn.conversation.offered)


def menu(turn: Turn) -> Choice:
    """The way to everything else one can do."""
    return Choice("go:menu", turn.voice("word.menu"), action=True)


async def ask(turn: Turn) -> None:
    """Say where things stand: several consultations to choose from, all answered, or none open.

    A list of votes to change stays one. Just after a vote no list is shown: a number on its way would begin one of it.
    """
    offers = await offered.on_offer(turn)
    waiting = offered.waiting(offers)
    if any(choice.key.startswith("home:change:") for choice in turn.conversation.offered):
        _which(turn, offered.finished(offers), change=True)
    elif waiting and vote_session.just_ended(turn):
        turn.say("done.waiting")
        turn.waits = True
        rest(turn, answered=True)
    elif waiting:
        _which(turn, waiting)
    elif offers:
        turn.say("home.answered")
        rest(turn, answered=True)
    else:
        turn.ask("home", turn.voice("home.none"), (menu(turn),))


def _which(turn: Turn, offers: Sequence[OnOffer], *, change: bool = False) -> None:
    owner = "home:change" if change else "open"
    choices = tuple(Choice(f"{owner}:{offer.code}", turn.voice.pick(offer.title)) for offer in offers)
    asked = turn.voice("change.which") if change else turn.voice("home.choose")
    turn.ask("home", asked, (*choices, menu(turn)))


async def hear(turn: Turn, said: Said) -> Heard:
    """Begin the consultation that was named, change what was answered, or go on with the vote that just ended."""
    offers = await offered.on_offer(turn)
    invitation = await invited.answered(turn, said, offers)
    if invitation is not None:
        return await opening.open_offer(turn, invitation)
    chosen = offered.named(offers, said.of("open") or (said.of("home") or "").removeprefix("change:"))
    if chosen is not None:
        return await opening.open_offer(turn, chosen)
    if said.key == "home:change" or said.intent == "change":
        return await change(turn, offers) or await _over(turn)
    if said.intent == "back":
        return await _back(turn)
    if said.intent == "thanks":
        turn.say("polite")
        return Heard.SETTLED
    if vote_session.wants_more(turn) and (answer := _yes_or_no(turn, said)):
        return await _more(turn, wanted=answer == "yes")
    if _agrees(turn, said) and not offered.waiting(offers) and await _over(turn) is Heard.SETTLED:
        return Heard.SETTLED
    if said.intent == "greeting" or (_agrees(turn, said) and _offered(turn)):
        return await wish(turn, offers)
    if _agrees(turn, said) and offered.waiting(offers):  # a yes to nothing that was shown: show it first
        await ask(turn)
        return Heard.SETTLED
    return await _over(turn) if closed.is_answer(turn, said.text) else Heard.MISSED


async def _over(turn: Turn) -> Heard:
    """What they say belongs to a vote that is over, if the one they took part in last is."""
    if not await closed.tell(turn):
        return Heard.MISSED
    if offered.waiting(await offered.on_offer(turn)):
        await ask(turn)
    else:
        rest(turn)
    return Heard.SETTLED


async def _more(turn: Turn, *, wanted: bool) -> Heard:
    """One more choice was asked for after the end: what is on offer is shown again, or they are done."""
    ended = await vote_session.ended(turn)
    if ended is None or not wanted:
        if ended is not None:
            vote_session.end(turn, ended)
        turn.say("polite")
        await rest_after(turn)
        return Heard.SETTLED
    await opening.add_to(turn, ended)
    return Heard.MOVED


def _agrees(turn: Turn, said: Said) -> bool:
    """Whether they say yes while nothing is asked: to whatever waits; just after a vote it may be a late answer."""
    return _yes_or_no(turn, said) == "yes" and not vote_session.just_ended(turn)


def _offered(turn: Turn) -> bool:
    """Whether the last message offered consultations, by name or by the word for voting."""
    return any(choice.key.startswith(("open:", _VOTES)) for choice in turn.conversation.offered)


def _yes_or_no(turn: Turn, said: Said) -> str:
    """The plain yes or no that these words are; "" if they are neither."""
    meaning = turn.tools.lexicon.meaning(normalise(said.text))
    return meaning.intent if meaning is not None and meaning.intent in ("yes", "no") else ""


async def wish(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Heard:
    """They want to take part: the only consultation that waits begins, of several they choose.

    Just after a vote a word of greeting begins no other one; the same goes on.
    """
    waiting = offered.wanted(await offered.on_offer(turn) if offers is None else offers)
    ended = await vote_session.ended(turn) if vote_session.just_ended(turn) else None
    if len(waiting) == 1 and (ended is None or ended.id == waiting[0].id):
        await opening.begin(turn, waiting[0])
        return Heard.MOVED
    await ask(turn)
    return Heard.SETTLED


async def vote(turn: Turn, *, but: Consultation | None = None) -> Heard:
    """The plain word for it: what waits begins, or is listed; where nothing waits, what was answered is changed.

    `but` is not meant as long as others wait.
    """
    offers, at = await offered.on_offer(turn), turn.conversation
    waiting = offers if at.assisting is not None else offered.wanted(offers)  # whose votes count is another's
    waiting = [offer for offer in waiting if but is None or offer.id != but.id] or waiting
    if len(waiting) == 1:
        await opening.begin(turn, waiting[0])
        return Heard.MOVED
    if waiting:
        _which(turn, waiting)
        return Heard.SETTLED
    finished = offered.finished(offers)
    if len(finished) == 1 and await opening.go_on(turn, finished[0]):
        return Heard.MOVED
    heard = await change(turn, offers)
    if heard is None:
        await ask(turn)
    return heard or Heard.SETTLED


async def _back(turn: Turn) -> Heard:
    """Back to the question that waits, or the last one of the vote that just ended; or to the list."""
    if turn.conversation.consultation_id is not None:
        return Heard.MOVED
    ended = await vote_session.ended(turn)
    if ended is None:
        await ask(turn)
        return Heard.SETTLED
    await opening.reopen(turn, ended.code, last=True)
    return Heard.MOVED


async def change(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Heard | None:
    """Lead to the vote that is to be changed, and ask which where several were answered; None where none was.

    An agent changes nothing of their own while they answer for others.
    """
    if turn.conversation.assisting is not None:
        return None
    finished = offered.finished(await offered.on_offer(turn) if offers is None else offers)
    if len(finished) > 1:  # nobody is to change, unasked, another vote than the one they mean
        turn.conversation.consultation_id = None
        _which(turn, finished, change=True)
        return Heard.SETTLED
    return await opening.open_offer(turn, finished[0]) if finished else None
