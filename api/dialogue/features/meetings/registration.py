"""A resident's registration for a meeting: taking a seat, waiting for a seat, giving it back."""

from __future__ import annotations

from api.channel import Choice
from api.dialogue.features.feature import leave
from api.dialogue.features.meetings import upcoming
from api.dialogue.turn import Outcome, Turn
from api.meetings import notifications, seats, service
from api.meetings.calendar import attachments
from api.meetings.models import Meeting, Registration


async def register(turn: Turn, number: int) -> Outcome:
    """Register the resident for this meeting: give them a seat or, if it is full, a place in the queue."""
    meeting = await seats.lock(turn.session, number)
    if meeting is None or not seats.accepts(meeting, turn.now):
        return await say_over(turn)
    seat = await seats.register(turn.session, meeting, resident_id=turn.resident.id, now=turn.now)
    await say_state(turn, seat)
    if seat.state == service.SEAT:
        turn.attachments += attachments(meeting, turn.voice, now=turn.now)
    return await _rest(turn, notifications.withdraw_choice(meeting, turn.voice))


async def withdraw(turn: Turn, number: int) -> Outcome:
    """Cancel the resident's registration for the meeting with this id."""
    meeting = await seats.lock(turn.session, number)
    if meeting is not None and not seats.accepts(meeting, turn.now):
        return await say_over(turn)  # too late: the registration stays, and the resident is asked about the minutes
    if meeting is None or not await seats.withdraw(turn.session, meeting, resident_id=turn.resident.id):
        turn.say("meeting.out.none")
        return await leave(turn)
    turn.say(
        "meeting.out",
        when=notifications.start_text(meeting, turn.voice),
        place=notifications.place_text(meeting, turn.voice),
    )
    return await leave(turn)


async def withdraw_by_word(turn: Turn, place: int | None) -> Outcome:
    """Cancel a registration. `place` is the position of the meeting in a list, if the resident gave one.

    Without a position, cancel the only registration. If it is unclear which meeting is meant, ask.
    """
    listed_meetings = await upcoming.upcoming(turn)
    own = [meeting for meeting, state in listed_meetings if state is not None]
    if place is not None:
        # first in the list of the resident's own meetings; if that is too short, in the list of all
        listed = (own if place <= len(own) else [meeting for meeting, _ in listed_meetings])[: upcoming.SHOWN]
        if 1 <= place <= len(listed):
            return await withdraw(turn, listed[place - 1].id)
        if own:
            turn.say("list.off", number=place)
    elif len(own) == 1:
        return await withdraw(turn, own[0].id)
    if not own:
        turn.say("meeting.out.none")
        return await leave(turn)
    first, voice = own[: upcoming.SHOWN], turn.voice
    labels = (
        (meeting.id, f"{notifications.start_text(meeting, voice)} {notifications.place_text(meeting, voice)}")
        for meeting in first
    )
    choices = (Choice(f"meet:out:{number}", label) for number, label in labels)
    turn.ask("meetings", turn.voice("meetings.ask"), (*choices, upcoming.back(turn.voice)))
    return Outcome.SETTLED


async def say_over(turn: Turn) -> Outcome:
    """Say that this meeting is over, and leave the feature."""
    turn.say("meeting.over")
    return await leave(turn)


async def say_state(turn: Turn, seat: Registration) -> None:
    """Say that the resident has a seat, or which place they have in the queue."""
    meeting = await turn.session.get_one(Meeting, seat.meeting_id)
    if seat.state == service.SEAT:
        turn.say(
            "meeting.seat",
            when=notifications.start_text(meeting, turn.voice),
            place=notifications.place_text(meeting, turn.voice),
        )
    else:
        turn.say("meeting.waiting", number=await seats.waiting_place(turn.session, seat))


async def _rest(turn: Turn, way: Choice) -> Outcome:
    """Leave the feature, and offer the choice `way` beside the usual ones."""
    outcome = await leave(turn)
    if outcome is Outcome.SETTLED and turn.prompt is not None:
        turn.ask("home", turn.prompt.text, (way, *turn.prompt.choices))
    elif outcome is Outcome.MOVED:  # the next question has choices of its own
        turn.say("meeting.giveup")
    return outcome
