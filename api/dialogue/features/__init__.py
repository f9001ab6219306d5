"""What residents can do besides answering questions: one module per feature.

The menu lists the features in the order of this file.
"""

from __future__ import annotations

from api.dialogue.features.assist import ASSIST
from api.dialogue.features.commitments import FEATURE as COMMITMENTS
from api.dialogue.features.consultations import FEATURE as CONSULTATIONS
from api.dialogue.features.feature import Feature
from api.dialogue.features.follows import FEATURE as FOLLOWS
from api.dialogue.features.handover import HANDOVER
from api.dialogue.features.ideas.flow import FEATURE as IDEAS
from api.dialogue.features.letters.flow import DESK
from api.dialogue.features.link import LINK
from api.dialogue.features.meetings.flow import MEETINGS
from api.dialogue.features.menu import menu
from api.dialogue.features.my_data import MINE
from api.dialogue.features.options.detail import DETAIL
from api.dialogue.features.proposals import FEATURE as PROPOSALS
from api.dialogue.features.receipt import RECEIPT
from api.dialogue.features.stopping import STOPPING
from api.dialogue.turn import Outcome, Turn, Utterance

_LISTED: tuple[Feature, ...] = (
    IDEAS, PROPOSALS, COMMITMENTS, MEETINGS, DESK, FOLLOWS, DETAIL, RECEIPT, LINK, MINE, ASSIST, CONSULTATIONS,
    STOPPING, HANDOVER,
)  # fmt: skip
FEATURES: tuple[Feature, ...] = (*_LISTED, menu(_LISTED))

BY_WORD = {word: each for each in FEATURES for word in (*each.words, *each.commands)}
BY_OWNER = {owner: each for each in FEATURES for owner in each.owns}
BY_STEP = {step: each for each in FEATURES for step in each.steps}
READS = {step: reads for each in FEATURES for step, reads in each.steps.items()}
COMMANDS = frozenset(command for each in FEATURES for command in each.commands)
OPENS = frozenset(command for each in FEATURES for command in each.opens)


async def hear_name(turn: Turn, utterance: Utterance) -> Outcome | None:
    """Return the outcome of the first feature that recognises this text, for example as a code; None if none does."""
    if utterance.tapped:
        return None
    for feature in FEATURES:
        outcome = await feature.hear_name(turn, utterance.text) if feature.hear_name is not None else None
        if outcome is not None:
            turn.for_sender = feature.for_sender
            return outcome
    return None
