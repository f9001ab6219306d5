"""Asks participants whether the minutes of a meeting are right, and what to correct."""

from __future__ import annotations

from api.dialogue.features.feature import leave
from api.dialogue.features.letters import flow
from api.dialogue.turn import Outcome, Turn
from api.meetings import minutes_review
from api.meetings.models import Meeting


async def right(turn: Turn, number: int) -> Outcome:
    """Record that the resident finds the minutes of this meeting right."""
    return await _judge(turn, number, right=True)


async def wrong(turn: Turn, number: int) -> Outcome:
    """Record that the resident finds the minutes of this meeting wrong, and ask what is wrong."""
    return await _judge(turn, number, right=False)


async def _judge(turn: Turn, number: int, *, right: bool) -> Outcome:
    is_counted = await minutes_review.judge(turn.session, number, resident_id=turn.resident.id, right=right)
    turn.say("minutes.thanks")
    if not is_counted or right:
        return await leave(turn)
    return await _ask_what_is_wrong(turn, number)


async def _ask_what_is_wrong(turn: Turn, number: int) -> Outcome:
    """Ask what to correct in the minutes; the answer goes to the staff as a letter."""
    meeting = await turn.session.get_one(Meeting, number)
    turn.conversation.put_away()
    flow.ask_about(turn, turn.voice("minutes.mend"), about=meeting.code)
    return Outcome.SETTLED
