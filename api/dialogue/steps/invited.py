"""Finds the consultation that a resident was invited to.

The reply word of an invitation opens its consultation, even if several are open.
"""

from __future__ import annotations

from collections.abc import Sequence

from api.campaigns.audience import invitations
from api.consultations.models import ParticipationState
from api.consultations.service import OnOffer
from api.dialogue.turn import Turn, Utterance
from api.text.normalise import normalise

_FIRST = "1"


async def accepted(turn: Turn, utterance: Utterance, offers: Sequence[OnOffer]) -> OnOffer | None:
    """Return the consultation whose invitation the resident accepts, with 1, yes or the reply word.

    Return None if the invitation was not the last message sent to them.
    """
    if utterance.tapped or not says_yes(turn, utterance.text):
        return None
    return _open(offers, await last_read(turn))


async def last_read(turn: Turn) -> int | None:
    """Return the id of the consultation that the resident was invited to since their previous message.

    Return None if no invitation came since then.
    """
    return await invitations.read_last(
        turn.session, turn.resident.id, address_id=turn.address.id, since=turn.heard_before
    )


async def newest(turn: Turn, waiting: Sequence[OnOffer]) -> OnOffer | None:
    """Return the consultation among `waiting` with the newest invitation; None if the resident was invited to none."""
    ids = [offer.id for offer in waiting]
    return _open(waiting, await invitations.newest(turn.session, turn.resident.id, of=ids))


def says_yes(turn: Turn, text: str) -> bool:
    """Return whether these words accept an invitation: 1, yes or a word for "start"."""
    words = normalise(text)
    meaning = turn.context.lexicon.meaning(words)
    is_yes = meaning is not None and meaning.intent in ("yes", "start")
    return is_yes or words == _FIRST or turn.context.lexicon.numbers.get(words) == 1


def _open(offers: Sequence[OnOffer], consultation_id: int | None) -> OnOffer | None:
    unfinished = (each for each in offers if each.state != ParticipationState.FINISHED)
    return next((each for each in unfinished if each.id == consultation_id), None)
