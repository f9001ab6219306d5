"""Writing a letter to the staff: from the menu, with a command word, or by accepting our offer to send a text.

The offer shows the text, and exactly that text is sent. The offer expires after a while, and its buttons cannot send
any other text. Residents can reply to the staff's answer with the command word and the letter's number, or with the
button below the answer. They can also just write a text.
"""

from __future__ import annotations

from api.channel import Choice
from api.conversations.models import DRAFT
from api.desk import service
from api.dialogue.features import receipt
from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.letters import offer as letter_offer
from api.dialogue.features.letters import parts
from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.values.numbers import argument_number, key_number
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.errors import Invalid

_FEW = 3  # fewest words of a text that may be a question
_LETTER, _ABOUT = "letter", "about"
_AWAY = ("back", "skip")
_BUSY = ("stopping", "same", "wrong", "mine.sure")  # steps that must be answered first, like those of an idea


async def begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Ask the resident for a letter. If they gave the number of an earlier letter, ask for text to add to it.

    If we have just asked for a letter, a sentence such as "I want to talk to somebody" is sent as that letter.
    """
    if turn.conversation.step == "desk" and utterance.intent == "desk" and utterance.sureness is Sureness.MID:
        return await _send(turn, utterance.text)
    return await _begin(turn, argument_number(utterance.argument, turn.context.lexicon))


async def ask(turn: Turn) -> None:
    """Ask for the text of the letter. If we offered to send a text as a letter, ask again whether to send it."""
    voice = turn.voice
    draft = letter_offer.draft_text(turn)
    if draft:
        serial = turn.conversation.notes[DRAFT]["serial"]
        choices = (Choice(f"desk:{serial}:yes", voice("word.yes")), Choice(f"desk:{serial}:no", voice("word.no")))
        turn.ask("desk.offer", letter_offer.question(turn, draft), choices)
    else:
        back = Choice("desk:back", voice("word.back"), action=True)
        number = turn.conversation.notes.get(_LETTER)
        text = voice("desk.more", number=number) if number else voice("desk.ask", count=service.LONGEST)
        turn.ask("desk", text, (back,))


def ask_about(turn: Turn, text: str, *, about: str) -> None:
    """Ask for a letter, using `text` as the question. `about` is put at the beginning of the letter."""
    turn.conversation.notes = {**turn.conversation.notes, _ABOUT: about}
    turn.ask("desk", text, (Choice("desk:back", turn.voice("word.back"), action=True),))


async def offer(turn: Turn, text: str) -> bool:
    """After a text that we did not understand, offer to send it to the staff as a letter. Return whether we offered it.

    Outside votes (at the step "home"), the text must have at least three words or be a question. At other steps it must
    be a question of at least three words, because other texts may be mistyped answers. If we are still waiting for the
    reply to an earlier offer, the rule is the same as at "home". While an agent answers for others, and at steps that
    must be finished first (`_BUSY`), nothing is offered.
    """
    lexicon, conversation = turn.context.lexicon, turn.conversation
    if conversation.assisting is not None or not letter_offer.is_letter(text, lexicon, words=_FEW):
        return False
    if conversation.step not in ("home", "desk.offer"):
        busy = conversation.step in _BUSY or conversation.step.startswith("idea")
        if busy or not asks(text, lexicon) or len(text.split()) < _FEW:
            return False
    if not await parts.join(turn, cut=False):
        letter_offer.keep(turn, text)
    await ask(turn)
    return True


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle the text of a letter, or the answer to our offer to send a text as a letter."""
    act, _, answer = (utterance.choice_of("desk") or "").partition(":")
    if act == "back":
        return await leave(turn)
    if act == "on":
        return await _begin(turn, key_number(answer))
    draft = letter_offer.draft_text(turn)
    if act and act != turn.conversation.notes.get(DRAFT, {}).get("serial"):
        turn.say("desk.past")  # a tap on an older offer, whose text is gone
        return Outcome.AGAIN
    if answer == "yes" and draft:
        return await _send(turn, draft)
    if draft and (answer == "no" or utterance.intent in _AWAY):
        turn.say("desk.dropped")
        return await leave(turn)
    if draft and utterance.intent == "change":  # the word refers to the earlier vote, not to the letter
        turn.conversation.put_away()
        turn.conversation.step = "home"
        return await home.hear(turn, utterance)
    if utterance.value is not None and turn.conversation.step == "desk":
        return (
            Outcome.AGAIN
            if await receipt.answer_check(turn, utterance.value, short=True)
            else await _send(turn, utterance.value)
        )
    return Outcome.MISSED


async def _begin(turn: Turn, number: int | None) -> Outcome:
    letter = await service.own(turn.session, number, resident_id=turn.resident.id) if number is not None else None
    turn.conversation.put_away()
    if letter is not None:
        turn.conversation.notes = {**turn.conversation.notes, _LETTER: letter.id}
    await ask(turn)
    return Outcome.SETTLED


async def _send(turn: Turn, text: str) -> Outcome:
    number, address = await _going_on(turn), turn.address.id
    about = turn.conversation.notes.get(_ABOUT)
    text = turn.voice.paired(about, text) if about else text
    session, keyring = turn.session, turn.context.keyring
    try:
        if number is None:
            letter = await service.write(
                session, turn.resident, text, address_id=address, keyring=keyring, now=turn.now
            )
        else:
            letter = await service.append(
                session, number, turn.resident, text, address_id=address, keyring=keyring, now=turn.now
            )
    except Invalid:
        return Outcome.MISSED
    return await parts.confirm_sent(turn, letter)


async def _going_on(turn: Turn) -> int | None:
    """Return the number of the earlier letter that this text continues, if there is one."""
    notes = turn.conversation.notes
    if DRAFT not in notes:
        # the letter whose number the resident gave
        return key_number(str(notes.get(_LETTER, "")))
    # the letter that the staff have just answered
    letter = await service.just_answered(turn.session, turn.resident.id, now=turn.now)
    return None if letter is None else letter.id


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
    early=True,
)
