"""Tells residents who still refer to a closed vote that it is over, and how to check their receipt."""

from __future__ import annotations

from api.consultations import participation
from api.dialogue.turn import Turn
from api.text.normalise import normalise


async def say_if_over(turn: Turn) -> bool:
    """Return whether the last vote that the resident took part in is over. If it is, say so."""
    over = await participation.last_one_closed(turn.session, resident_id=turn.resident.id, now=turn.now)
    if over:
        turn.say("closed.check")
    return over


def is_answer(turn: Turn, text: str) -> bool:
    """Return whether the text is only an answer to a question: a number, yes or no."""
    words, meaning = normalise(text), turn.context.lexicon.meaning(normalise(text))
    is_yes_or_no = meaning is not None and meaning.intent in ("yes", "no")
    return is_yes_or_no or words.replace(" ", "").isdecimal() or words in turn.context.lexicon.numbers
