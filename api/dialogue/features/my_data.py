"""My data: what is known of this person, shown to them, and erased where they say so twice."""

from __future__ import annotations

from api.channel import Choice
from api.clock import MOROCCO
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.expected import Reads
from api.proposals.ideas import intake
from api.region import places
from api.residents import service as residents
from api.text import formats
from api.text.shortening import shortened
from api.workflows import resident_record
from api.workflows import residents as workflow_residents

_SHOWN, _SURE = "mine", "mine.sure"
_ROADS = {"sms": "SMS", "telegram": "Telegram"}
_FEW = 3  # of each kind that are named
_WIDEST = 60  # characters of all titles together


async def _begin(turn: Turn, _said: Said) -> Heard:
    turn.conversation.put_away()
    await _show(turn)
    return Heard.SETTLED


async def _show(turn: Turn) -> None:
    voice, found = turn.voice, await resident_record.read(turn.session, turn.resident)
    place = places.province(turn.resident.province or "")
    turn.say(
        "mine.shown",
        province=voice.pick(place.words) if place is not None else voice("mine.unsaid"),
        channels=voice.listed(_ROADS.get(channel, channel) for channel in found.channels),
        since=formats.short_day(found.since.date()),
    )
    if found.consent is not None:
        day = formats.short_day(found.consent.given_at.date())
        turn.lines.append(voice("mine.agreed", day=day) if found.consent.granted else voice("mine.refused", day=day))
    titles = voice.listed(voice.pick(title) for _, title in found.consultations)
    if titles:
        turn.say("mine.part", title=shortened(titles, _WIDEST))
    _list(turn, found)
    erase = Choice("mine:erase", voice("mine.erase"))
    turn.ask(_SHOWN, "", (erase, Choice("mine:back", voice("word.back"), action=True)))


def _list(turn: Turn, found: resident_record.ResidentRecord) -> None:
    """What they hold, a line each: how many, and the newest few by their numbers or days."""
    if found.ideas:
        turn.say("mine.ideas", number=len(found.ideas), newest=turn.voice.listed(found.ideas[:_FEW]))
    if found.seats:
        days = (formats.short_day(starts_at.astimezone(MOROCCO).date()) for _, starts_at, _ in found.seats[:_FEW])
        turn.say("mine.seats", number=len(found.seats), newest=turn.voice.listed(days))
    if found.letters:
        turn.say("mine.letters", number=len(found.letters), newest=turn.voice.listed(found.letters[:_FEW]))
    if found.follows:
        turn.say("mine.follows", number=found.follows)
    if found.assisting:
        turn.say("mine.assisting")


async def _ask(turn: Turn) -> None:
    if turn.conversation.step != _SURE:
        await _show(turn)
        return
    await _keeps(turn)
    choices = (Choice("mine:yes", turn.voice("word.yes")), Choice("mine:no", turn.voice("word.no")))
    turn.ask(_SURE, turn.voice("mine.sure"), choices)


async def _keeps(turn: Turn) -> None:
    """Say what of their ideas erasing leaves, where it leaves any."""
    if await intake.staying(turn.session, turn.resident.id):
        turn.say("mine.keeps")


async def _hear(turn: Turn, said: Said) -> Heard:
    sure = turn.conversation.step == _SURE  # a yes below an old message erases nobody
    if said.key == "mine:erase":
        turn.conversation.step = _SURE
        await _ask(turn)
        return Heard.SETTLED
    if said.key == "mine:yes" and sure and not turn.is_late:
        turn.say("mine.erased")
        await _keeps(turn)
        await workflow_residents.erase(turn.session, turn.resident, now=turn.now)
        return Heard.SETTLED
    if said.key in ("mine:back", "mine:no") or (said.key == "mine:yes" and sure):
        if said.key != "mine:back" and sure:
            turn.say("mine.stays")
        return await leave(turn) if turn.resident.state == residents.ACTIVE else Heard.MOVED
    return await _begin(turn, said) if said.tapped else Heard.MISSED


MINE = Feature(
    name="mine",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("mine.title"),
    words=("mine", "erase"),
    owns=("mine",),
    steps={_SHOWN: Reads.ONE, _SURE: Reads.ONE},
    anytime=True,
)
