"""The step that explains what Sawt is for and asks for consent.

Law 09-08 requires consent before anything else is stored or sent.
"""

from __future__ import annotations

from api.channel import Choice
from api.conversations.models import ASKED
from api.dialogue.turn import Outcome, Turn, Utterance
from api.residents import arrivals
from api.residents import service as residents

_WHOLE = 2  # the full text is shown this many times in one language


async def ask(turn: Turn) -> None:
    """Explain what Sawt is for, and ask for consent. After the second time, only ask."""
    voice, conversation = turn.voice, turn.conversation
    language, read = conversation.notes.get(ASKED, ("", 0))
    read = read + 1 if language == voice.language else 1
    conversation.notes = {**conversation.notes, ASKED: [voice.language, read]}
    choices = (Choice("consent:yes", voice("word.yes")), Choice("consent:no", voice("word.no")))
    turn.ask("consent", voice("consent.ask") if read <= _WHOLE else voice("consent.again"), choices)


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Record a yes or a no, together with the wording of the question that the resident was shown."""
    value = utterance.choice_of("consent")
    if value not in ("yes", "no"):
        return Outcome.MISSED
    if turn.resident.state != residents.JOINING:
        return Outcome.MOVED  # a tap on an old message or a late yes brings nobody back: only START does
    if value == "yes" and not await arrivals.admit(
        turn.session,
        address=turn.incoming.address,
        most=turn.context.range_per_day,
        keyring=turn.context.keyring,
        now=turn.now,
    ):
        turn.say("error.crowd")  # asked again after the next message
        return Outcome.SETTLED
    residents.record_consent(
        turn.session,
        turn.resident,
        granted=value == "yes",
        channel=turn.incoming.channel,
        wording=turn.voice("consent.ask"),
        now=turn.now,
    )
    conversation = turn.conversation
    conversation.notes = {name: note for name, note in conversation.notes.items() if name != ASKED}
    if value == "yes":
        return Outcome.MOVED
    conversation.offered = ()
    turn.say("consent.declined")
    return Outcome.SETTLED
