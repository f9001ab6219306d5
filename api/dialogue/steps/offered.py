"""The consultations open to a resident: which are waiting for an answer, which were answered."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import service as consultations
from api.consultations.models import ParticipationState
from api.consultations.service import OnOffer
from api.dialogue.turn import Turn


async def on_offer(turn: Turn) -> list[OnOffer]:
    """All consultations open to this resident, with what they did in each."""
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)


def with_code(offers: Sequence[OnOffer], code: str) -> OnOffer | None:
    """The consultation with this code, or None."""
    return next((offer for offer in offers if offer.code == code), None)


def waiting(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """The consultations still waiting for this resident's answer, without those they cannot answer."""
    return [offer for offer in offers if offer.state != ParticipationState.FINISHED and not is_spent(offer)]


def wanted(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """The consultations meant by somebody who asks for a vote: those waiting for their answer.

    If they answered none and none is waiting, also those they cannot answer, so that they learn why.
    """
    return waiting(offers) or ([] if finished(offers) else list(offers))


def is_spent(offer: OnOffer) -> bool:
    """Whether they cannot answer: one of their addresses voted before it was theirs, and they have not begun."""
    return offer.spent and offer.state in (None, ParticipationState.ASKED)


def finished(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """The consultations this resident answered to the end."""
    return [offer for offer in offers if offer.state == ParticipationState.FINISHED]
