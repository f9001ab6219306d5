"""The step between consultations: it offers the open consultations and lets residents change answers.

No consultation begins by accident. It begins by its name, by its number in the list shown last, or by a general word
for voting. A number without a list, an unrelated word or a picture's caption begins no consultation.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.consultations.models import Consultation
from api.consultations.service import OnOffer
from api.dialogue.steps import closed, invited, offered, opening
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.voting import vote_session
from api.text.normalise import normalise

_VOTES = "go:votes"


def rest(turn: Turn, *, answered: bool = False) -> None:
    """Ask nothing more, and offer the menu. With `answered`, also offer to change the vote just finished."""
    change = Choice("home:change", turn.voice("word.change"), action=True)
    vote_now = Choice(_VOTES, turn.voice("word.vote"), action=True)
    turn.ask(
        "home", "", (*([change] if answered else ()), *([vote_now] if turn.another_waits else ()), menu_choice(turn))
    )


async def rest_after(turn: Turn) -> None:
    """Ask nothing more after a vote.

    Offer to change this vote and, if another vote is waiting, to begin that one.
    """
    turn.another_waits = bool(offered.waiting(await offered.on_offer(turn)))
    rest(turn, answered=True)


def says_another_waits(turn: Turn) -> bool:
    """Return whether our last message said that another vote is waiting, and offered to begin it."""
    return turn.conversation.step == "home" and any(choice.key == _VOTES for choice in turn.conversation.offered)


def menu_choice(turn: Turn) -> Choice:
    """Return the choice "menu", which lists everything else a resident can do."""
    return Choice("go:menu", turn.voice("word.menu"), action=True)


async def ask(turn: Turn) -> None:
    """Offer the consultations waiting for an answer, or say that all are answered or that none is open.

    If we had listed votes to change, list them again. Just after a vote, only say that another one is waiting. A list
    would be risky then: a number sent earlier could begin one of its votes.
    """
    offers = await offered.on_offer(turn)
    waiting = offered.waiting(offers)
    if any(choice.key.startswith("home:change:") for choice in turn.conversation.offered):
        _list_votes(turn, offered.finished(offers), change=True)
    elif waiting and vote_session.just_ended(turn):
        turn.say("done.waiting")
        turn.another_waits = True
        rest(turn, answered=True)
    elif waiting:
        _list_votes(turn, waiting)
    elif offers:
        turn.say("home.answered")
        rest(turn, answered=True)
    else:
        turn.ask("home", turn.voice("home.none"), (menu_choice(turn),))


def _list_votes(turn: Turn, offers: Sequence[OnOffer], *, change: bool = False) -> None:
    owner = "home:change" if change else "open"
    choices = tuple(Choice(f"{owner}:{offer.code}", turn.voice.pick(offer.title)) for offer in offers)
    text = turn.voice("change.which") if change else turn.voice("home.choose")
    turn.ask("home", text, (*choices, menu_choice(turn)))


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Begin the consultation that was named, change an answer, or continue the vote that has just ended."""
    offers = await offered.on_offer(turn)
    invitation = await invited.accepted(turn, utterance, offers)
    if invitation is not None:
        return await opening.open_offer(turn, invitation)
    chosen = offered.with_code(
        offers, utterance.choice_of("open") or (utterance.choice_of("home") or "").removeprefix("change:")
    )
    if chosen is not None:
        return await opening.open_offer(turn, chosen)
    if utterance.key == "home:change" or utterance.intent == "change":
        return await change(turn, offers) or await _say_if_over(turn)
    if utterance.intent == "back":
        return await _back(turn)
    if utterance.intent == "thanks":
        turn.say("polite")
        return Outcome.SETTLED
    if vote_session.wants_more(turn) and (answer := _yes_or_no(turn, utterance)):
        return await _answer_more(turn, wanted=answer == "yes")
    if _says_yes(turn, utterance) and not offered.waiting(offers) and await _say_if_over(turn) is Outcome.SETTLED:
        return Outcome.SETTLED
    if utterance.intent == "greeting" or (_says_yes(turn, utterance) and _lists_votes(turn)):
        return await take_part(turn, offers)
    if _says_yes(turn, utterance) and offered.waiting(offers):  # a yes, but nothing was shown yet: show it first
        await ask(turn)
        return Outcome.SETTLED
    return await _say_if_over(turn) if closed.is_answer(turn, utterance.text) else Outcome.MISSED


