"""What a wish to stop does: it is recorded, what waits is cancelled, and the person is told how to come back."""

from __future__ import annotations

from api.dialogue import assisting
from api.dialogue.turn import Turn
from api.outbox import service as outbox
from api.residents import service as residents

_LONGEST = 40  # characters of their words that are recorded


async def stop(turn: Turn, wording: str) -> None:
    """Send this person nothing more until START. `wording` is how they said it."""
    residents.stop(turn.session, turn.resident, channel=turn.incoming.channel, wording=wording[:_LONGEST], now=turn.now)
    await outbox.cancel_unasked(turn.session, turn.resident.id, now=turn.now)
    await assisting.end(turn)
    turn.conversation.offered = []
    if len(await residents.channels(turn.session, turn.resident.id)) > 1:
        turn.say("stopped.everywhere")
    else:
        turn.say("stopped")
