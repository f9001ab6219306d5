"""Finds what a message means in its conversation: a shared number, a tap, or words that answer what we asked last."""

from __future__ import annotations

from dataclasses import replace

from api.dialogue import agent_session
from api.dialogue.expectations import expected
from api.dialogue.responses import confirmations
from api.dialogue.steps import opening
from api.dialogue.turn import Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.read import read
from api.residents import service as residents


def understand(turn: Turn) -> Utterance:
    """Return what this message means.

    If we had just asked "Did you mean…?", only this message can confirm the choice named there. After it, the choice is
    forgotten.
    """
    incoming = turn.incoming
    guess, turn.conversation.guess = turn.conversation.guess, None  # "Did you mean…?" waits for one message only
    if incoming.contact is not None:
        return Utterance(text="", keys=("link:contact",), tapped=True)
    if incoming.choice is not None:
        key = agent_session.unmark(turn, incoming.choice)
        return Utterance(text="", keys=() if key is None else (key,), tapped=True)
    expectation = expected(turn)
    # Check this first: otherwise the words could count as the helped person's answer.
    if agent_session.asks_to_end(turn, incoming.text, expectation):
        return Utterance(text=incoming.text, keys=(agent_session.END,))
    reading = read(incoming.text, expectation, turn.context.lexicon)
    if not reading.understood and agent_session.may_ask_to_end(turn, incoming.text):
        reading = replace(reading, guess=agent_session.END)
    utterance = Utterance(
        text=incoming.text,
        keys=reading.keys,
        value=reading.value,
        intent=reading.intent,
        argument=reading.argument,
        sureness=reading.sureness,
        language=reading.language,
        guess=reading.guess,
        leaving=reading.leaving,
        twice=reading.twice,
        plain=reading.plain,
        instead=reading.instead,
    )
    turn.wrote_in = reading.language
    if incoming.asks is not None:  # the word replaces a text that must not be stored
        return Utterance(text=incoming.asks.upper(), intent=incoming.asks, language=reading.language)
    return confirmations.confirm(turn, utterance, guess)


async def drop_if_code(turn: Turn, utterance: Utterance) -> Utterance:
    """If we expect a free text and get only the code of an open consultation, do not treat the code as the free text.

    The returned utterance has no value then, and the code opens its consultation. Residents who mean the word itself
    can write it in a sentence.
    """
    if utterance.value is None or turn.resident.state != residents.ACTIVE:
        return utterance
    if expected(turn).reads is not Reads.TEXT or not await opening.is_code(turn, utterance.text):
        return utterance
    return replace(utterance, value=None, instead=True, leaving=False)
