"""The step between consultations: what is open is offered, what was answered can be changed.

Nothing begins by chance here: a consultation begins by its name, by its number in the list that was shown last, or by a
plain word for it. A bare number, a stray word or a caption begins none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from api.channel import Choice
from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.service import OnOffer
from api.dialogue import assisting, sittings
from api.dialogue.steps import invited
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.posters import poster
from api.normalise import normalise

_WAITED = timedelta(minutes=5)


def rest(turn: Turn, *, answered: bool = False) -> None:
    """Nothing is asked any more; after a vote that was `answered`, a word changes it."""
    change = Choice("home:change", turn.voice("word.change"), action=True)
    vote_now = Choice("go:votes", turn.voice("word.vote"), action=True)
    turn.ask("home", "", (*([change] if answered else ()), *([vote_now] if turn.waits else ()), menu(turn)))


def menu(turn: Turn) -> Choice:
    """The way to everything else one can do."""
    return Choice("go:menu", turn.voice("word.menu"), action=True)


async def ask(turn: Turn) -> None:
    """Say where things stand: several consultations to choose from, all answered, or none open.

    A list of votes to change stays one. Just after a vote no list is shown: a number on its way would begin one of it.
    """
    offers = await _offers(turn)
    waiting = _waiting(offers)
    if any(str(key).startswith("home:change:") for key, _, _ in turn.conversation.offered):
        _which(turn, _finished(offers), change=True)
    elif waiting and sittings.just_ended(turn):
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
    offers = await _offers(turn)
    invitation = await invited.answered(turn, said, offers)
    if invitation is not None:
        return await _open(turn, invitation)
    chosen = _named(offers, said.of("open") or (said.of("home") or "").removeprefix("change:"))
    if chosen is not None:
        return await _open(turn, chosen)
    if said.key == "home:change" or said.intent == "change":
        return await change(turn, offers) or Heard.MISSED
    if said.intent == "back":
        return await _back(turn)
    if said.intent == "thanks":
        turn.say("polite")
        return Heard.SETTLED
    if said.intent == "greeting" or _agrees(turn, said):
        return await wish(turn, offers)
    return Heard.MISSED


def _agrees(turn: Turn, said: Said) -> bool:
    """Whether they say yes while nothing is asked: to whatever waits; just after a vote it may be a late answer."""
    meaning = turn.tools.lexicon.meaning(normalise(said.text))
    return meaning is not None and meaning.intent == "yes" and not sittings.just_ended(turn)


async def wish(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Heard:
    """They want to take part: the only consultation that waits begins, of several they choose.

    Just after a vote a word of greeting begins no other one; the same goes on.
    """
    waiting = _waiting(await _offers(turn) if offers is None else offers)
    ended = await sittings.ended(turn) if sittings.just_ended(turn) else None
    if len(waiting) == 1 and (ended is None or ended.id == waiting[0].id):
        await begin(turn, waiting[0])
        return Heard.MOVED
    await ask(turn)
    return Heard.SETTLED


async def vote(turn: Turn) -> Heard:
    """The plain word for it: what waits begins, or is listed; where nothing waits, what was answered is changed."""
    offers = await _offers(turn)
    waiting = _waiting(offers)
    if len(waiting) == 1:
        await begin(turn, waiting[0])
        return Heard.MOVED
    if waiting:
        _which(turn, waiting)
        return Heard.SETTLED
    heard = await change(turn, offers)
    if heard is None:
        await ask(turn)
    return heard or Heard.SETTLED


async def _back(turn: Turn) -> Heard:
    """Back to the last question of the vote that just ended, to answer it anew; or to the list."""
    ended = await sittings.ended(turn)
    if ended is None:
        await ask(turn)
        return Heard.SETTLED
    await reopen(turn, ended.code, last=True)
    return Heard.MOVED


async def change(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Heard | None:
    """Lead to the vote that is to be changed, and ask which where several were answered; None where none was.

    An agent changes nothing of their own while they answer for others.
    """
    if turn.conversation.assisting is not None:
        return None
    finished = _finished(await _offers(turn) if offers is None else offers)
    if len(finished) > 1:  # nobody is to change, unasked, another vote than the one they mean
        turn.conversation.consultation_id = None
        _which(turn, finished, change=True)
        return Heard.SETTLED
    return await _open(turn, finished[0]) if finished else None


async def _open(turn: Turn, offer: OnOffer) -> Heard:
    if offer.state == participation.FINISHED and turn.conversation.assisting is None:
        turn.say("change.intro")
        await reopen(turn, offer.code)
    else:
        await begin(turn, offer)
    return Heard.MOVED


async def reopen(turn: Turn, code: str, *, last: bool = False) -> None:
    """Go through a vote once more that was answered, from its first question, or only the `last`."""
    found = await consultations.get(turn.session, code)
    questions = await turn.tools.contents.get(turn.session, consultation_id=found.id, revision=found.revision)
    turn.consultation, turn.questions = found, questions
    turn.conversation.consultation_id, turn.conversation.step = found.id, "question"
    turn.conversation.position = len(questions) - 1 if last else 0
    sittings.begin(turn, again=True)


async def begin(turn: Turn, offer: OnOffer) -> None:
    """Begin a consultation at its first question, saying how long it is where it has more.

    While somebody answers for others, it is for the person they help, however it was named.
    """
    if turn.conversation.assisting is not None:
        await assisting.take(turn, offer)
        return
    questions = await turn.tools.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
    turn.conversation.consultation_id, turn.conversation.position = offer.id, 0
    turn.conversation.step, turn.blank = "question", offer.state in (None, participation.ASKED)
    turn.consultation, turn.questions = await consultations.get(turn.session, offer.code), questions
    sittings.begin(turn)
    if len(questions) > 1:
        turn.say("consultation.intro", title=turn.voice.pick(offer.title), count=len(questions))
    else:
        turn.lines.append(turn.voice.pick(offer.title))
    await participation.progress(
        turn.session, consultation_id=offer.id, resident_id=turn.resident.id, state=participation.BEGUN
    )


async def open_named(turn: Turn, name: str) -> bool:
    """Begin the open consultation of this code (a poster's keyword) or title; says whether there is one."""
    wanted, title = poster(name, turn.tools.lexicon), normalise(name)
    for offer in await _offers(turn):
        if offer.code == wanted or title in map(normalise, offer.title.values()):
            if offer.state == participation.FINISHED and turn.conversation.assisting is None:
                turn.say("change.voted")
                await reopen(turn, offer.code)
            else:
                await begin(turn, offer)
            return True
    return False


async def open_invited(turn: Turn) -> bool:
    """Begin what the message they read last invites to; says whether it is an invitation."""
    number = await invited.read_last(turn)
    offer = next((each for each in await _offers(turn) if each.id == number), None) if number is not None else None
    if offer is None:
        return False
    await _open(turn, offer)
    return True


async def take_up(turn: Turn, said: Said) -> Heard | None:
    """Begin what they were invited to while a question waited, where a yes or a 1 answers that; None where it does not.

    Only what came some minutes after their last words: it stands below the question then.
    """
    at = turn.conversation
    waited = turn.heard_before is not None and turn.now - turn.heard_before > _WAITED
    if said.tapped or at.step != "question" or at.assisting is not None or not waited:
        return None
    offer = await invited.answered(turn, said, await _offers(turn)) if invited.says_yes(turn, said.text) else None
    return await _open(turn, offer) if offer is not None and offer.id != at.consultation_id else None


async def begin_next(turn: Turn) -> bool:
    """Begin the consultation a poster or link named, or else, where they ask for it, the one they were invited to or
    the only one that waits; says whether there was one.
    """
    offers = await _offers(turn)
    named, turn.conversation.payload = turn.conversation.payload, None
    chosen = _named(offers, named or "")
    if chosen is None and turn.begins:
        waiting = _waiting(offers)
        chosen = await invited.newest(turn, waiting) if len(waiting) > 1 else next(iter(waiting), None)
    if chosen is not None:
        await begin(turn, chosen)
    return chosen is not None


def _named(offers: Sequence[OnOffer], code: str) -> OnOffer | None:
    return next((offer for offer in offers if offer.code == code), None)


def _waiting(offers: Sequence[OnOffer]) -> list[OnOffer]:
    return [offer for offer in offers if offer.state != participation.FINISHED]


def _finished(offers: Sequence[OnOffer]) -> list[OnOffer]:
    return [offer for offer in offers if offer.state == participation.FINISHED]


async def _offers(turn: Turn) -> list[OnOffer]:
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)
