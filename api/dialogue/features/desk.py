"""Writing to the staff: by the menu or a word, or by saying yes when what was written is offered to be sent.

An answer can be answered: by the word with the letter's number, by the answer's button, or by just writing back.
"""

from __future__ import annotations

import base64

from api.channel import Choice
from api.desk import service
from api.dialogue.features.feature import Feature, leave
from api.dialogue.steps import home
from api.dialogue.turn import Heard, Said, Turn
from api.dialogue.understand.civil import asks
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.lexicon import Lexicon
from api.dialogue.understand.numbers import behind, keyed
from api.errors import Invalid

_FEW = 3  # words below which a text that nobody understands is hardly a question
_MANY = 5  # words from which a text is a letter, and no wish to begin the consultation that waits
_DRAFT, _LETTER, _ABOUT = "draft", "letter", "about"
_AWAY = ("back", "skip")


async def begin(turn: Turn, said: Said) -> Heard:
    """Ask for their words; those that go on with a letter of theirs, where its number was written."""
    return await _begin(turn, behind(said.argument, turn.tools.lexicon))


async def ask(turn: Turn) -> None:
    """Ask for their words; or once more whether what they wrote is to be sent."""
    voice = turn.voice
    if _DRAFT in turn.conversation.notes:
        choices = (Choice("desk:yes", voice("word.yes")), Choice("desk:no", voice("word.no")))
        turn.ask("desk.offer", voice("desk.offer"), choices)
    else:
        back = Choice("desk:back", voice("word.back"), action=True)
        number = turn.conversation.notes.get(_LETTER)
        asked = voice("desk.more", number=number) if number else voice("desk.ask", most=service.LONGEST)
        turn.ask("desk", asked, (back,))


def ask_about(turn: Turn, asked: str, *, about: str) -> None:
    """Ask for words to the staff in other terms; they begin with what they are `about`."""
    turn.conversation.notes = {**turn.conversation.notes, _ABOUT: about}
    turn.ask("desk", asked, (Choice("desk:back", turn.voice("word.back"), action=True),))


def is_letter(text: str, lexicon: Lexicon, *, words: int = _MANY) -> bool:
    """Whether a text that answers nothing is more than a slip: so many words, or a question; numbers are neither."""
    letters = any(letter.isalpha() for letter in text)
    return letters and (len(text.split()) >= words or asks(text, lexicon))


async def offer(turn: Turn, text: str) -> bool:
    """Offer to send what nobody understands to the staff; False where it is too short to be a question."""
    if not is_letter(text, turn.tools.lexicon, words=_FEW):
        return False
    _keep(turn, text)
    await ask(turn)
    return True


async def hear(turn: Turn, said: Said) -> Heard:
    """Their words, or a yes to sending those they wrote; what they add before is joined to it."""
    if said.key == "desk:back":
        return await leave(turn)
    if (said.of("desk") or "").startswith("on:"):
        return await _begin(turn, keyed(said.key.rpartition(":")[2]))
    draft = _draft(turn)
    if said.key == "desk:yes" and draft:
        return await _send(turn, draft)
    if draft and (said.key == "desk:no" or said.intent in _AWAY):
        turn.say("desk.dropped")
        return await leave(turn)
    if draft and said.intent == "change":  # it was of the vote before, not of the letter
        turn.conversation.put_away()
        turn.conversation.step = "home"
        return await home.hear(turn, said)
    if said.value is not None and turn.conversation.step == "desk":
        return await _send(turn, said.value)
    if draft and said.intent is None and any(letter.isalpha() for letter in said.text):
        _keep(turn, f"{draft}\n{said.text}")
    return Heard.MISSED


async def _begin(turn: Turn, number: int | None) -> Heard:
    mine = await service.theirs(turn.session, number, resident_id=turn.resident.id) if number is not None else None
    turn.conversation.put_away()
    if mine is not None:
        turn.conversation.notes = {**turn.conversation.notes, _LETTER: mine.id}
    await ask(turn)
    return Heard.SETTLED


async def _send(turn: Turn, text: str) -> Heard:
    number, address = await _going_on(turn), turn.address.id
    about = turn.conversation.notes.get(_ABOUT)
    text = f"{about}: {text}" if about else text
    session, keyring = turn.session, turn.tools.keyring
    try:
        if number is None:
            letter = await service.write(
                session, turn.resident, text, address_id=address, keyring=keyring, now=turn.now
            )
        else:
            letter = await service.go_on(
                session, number, turn.resident, text, address_id=address, keyring=keyring, now=turn.now
            )
    except Invalid:
        return Heard.MISSED
    turn.say("desk.sent", number=letter.id)
    return await leave(turn)


async def _going_on(turn: Turn) -> int | None:
    """The letter that these words belong to: the one they named, or, offered at home, the one just answered."""
    notes = turn.conversation.notes
    if _DRAFT not in notes:
        return keyed(str(notes.get(_LETTER, "")))
    found = await service.just_answered(turn.session, turn.resident.id, now=turn.now)
    return None if found is None else found.id


def _keep(turn: Turn, text: str) -> None:
    """Remember what may be sent, enciphered as everything a resident writes."""
    sealed = service.seal(turn.tools.keyring, text)
    turn.conversation.put_away()
    turn.conversation.notes = {**turn.conversation.notes, _DRAFT: base64.b64encode(sealed).decode()}


def _draft(turn: Turn) -> str:
    held = turn.conversation.notes.get(_DRAFT)
    return service.unseal(turn.tools.keyring, base64.b64decode(held)) if isinstance(held, str) else ""


DESK = Feature(
    name="desk",
    begin=begin,
    hear=hear,
    ask=ask,
    title=lambda voice: voice("desk.title"),
    words=("desk",),
    commands=("desk",),
    owns=("desk",),
    steps={"desk": Reads.TEXT, "desk.offer": Reads.ONE},
)
