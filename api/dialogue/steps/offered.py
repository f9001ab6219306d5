"""The consultations open to a resident: which are waiting for an answer, and which have been answered."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import service as consultations
from api.consultations.models import ParticipationState
from api.consultations.service import OnOffer
from api.dialogue.turn import Turn


async def on_offer(turn: Turn) -> list[OnOffer]:
    """Return all consultations open to this resident, each with how far the resident has got in it."""
    return await consultations.on_offer(turn.session, resident_id=turn.resident.id, now=turn.now)


def with_code(offers: Sequence[OnOffer], code: str) -> OnOffer | None:
    """Return the consultation that has this code; None if no consultation in `offers` has it."""
    return next((offer for offer in offers if offer.code == code), None)


def waiting(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Return the consultations waiting for this resident's answer, except those that the resident cannot answer."""
    return [offer for offer in offers if offer.state != ParticipationState.FINISHED and not is_spent(offer)]


def wanted(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Return the consultations that a resident who asks to vote may mean: those waiting for an answer.

    If none is waiting or answered, return those that the resident may not answer, so that they learn why.
    """
    return waiting(offers) or ([] if finished(offers) else list(offers))


def is_spent(offer: OnOffer) -> bool:
    """Return whether a former owner of the resident's address voted here, so that the resident cannot.

    If the resident has already begun this consultation, they can answer it all the same.
    """
    return offer.spent and offer.state in (None, ParticipationState.ASKED)


def finished(offers: Sequence[OnOffer]) -> list[OnOffer]:
    """Return the consultations that this resident has answered to the end."""
    return [offer for offer in offers if offer.state == ParticipationState.FINISHED]
