"""Meetings: lists those coming up, gives residents a seat or takes it back, and asks whether the minutes are right."""

from __future__ import annotations

from collections.abc import Callable

from api.channel import Choice
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.meetings import minutes, registration, upcoming
from api.dialogue.features.names import match_name
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import argument_number, key_number
from api.i18n import Voice
from api.meetings import notifications, seats, service
from api.meetings.models import Meeting
from api.region.themes import theme

_SPOKEN: dict[str, Callable[[Voice], str]] = {
    "ar": lambda voice: voice("spoken.ar"),
    "fr": lambda voice: voice("spoken.fr"),
    "zgh": lambda voice: voice("spoken.zgh"),
}


async def begin(turn: Turn, utterance: Utterance) -> Outcome:
    """If the resident gave a meeting's position or place, show that meeting; otherwise list the meetings.

    After the word "withdraw", give back a seat instead.
    """
    place, number = argument_number(utterance.argument, turn.context.lexicon), None
    if utterance.intent == "withdraw":
        return await registration.withdraw_by_word(turn, place)
    if place is not None:  # the position of a meeting in the list
        listed = [each for each, _ in (await upcoming.upcoming(turn))[: upcoming.SHOWN]]
        if 1 <= place <= len(listed):
            return await _show(turn, listed[place - 1].id)
        if listed:
            turn.say("list.off", number=place)
    if utterance.argument is not None:
        names = {
            str(each.id): (*each.place.values(), *each.title.values()) for each, _ in await upcoming.upcoming(turn)
        }
        number = key_number(match_name(utterance.argument, names) or "")
    if number is not None:
        return await _show(turn, number)
    await _list(turn)
    return Outcome.SETTLED if turn.prompt is not None else await leave(turn)


async def ask(turn: Turn) -> None:
    """Ask again about the meeting or the minutes that we asked about last. Otherwise list the meetings again."""
    keys = [choice.key.split(":") for choice in turn.conversation.offered]
    number = next((key_number(parts[2]) for parts in keys if len(parts) > 2 and parts[1] in _ACTS), None)
    if number is not None and turn.conversation.step == "meeting":
        await _show(turn, number)
    elif number is not None and turn.conversation.step == "minutes":
        meeting = await turn.session.get_one(Meeting, number)
        reply = notifications.minutes_question(meeting, turn.voice)
        turn.ask("minutes", reply.text, reply.choices)
    else:
        await _list(turn)


async def _list(turn: Turn) -> None:
    """Offer the upcoming meetings, or say that there are none."""
    listed = (await upcoming.upcoming(turn))[: upcoming.SHOWN]
    if not listed:
        turn.say("meetings.none")
        return
    voice, counts = turn.voice, await service.counted(turn.session, [meeting.id for meeting, _ in listed])
    choices = [
        Choice(
            f"meet:show:{meeting.id}", upcoming.label(voice, meeting, counts.get(meeting.id)), chosen=state is not None
        )
        for meeting, state in listed
    ]
    turn.ask("meetings", voice("meetings.ask"), (*choices, upcoming.back(voice)))


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle the choice of a meeting, a registration, a withdrawal, or an opinion on the minutes.

    Buttons of older messages still work.
    """
    act, _, value = (utterance.choice_of("meet") or "").partition(":")
    if act == "leave":
        return await leave(turn)
    number = key_number(value)
    if number is None or act not in _ACTS:
        return Outcome.MISSED
    return await _ACTS[act](turn, number)


async def _show(turn: Turn, number: int) -> Outcome:
    meeting = await seats.lock(turn.session, number)
    if meeting is None:
        return await registration.say_over(turn)
    seat = await seats.registration_of(turn.session, number, turn.resident.id)
    if not seats.accepts(meeting, turn.now):
        return await registration.say_over(turn)
    voice, free = turn.voice, upcoming.free(meeting, await service.counts(turn.session, number))
    values = {
        "title": voice.pick(meeting.title),
        "when": notifications.start_text(meeting, voice),
        "place": notifications.place_text(meeting, voice),
    }
    turn.say("meeting.show", **values, free=free)
    _say_about(turn, meeting)
    if seat is not None:
        await registration.say_state(turn, seat)
        turn.ask("meeting", "", (notifications.withdraw_choice(meeting, voice), upcoming.back(voice)))
    else:
        word = voice("meeting.register") if free else voice("meeting.wait")
        turn.ask("meeting", "", (Choice(f"meet:in:{number}", word), upcoming.back(voice)))
    return Outcome.SETTLED


def _say_about(turn: Turn, meeting: Meeting) -> None:
    """Say which languages are spoken at the meeting and what its theme is, if known."""
    languages = turn.voice.listed(_SPOKEN[each](turn.voice) for each in meeting.languages if each in _SPOKEN)
    about = theme(meeting.theme) if meeting.theme is not None else None
    if languages:
        turn.say("meeting.spoken", languages=languages)
    if about is not None:
        turn.say("meeting.theme", theme=turn.voice.pick(about.words))


_ACTS = {
    "show": _show,
    "in": registration.register,
    "out": registration.withdraw,
    "right": minutes.right,
    "wrong": minutes.wrong,
}

MEETINGS = Feature(
    name="meetings",
    begin=begin,
    hear=hear,
    ask=ask,
    title=lambda voice: voice("meetings.title"),
    words=("meetings", "withdraw"),
    commands=("meetings", "withdraw"),
    owns=("meet",),
    says={"right": "yes", "wrong": "no", "in": "yes", "leave": "no"},
    steps={"meetings": Reads.ONE, "meeting": Reads.ONE, "minutes": Reads.ONE},
)
