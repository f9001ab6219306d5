"""Begins a consultation (by name, invitation, poster or link), or opens an answered one again."""

from __future__ import annotations

from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.models import Consultation, ParticipationState
from api.consultations.service import OnOffer
from api.dialogue import agent_session
from api.dialogue.steps import invited, offered
from api.dialogue.turn import Outcome, Turn
from api.dialogue.understand.posters import VOTE, poster_keyword, says_vote
from api.dialogue.voting import ballot_box, partial_answers, vote_session
from api.text.normalise import normalise


async def open_offer(turn: Turn, offer: OnOffer) -> Outcome:
    """Begin this consultation. If the resident has answered it already, go through the answers again."""
    if offer.state == ParticipationState.FINISHED and turn.conversation.assisting is None:
        turn.say("change.intro")
        await reopen(turn, offer.code)
    else:
        await begin(turn, offer)
    return Outcome.MOVED


async def reopen(turn: Turn, code: str, *, last: bool = False) -> None:
    """Go through an answered vote again, from its first question; with `last`, only through its last question."""
    consultation = await consultations.get(turn.session, code)
    await partial_answers.put_off(turn, consultation)
    questions = await turn.context.contents.get(
        turn.session, consultation_id=consultation.id, revision=consultation.revision
    )
    turn.consultation, turn.questions = consultation, questions
    turn.conversation.consultation_id, turn.conversation.step = consultation.id, "question"
    turn.conversation.position = len(questions) - 1 if last else 0
    await partial_answers.give_up_all(turn, consultation)
    vote_session.begin(turn, again=bool(await ballot_box.answers(turn, consultation)))


async def resume(turn: Turn, offer: OnOffer) -> bool:
    """If this vote is in progress, continue it with the choices made so far. Return whether it was continued.

    A vote also counts as in progress if we have just asked for one more choice.
    """
    conversation = turn.conversation
    if conversation.consultation_id == offer.id and turn.questions:
        conversation.step = "question"
        return True
    ended = await vote_session.ended(turn) if conversation.assisting is None and vote_session.wants_more(turn) else None
    if ended is None or ended.id != offer.id:
        return False
    await add_to(turn, ended)
    return True


async def add_to(turn: Turn, ended: Consultation) -> None:
    """Ask the last question of the vote `ended` again, and add further choices to those made before."""
    await reopen(turn, ended.code, last=True)
    vote_session.gather(turn, turn.questions[-1])


async def begin(turn: Turn, offer: OnOffer) -> None:
    """Begin a consultation at its first question. If it has several questions, say how many.

    If it is in progress, continue it instead. If an agent answers for others, begin it for the person being helped.
    """
    if await resume(turn, offer):
        return
    if turn.conversation.assisting is not None:
        await agent_session.begin_vote(turn, offer)
        return
    consultation = await consultations.get(turn.session, offer.code)
    if offer.spent:
        await ballot_box.require_unspent(turn, consultation)
    await partial_answers.put_off(turn, consultation)
    questions = await turn.context.contents.get(turn.session, consultation_id=offer.id, revision=offer.revision)
    turn.conversation.consultation_id, turn.conversation.position = offer.id, 0
    turn.conversation.step, turn.starts_blank = "question", offer.state in (None, ParticipationState.ASKED)
    turn.consultation, turn.questions = consultation, questions
    vote_session.begin(turn)
    if len(questions) > 1:
        turn.say("consultation.intro", title=turn.voice.pick(offer.title), count=len(questions))
    else:
        turn.lines.append(turn.voice.pick(offer.title))
    await participation.record_progress(
        turn.session, consultation_id=offer.id, resident_id=turn.resident.id, state=ParticipationState.BEGUN
    )


async def is_code(turn: Turn, text: str) -> bool:
    """Return whether a text is only the code of a consultation open to this resident."""
    code = poster_keyword(text, turn.context.lexicon)
    return len(code) > 1 and any(offer.code == code for offer in await offered.on_offer(turn))


def _is_named(turn: Turn, name: str, offer: OnOffer) -> bool:
    return offer.code == poster_keyword(name, turn.context.lexicon) or normalise(name) in map(
        normalise, offer.title.values()
    )


async def open_named(turn: Turn, name: str, *, but: Consultation | None = None) -> bool:
    """Begin the open consultation with this code (a poster's keyword) or title. Return whether there is one.

    If it is in progress, it continues where it is. If the consultation with the code VOTE is waiting for an answer, any
    word for voting names it too. The consultation `but` is never begun.
    """
    offers = [offer for offer in await offered.on_offer(turn) if but is None or offer.id != but.id]
    for offer in offers:
        if _is_named(turn, name, offer):
            if await resume(turn, offer):
                return True
            if offer.state == ParticipationState.FINISHED and turn.conversation.assisting is None:
                turn.say("change.voted")
                await reopen(turn, offer.code)
            else:
                await begin(turn, offer)
            return True
    plain = offered.with_code(offered.waiting(offers), VOTE) if says_vote(name, turn.context.lexicon) else None
    if plain is not None:
        await begin(turn, plain)
    return plain is not None


async def open_invited(turn: Turn) -> bool:
    """If our last message was an invitation, begin the consultation that it invited to. Return whether one began."""
    number = await invited.last_read(turn)
    offers = await offered.on_offer(turn) if number is not None else []
    offer = next((each for each in offers if each.id == number), None)
    if offer is None:
        return False
    await open_offer(turn, offer)
    return True


async def begin_next(turn: Turn) -> bool:
    """Begin the consultation that a poster or link named before. Return whether one began.

    If none was named, but the resident asked to vote, begin the one with the newest invitation or the only one waiting.
    """
    offers = await offered.on_offer(turn)
    code, turn.conversation.payload = turn.conversation.payload, None
    chosen = offered.with_code(offers, code or "")
    if chosen is None and turn.may_begin_vote:
        waiting = offered.wanted(offers)
        chosen = await invited.newest(turn, waiting) if len(waiting) > 1 else next(iter(waiting), None)
    if chosen is not None:
        await begin(turn, chosen)
    return chosen is not None
