"""What somebody hears who still speaks of a vote that is over: that it is, and how to check their receipt."""

from __future__ import annotations

from api.consultations import participation
from api.dialogue.turn import Turn
from api.normalise import normalise


async def tell(turn: Turn) -> bool:
    """Say so if the vote they took part in last is over; says whether it is."""
    over = await participation.last_is_over(turn.session, resident_id=turn.resident.id, now=turn.now)
    if over:
        turn.say("closed.check")
    return over


def is_number(turn: Turn, text: str) -> bool:
    """Whether these words are a number alone, as an answer to a list is."""
    said = normalise(text)
    return said.replace(" ", "").isdecimal() or said in turn.tools.lexicon.numbers
