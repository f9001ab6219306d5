"""VOTE: the general word for taking part.

If a consultation is waiting for an answer, it begins. If several are waiting, they are listed. If none is waiting,
residents can change a vote that they have answered.
"""

from __future__ import annotations

from api.dialogue.features.feature import Feature
from api.dialogue.steps import home, opening
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.voting import vote_session


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Begin the consultation whose code the resident wrote or, without a code, one that waits for an answer."""
    # if we just said that another vote is waiting, VOTE does not mean the vote finished last
    ended = await vote_session.ended(turn) if home.says_another_waits(turn) else None
    turn.conversation.put_away()
    if not utterance.tapped and await opening.open_named(turn, utterance.text, but=ended):
        return Outcome.MOVED
    return await home.start_vote(turn, but=ended)


async def _hear(_turn: Turn, _utterance: Utterance) -> Outcome:
    return Outcome.MISSED


async def _ask(turn: Turn) -> None:
    await home.ask(turn)


FEATURE = Feature(
    name="votes",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("menu.votes"),
    words=("vote",),
    for_sender=False,
)
