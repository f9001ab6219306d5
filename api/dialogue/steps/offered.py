"""The consultations that are open to a resident, and which of them wait for an answer or were answered."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.service import OnOffer
from api.dialogue.turn import Turn


async def on_offer(turn: Turn) -> list[OnOffer]:
    """All that are open to them, with what they did in each."""
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)


def named(offers: Sequence[OnOffer], code: str) -> OnOffer | None:
    """The one with this code; None if none has it."""
    return next((offer for offer in offers if offer.code == code), None)


def waiting(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Those that still wait for their answer, begun or not."""
    return [offer for offer in offers if offer.state != participation.FINISHED]


def finished(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Those they answered to the end."""
    return [offer for offer in offers if offer.state == participation.FINISHED]