async def _say_if_over(turn: Turn) -> Outcome:
    """If this message seems to answer a vote that is over, say that it is over."""
    if not await closed.say_if_over(turn):
        return Outcome.MISSED
    if offered.waiting(await offered.on_offer(turn)):
        await ask(turn)
    else:
        rest(turn)
    return Outcome.SETTLED


async def _answer_more(turn: Turn, *, wanted: bool) -> Outcome:
    """Handle the answer to "one more choice?" after the end of a vote: show the choices again, or finish."""
    ended = await vote_session.ended(turn)
    if ended is None or not wanted:
        if ended is not None:
            vote_session.end(turn, ended)
        turn.say("polite")
        await rest_after(turn)
        return Outcome.SETTLED
    await opening.add_to(turn, ended)
    return Outcome.MOVED


def _says_yes(turn: Turn, utterance: Utterance) -> bool:
    """Return whether this is a yes that may begin the vote that is waiting."""
    # just after a vote, a yes may be a late answer
    return _yes_or_no(turn, utterance) == "yes" and not vote_session.just_ended(turn)


def _lists_votes(turn: Turn) -> bool:
    """Return whether our last message offered consultations."""
    return any(choice.key.startswith(("open:", _VOTES)) for choice in turn.conversation.offered)


def _yes_or_no(turn: Turn, utterance: Utterance) -> str:
    """Return "yes" or "no" if the whole message means it; otherwise ""."""
    meaning = turn.context.lexicon.meaning(normalise(utterance.text))
    return meaning.intent if meaning is not None and meaning.intent in ("yes", "no") else ""


async def take_part(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Outcome:
    """Begin the only consultation waiting for an answer. If there are several, let the resident choose.

    Just after a vote, a greeting only continues that vote. It never begins another one.
    """
    candidates = offered.wanted(await offered.on_offer(turn) if offers is None else offers)
    ended = await vote_session.ended(turn) if vote_session.just_ended(turn) else None
    if len(candidates) == 1 and (ended is None or ended.id == candidates[0].id):
        await opening.begin(turn, candidates[0])
        return Outcome.MOVED
    await ask(turn)
    return Outcome.SETTLED


async def start_vote(turn: Turn, *, but: Consultation | None = None) -> Outcome:
    """Handle a word such as VOTE, which asks for a vote without naming one.

    If one consultation is waiting for an answer, begin it. If several are waiting, list them. If none is waiting, let
    the resident change an answered vote. If another one is waiting, leave out the consultation `but`.
    """
    offers, conversation = await offered.on_offer(turn), turn.conversation
    is_agent = conversation.assisting is not None  # the agent's own votes do not matter here
    waiting = offers if is_agent else offered.wanted(offers)
    waiting = [offer for offer in waiting if but is None or offer.id != but.id] or waiting
    if len(waiting) == 1:
        await opening.begin(turn, waiting[0])
        return Outcome.MOVED
    if waiting:
        _list_votes(turn, waiting)
        return Outcome.SETTLED
    finished = offered.finished(offers)
    if len(finished) == 1 and await opening.resume(turn, finished[0]):
        return Outcome.MOVED
    outcome = await change(turn, offers)
    if outcome is None:
        await ask(turn)
    return outcome or Outcome.SETTLED


async def _back(turn: Turn) -> Outcome:
    """Go back to the current question, the last question of a vote just ended, or the list of votes."""
    if turn.conversation.consultation_id is not None:
        return Outcome.MOVED
    ended = await vote_session.ended(turn)
    if ended is None:
        await ask(turn)
        return Outcome.SETTLED
    await opening.reopen(turn, ended.code, last=True)
    return Outcome.MOVED


async def change(turn: Turn, offers: Sequence[OnOffer] | None = None) -> Outcome | None:
    """Begin to change an answered vote. If several were answered, ask which one.

    Return None if none was answered. Return None, too, while an agent answers for others: agents cannot change their
    own votes then.
    """
    if turn.conversation.assisting is not None:
        return None
    finished = offered.finished(await offered.on_offer(turn) if offers is None else offers)
    if len(finished) > 1:  # never guess which vote they want to change
        turn.conversation.consultation_id = None
        _list_votes(turn, finished, change=True)
        return Outcome.SETTLED
    return await opening.open_offer(turn, finished[0]) if finished else None
