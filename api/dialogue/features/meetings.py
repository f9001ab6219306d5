"""Meetings: what is coming, registering, giving a seat back, and whether the minutes are right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from api.channel import Choice
from api.dialogue.features import desk
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.names import meant
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.numbers import behind, keyed
from api.i18n import Voice
from api.meetings import judging, seats, service, told
from api.meetings.calendar import attachments
from api.meetings.models import Meeting, Registration
from api.meetings.service import Counts
from api.themes import theme

_SHOWN = 5  # meetings of one list: it must fit two SMS
_ALL = 1000
_SPOKEN: dict[str, Callable[[Voice], str]] = {
    "ar": lambda voice: voice("spoken.ar"),
    "fr": lambda voice: voice("spoken.fr"),
    "zgh": lambda voice: voice("spoken.zgh"),
}


async def begin(turn: Turn, said: Said) -> Heard:
    """The list; the meeting whose number or place was written; or, for the word that gives a seat back, that."""
    place, number = behind(said.argument, turn.tools.lexicon), None
    if said.intent == "withdraw":
        return await _withdraw_by_word(turn, place)
    if place is not None:  # the one that stands there in the list
        return await _show(turn, _at(place, [each for each, _ in (await _upcoming(turn))[:_SHOWN]]))
    if said.argument is not None:
        names = {str(each.id): (*each.place.values(), *each.title.values()) for each, _ in await _upcoming(turn)}
        number = keyed(meant(said.argument, names) or "")
    if number is not None:
        return await _show(turn, number)
    await _list(turn)
    return Heard.SETTLED if turn.asked is not None else await leave(turn)


def _at(place: int, listed: Sequence[Meeting]) -> int:
    """The number of the meeting at this place of a list; 0, which none has, where there is no such place."""
    return listed[place - 1].id if 1 <= place <= len(listed) else 0


async def ask(turn: Turn) -> None:
    """Once more: the meeting they look at, or its minutes, or the list."""
    keys = [str(key).split(":") for key, _, _ in turn.conversation.offered]
    number = next((keyed(parts[2]) for parts in keys if len(parts) > 2 and parts[1] in _ACTS), None)
    if number is not None and turn.conversation.step == "meeting":
        await _show(turn, number)
    elif number is not None and turn.conversation.step == "minutes":
        meeting = await turn.session.get_one(Meeting, number)
        reply = told.judging(meeting, turn.voice)
        turn.ask("minutes", reply.text, reply.choices)
    else:
        await _list(turn)


async def _list(turn: Turn) -> None:
    """Offer the meetings to come; says so where there is none."""
    found = (await _upcoming(turn))[:_SHOWN]
    if not found:
        turn.say("meetings.none")
        return
    voice, counted = turn.voice, await service.counted(turn.session, [each.id for each, _ in found])
    choices = [
        Choice(f"meet:show:{each.id}", _label(voice, each, counted.get(each.id)), chosen=state is not None)
        for each, state in found
    ]
    turn.ask("meetings", voice("meetings.ask"), (*choices, _back(voice)))


def _label(voice: Voice, meeting: Meeting, counts: Counts | None) -> str:
    """A meeting in the list: when and where, and that it is full."""
    shown = f"{told.when(meeting, voice)} {told.place(meeting, voice)}"
    if _free(meeting, counts):
        return shown
    word = voice("meeting.full")
    return f"{shown} ({word})"


def _free(meeting: Meeting, counts: Counts | None) -> int:
    """The seats that are free: none while somebody waits for one."""
    if counts is None:
        return meeting.seats
    return max(meeting.seats - counts.taken, 0) if not counts.waiting else 0


async def _upcoming(turn: Turn) -> Sequence[tuple[Meeting, str | None]]:
    """All to come, those of their province first; with the state of their registration."""
    return await service.upcoming(
        turn.session, resident_id=turn.resident.id, province=turn.resident.province, now=turn.now, limit=_ALL
    )


async def hear(turn: Turn, said: Said) -> Heard:
    """A meeting of the list, a wish to come or not to come, or a word on the minutes; also by an old tap."""
    act, _, value = (said.of("meet") or "").partition(":")
    if act == "leave":
        return await leave(turn)
    number = keyed(value)
    if number is None or act not in _ACTS:
        return Heard.MISSED
    return await _ACTS[act](turn, number)


async def _show(turn: Turn, number: int) -> Heard:
    meeting = await seats.lock(turn.session, number)
    if meeting is None:
        return await _gone(turn)
    mine = await seats.of(turn.session, number, turn.resident.id)
    if not seats.takes(meeting, turn.now):
        return await _gone(turn)
    voice, free = turn.voice, _free(meeting, await service.counts(turn.session, number))
    values = {
        "title": voice.pick(meeting.title),
        "when": told.when(meeting, voice),
        "place": told.place(meeting, voice),
    }
    turn.say("meeting.show", **values, free=free)
    _say_about(turn, meeting)
    if mine is not None:
        await _say_state(turn, mine)
        turn.ask("meeting", "", (told.giving_up(meeting, voice), _back(voice)))
    else:
        word = voice("meeting.register") if free else voice("meeting.wait")
        turn.ask("meeting", "", (Choice(f"meet:in:{number}", word), _back(voice)))
    return Heard.SETTLED


def _say_about(turn: Turn, meeting: Meeting) -> None:
    """The languages spoken there and its theme, where these are known."""
    languages = turn.voice.listed(_SPOKEN[each](turn.voice) for each in meeting.languages if each in _SPOKEN)
    about = theme(meeting.theme) if meeting.theme is not None else None
    if languages:
        turn.say("meeting.spoken", languages=languages)
    if about is not None:
        turn.say("meeting.theme", theme=turn.voice.pick(about.words))


async def _register(turn: Turn, number: int) -> Heard:
    meeting = await seats.lock(turn.session, number)
    if meeting is None or not seats.takes(meeting, turn.now):
        return await _gone(turn)
    mine = await seats.register(turn.session, meeting, resident_id=turn.resident.id, now=turn.now)
    await _say_state(turn, mine)
    if mine.state == service.SEAT:
        turn.attachments += attachments(meeting, turn.voice, now=turn.now)
    return await _rest(turn, told.giving_up(meeting, turn.voice))


async def _withdraw(turn: Turn, number: int) -> Heard:
    meeting = await seats.lock(turn.session, number)
    if meeting is not None and not seats.takes(meeting, turn.now):
        return await _gone(turn)  # an old tap: who was there stays known, and is asked about the minutes
    if meeting is None or not await seats.withdraw(turn.session, meeting, resident_id=turn.resident.id):
        turn.say("meeting.out.none")
        return await leave(turn)
    turn.say("meeting.out", when=told.when(meeting, turn.voice), place=told.place(meeting, turn.voice))
    return await leave(turn)


async def _withdraw_by_word(turn: Turn, place: int | None) -> Heard:
    """Of the meeting at this place, or of the only one they are registered for; otherwise they choose.

    A place is one of the list of theirs, or of the list of all where theirs is shorter.
    """
    found = await _upcoming(turn)
    mine = [meeting for meeting, state in found if state is not None]
    if place is not None:
        listed = mine if place <= len(mine) else [meeting for meeting, _ in found]
        return await _withdraw(turn, _at(place, listed[:_SHOWN]))
    if len(mine) == 1:
        return await _withdraw(turn, mine[0].id)
    if not mine:
        turn.say("meeting.out.none")
        return await leave(turn)
    labels = ((each.id, f"{told.when(each, turn.voice)} {told.place(each, turn.voice)}") for each in mine[:_SHOWN])
    choices = (Choice(f"meet:out:{number}", label) for number, label in labels)
    turn.ask("meetings", turn.voice("meetings.ask"), (*choices, _back(turn.voice)))
    return Heard.SETTLED


async def _right(turn: Turn, number: int) -> Heard:
    return await _judge(turn, number, right=True)


async def _wrong(turn: Turn, number: int) -> Heard:
    return await _judge(turn, number, right=False)


async def _judge(turn: Turn, number: int, *, right: bool) -> Heard:
    counted = await judging.judge(turn.session, number, resident_id=turn.resident.id, right=right)
    turn.say("minutes.thanks")
    if not counted or right:
        return await leave(turn)
    return await _ask_what_is_wrong(turn, number)


async def _ask_what_is_wrong(turn: Turn, number: int) -> Heard:
    """Ask what to mend in the minutes: their words go to the staff, who learn which meeting they are about."""
    meeting = await turn.session.get_one(Meeting, number)
    turn.conversation.put_away()
    desk.ask_about(turn, turn.voice("minutes.mend"), about=meeting.code)
    return Heard.SETTLED


async def _gone(turn: Turn) -> Heard:
    turn.say("meeting.over")
    return await leave(turn)


async def _say_state(turn: Turn, mine: Registration) -> None:
    meeting = await turn.session.get_one(Meeting, mine.meeting_id)
    if mine.state == service.SEAT:
        turn.say("meeting.seat", when=told.when(meeting, turn.voice), place=told.place(meeting, turn.voice))
    else:
        turn.say("meeting.waiting", number=await seats.ahead_of(turn.session, mine))


async def _rest(turn: Turn, way: Choice) -> Heard:
    """Rest, with one more way than usual; or go on with the consultation that is under way."""
    heard = await leave(turn)
    if heard is Heard.SETTLED and turn.asked is not None:
        turn.ask("home", turn.asked.text, (way, *turn.asked.choices))
    elif heard is Heard.MOVED:  # what is asked next has ways of its own
        turn.say("meeting.giveup")
    return heard


def _back(voice: Voice) -> Choice:
    return Choice("meet:leave:back", voice("word.back"), action=True)


_ACTS = {"show": _show, "in": _register, "out": _withdraw, "right": _right, "wrong": _wrong}

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
