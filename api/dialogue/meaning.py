"""What a message says in this conversation: a shared number, a tap, or words read against what was last offered."""

from __future__ import annotations

from dataclasses import replace

from api.dialogue import asides, assisting
from api.dialogue.offers import expected
from api.dialogue.turn import Said, Turn
from api.dialogue.understand.read import read


def understand(turn: Turn) -> Said:
    """What the incoming message of this turn says; the choice that was asked back before it is used up."""
    incoming = turn.incoming
    guess, turn.conversation.guess = turn.conversation.guess, None  # it is asked back only once
    if incoming.contact is not None:
        return Said(text="", keys=("link:contact",), tapped=True)
    if incoming.choice is not None:
        key = assisting.unmarked(turn, incoming.choice)
        return Said(text="", keys=() if key is None else (key,), tapped=True)
    asked = expected(turn)
    if assisting.ends(turn, incoming.text, asked):  # before it can be the answer of the person helped
        return Said(text=incoming.text, keys=(assisting.END,))
    found = read(incoming.text, asked, turn.tools.lexicon)
    if not found.understood and assisting.may_end(turn, incoming.text):
        found = replace(found, guess=assisting.END)
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
        plain=found.plain,
        instead=found.instead,
    )
    turn.wrote = found.language
    if incoming.asks is not None:  # the word stands for the text, of which nothing may be kept
        return Said(text=incoming.asks.upper(), intent=incoming.asks, language=found.language)
    return asides.confirmed(turn, said, guess)
