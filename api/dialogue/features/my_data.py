"""My data: shows residents what is stored about them, and erases it after they confirm."""

from __future__ import annotations

from api.channel import Choice
from api.clock import MOROCCO
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Outcome, Turn, Utterance
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
_FEW = 3  # maximum number of items named of each kind
_WIDEST = 60  # maximum number of characters for all titles together


async def _begin(turn: Turn, _utterance: Utterance) -> Outcome:
    turn.conversation.put_away()
    await _show(turn)
    return Outcome.SETTLED


async def _show(turn: Turn) -> None:
    voice, record = turn.voice, await resident_record.read(turn.session, turn.resident)
    place = places.province(turn.resident.province or "")
    turn.say(
        "mine.shown",
        province=voice.pick(place.words) if place is not None else voice("mine.unsaid"),
        channels=voice.listed(_ROADS.get(channel, channel) for channel in record.channels),
        since=formats.short_day(record.since.date()),
    )
    if record.consent is not None:
        day = formats.short_day(record.consent.given_at.date())
        turn.lines.append(voice("mine.agreed", day=day) if record.consent.granted else voice("mine.refused", day=day))
    titles = voice.listed(voice.pick(title) for _, title in record.consultations)
    if titles:
        turn.say("mine.part", title=shortened(titles, _WIDEST))
    _list(turn, record)
    erase = Choice("mine:erase", voice("mine.erase"))
    turn.ask(_SHOWN, "", (erase, Choice("mine:back", voice("word.back"), action=True)))


def _list(turn: Turn, record: resident_record.ResidentRecord) -> None:
    """Say how many ideas, seats, letters and follows the resident has, and name the newest of each."""
    if record.ideas:
        turn.say("mine.ideas", number=len(record.ideas), newest=turn.voice.listed(record.ideas[:_FEW]))
    if record.seats:
        days = (formats.short_day(starts_at.astimezone(MOROCCO).date()) for _, starts_at, _ in record.seats[:_FEW])
        turn.say("mine.seats", number=len(record.seats), newest=turn.voice.listed(days))
    if record.letters:
        turn.say("mine.letters", number=len(record.letters), newest=turn.voice.listed(record.letters[:_FEW]))
    if record.follows:
        turn.say("mine.follows", number=record.follows)
    if record.assisting:
        turn.say("mine.assisting")


async def _ask(turn: Turn) -> None:
    if turn.conversation.step != _SURE:
        await _show(turn)
        return
    await _keeps(turn)
    choices = (Choice("mine:yes", turn.voice("word.yes")), Choice("mine:no", turn.voice("word.no")))
    turn.ask(_SURE, turn.voice("mine.sure"), choices)


async def _keeps(turn: Turn) -> None:
    """If some of the resident's ideas remain after erasing, say so."""
    if await intake.count_staying(turn.session, turn.resident.id):
        turn.say("mine.keeps")


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    sure = turn.conversation.step == _SURE  # a yes below an old message erases nobody
    if utterance.key == "mine:erase":
        turn.conversation.step = _SURE
        await _ask(turn)
        return Outcome.SETTLED
    if utterance.key == "mine:yes" and sure and not turn.is_late:
        turn.say("mine.erased")
        await _keeps(turn)
        await workflow_residents.erase(turn.session, turn.resident, now=turn.now)
        return Outcome.SETTLED
    if utterance.key in ("mine:back", "mine:no") or (utterance.key == "mine:yes" and sure):
        if utterance.key != "mine:back" and sure:
            turn.say("mine.stays")
        return await leave(turn) if turn.resident.state == residents.ACTIVE else Outcome.MOVED
    return await _begin(turn, utterance) if utterance.tapped else Outcome.MISSED


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
