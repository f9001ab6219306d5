"""What an invitation invites to: its reply word opens that consultation, however many are open."""

from __future__ import annotations

from collections.abc import Sequence

from api.campaigns.audience import invitations
from api.consultations.models import ParticipationState
from api.consultations.service import OnOffer
from api.dialogue.turn import Turn, Utterance
from api.text.normalise import normalise

_FIRST = "1"


async def accepted(turn: Turn, utterance: Utterance, offers: Sequence[OnOffer]) -> OnOffer | None:
    """The consultation of the invitation they accept with 1, yes or its word, if that is what they read last."""
    if utterance.tapped or not says_yes(turn, utterance.text):
        return None
    return _open(offers, await last_read(turn))


async def last_read(turn: Turn) -> int | None:
    """The consultation of the invitation that came since their last message."""
    return await invitations.read_last(
        turn.session, turn.resident.id, address_id=turn.address.id, since=turn.heard_before
    )


async def newest(turn: Turn, waiting: Sequence[OnOffer]) -> OnOffer | None:
    """The waiting consultation they were last invited to."""
    ids = [offer.id for offer in waiting]
    return _open(waiting, await invitations.newest(turn.session, turn.resident.id, of=ids))


def says_yes(turn: Turn, text: str) -> bool:
    """Whether these words accept an invitation."""
    words = normalise(text)
    meaning = turn.context.lexicon.meaning(words)
    is_yes = meaning is not None and meaning.intent in ("yes", "start")
    return is_yes or words == _FIRST or turn.context.lexicon.numbers.get(words) == 1


def _open(offers: Sequence[OnOffer], consultation_id: int | None) -> OnOffer | None:
    unfinished = (each for each in offers if each.state != ParticipationState.FINISHED)
    return next((each for each in unfinished if each.id == consultation_id), None)
