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


def with_code(offers: Sequence[OnOffer], code: str) -> OnOffer | None:
    """The one with this code; None if none has it."""
    return next((offer for offer in offers if offer.code == code), None)


def waiting(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Those that still wait for their answer, begun or not; none that they cannot answer."""
    return [offer for offer in offers if offer.state != participation.FINISHED and not is_spent(offer)]


def wanted(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """What they mean who ask for a vote: those that wait; where there is nothing else, those they cannot answer.

    So that they hear why.
    """
    return waiting(offers) or ([] if finished(offers) else list(offers))


def is_spent(offer: OnOffer) -> bool:
    """Whether a vote was cast in it from an address of theirs before it was theirs, and they began none themselves."""
    return offer.spent and offer.state in (None, participation.ASKED)


def finished(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Those they answered to the end."""
    return [offer for offer in offers if offer.state == participation.FINISHED]
