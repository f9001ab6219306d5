"""Answering for other people, one after another, after giving an agent's code. Each person has their own ballot."""

from __future__ import annotations

from dataclasses import replace

from api.agents import code_holder
from api.agents import service as agents
from api.agents.code_holder import HeldElsewhere
from api.channel import Choice
from api.consultations import service as consultations
from api.consultations.service import OnOffer
from api.dialogue import agent_session
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import argument_number
from api.errors import Forbidden

_WORDS = {"done": "end", "skip": "next"}  # words that also mean these choices


async def begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Check the agent's code and begin a session. If several consultations are open, first ask which one it is for."""
    code = argument_number(utterance.argument, turn.context.lexicon)
    if code is None:
        turn.say("assist.usage")
        return await leave(turn)
    try:
        agent = await agents.recognise(
            turn.session, str(code), address=turn.address.blind_index, keyring=turn.context.keyring, now=turn.now
        )
    except HeldElsewhere:
        turn.say("assist.held")
        return await leave(turn)
    except Forbidden:
        agent = None
    offers = await _offers(turn)
    if agent is None or not offers:
        if agent is None:
            turn.say("assist.wrong")
        else:
            turn.say("error.closed")
        return await leave(turn)
    agent_session.begin(turn, agent, code=offers[0].code)
    agent_session.finish_person(turn)
    if len(offers) == 1:
        return await _person(turn)
    turn.say("assist.on")
    _list(turn, offers)
    return Outcome.SETTLED


def _list(turn: Turn, offers: list[OnOffer]) -> None:
    choices = tuple(_choice(turn, offer) for offer in offers)
    end = Choice("assist:end", turn.voice("assist.end"), action=True)
    turn.ask("assist", turn.voice("home.choose"), (*choices, end))


async def ask(turn: Turn) -> None:
    """Ask whether to help another person or to end. If the consultation must be chosen first, ask which one."""
    voice, session = turn.voice, turn.conversation.assisting
    listed = any(choice.key.startswith("assist:on:") for choice in turn.conversation.offered)
    offers = await _offers(turn) if listed or (session is not None and session.person is not None) else []
    if len(offers) > 1:
        _list(turn, offers)
        return
    choices = (Choice("assist:next", voice("assist.next")), Choice("assist:end", voice("assist.end")))
    turn.ask("assist", voice("assist.ask"), choices)


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle the choice of another person, a consultation or the end. If the session is over, say so."""
    session, (act, _, code) = turn.conversation.assisting, (utterance.choice_of("assist") or "").partition(":")
    if session is None:
        turn.say("assist.over")
        return await leave(turn)
    if utterance.intent in ("back", "change"):
        if session.person is None and any(choice.key == "assist:next" for choice in turn.conversation.offered):
            turn.say("assist.final")
        return Outcome.AGAIN
    act = act or _WORDS.get(utterance.intent or "", "")
    if act == "end":
        return await _end(turn)
    if act == "on" and turn.conversation.consultation_id is None:
        turn.conversation.assisting = replace(session, code=code)
    is_on_offer = utterance.tapped or any(choice.key == f"assist:{act}" for choice in turn.conversation.offered)
    if (
        act not in ("on", "next")
        or (act == "next" and not is_on_offer)
        or turn.conversation.consultation_id is not None
    ):
        return Outcome.MISSED
    return await _person(turn)


async def _person(turn: Turn) -> Outcome:
    """Start the vote of another person whom the resident helps, if this is still possible."""
    session = turn.conversation.assisting
    code = session.code if session is not None else ""
    offer = next((offer for offer in await _offers(turn) if offer.code == code), None)
    if offer is None:
        turn.say("error.closed")
        return await _end(turn)
    if await agent_session.begin_vote(turn, offer):
        return Outcome.MOVED
    if turn.conversation.assisting is None:
        return await leave(turn)
    turn.conversation.step = "assist"
    return Outcome.AGAIN


async def _end(turn: Turn) -> Outcome:
    turn.say("assist.over")
    await agent_session.end(turn)
    return await leave(turn)


async def _after_the_end(turn: Turn, text: str) -> Outcome | None:
    """If an agent asks to end a session that is already over, say so."""
    if turn.conversation.assisting is not None or not agent_session.is_word_for_end(turn, text):
        return None
    phone = code_holder.phone(turn.context.keyring, turn.address.blind_index)
    if not await code_holder.holds(turn.session, phone):
        return None
    turn.say("assist.over")
    return await leave(turn)


async def _offers(turn: Turn) -> list[OnOffer]:
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)


def _choice(turn: Turn, offer: OnOffer) -> Choice:
    return Choice(f"assist:on:{offer.code}", turn.voice.pick(offer.title))


ASSIST = Feature(
    name="assist",
    begin=begin,
    hear=hear,
    ask=ask,
    words=("agent",),
    commands=("agent",),
    owns=("assist",),
    for_sender=False,
    says={"next": "yes", "end": "no"},
    steps={"assist": Reads.ONE},
    hear_name=_after_the_end,
)
