"""Recognises an answer that arrives twice, in the same or other words.

On a channel without timestamps, one message may be delivered twice. So what the first message meant, and where its
author was in the dialogue, is stored encrypted with our reply, and deleted with that reply.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.conversations.models import VOTING, Conversation
from api.conversations.offered_choices import dump, load
from api.dialogue.expectations import expected
from api.dialogue.meaning import understand
from api.dialogue.turn import Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.values.numbers import count_numbers
from api.text.normalise import normalise

Place = dict[str, Any]

_FIELDS = ("step", "consultation_id", "position", "guess")  # these decide how words are understood


def snapshot(turn: Turn) -> Place:
    """Return the place in the dialogue: every stored value that helps to interpret the next message."""
    conversation = turn.conversation
    notes = {name: conversation.notes[name] for name in VOTING if name in conversation.notes}
    return {
        **{name: getattr(conversation, name) for name in _FIELDS},
        "offered": dump(conversation.offered),
        "notes": notes,
    }


def fingerprint(turn: Turn, place: Place, utterance: Utterance) -> tuple[Place, str, bool] | None:
    """Return what to store with the reply, to recognise the same message if it comes again.

    The result has three parts: the place in the dialogue, a hash of the meaning, and whether the message is a number.
    Return None for taps and for messages without a meaning. Return None, too, if the channel never delivers a message
    twice.
    """
    meaning = _meant(turn, utterance)
    return (
        (place, meaning, _is_number(turn)) if turn.incoming.hints.repeats and meaning and not utterance.tapped else None
    )


async def is_repetition(turn: Turn, earlier: tuple[Place, str, bool]) -> bool:
    """Return whether this message means the same as the earlier one.

    To compare them, this message is interpreted as if it had arrived when the earlier one did.
    """
    place, meaning, was_number = earlier
    now = turn.conversation
    here = replace(turn, questions=await _questions(turn, turn.consultation))
    # after "non", a "2" answers the scale that follows, so it repeats nothing
    if _is_number(turn) and not was_number and expected(here).reads in (Reads.STEP, Reads.NUMBER):
        return False
    place = {**place, "offered": load(place["offered"])}
    # This object is added to no database session, so it is never stored.
    conversation = Conversation(address_id=now.address_id, assisting=now.assisting, **place)
    consultation = (
        await turn.session.get(Consultation, conversation.consultation_id)
        if conversation.consultation_id is not None
        else None
    )
    questions = await _questions(turn, consultation)
    then = replace(turn, conversation=conversation, consultation=consultation, questions=questions, just_answered=None)
    return _meant(then, understand(then)) == meaning


async def _questions(turn: Turn, of: Consultation | None) -> tuple[QuestionContent, ...]:
    if of is None:
        return ()
    return await turn.context.contents.get(turn.session, consultation_id=of.id, revision=of.revision)


def _is_number(turn: Turn) -> bool:
    """Whether the message is only a number, in digits or as a word, except for filler words."""
    return count_numbers(turn.incoming.text, turn.context.lexicon) > 0


def _meant(turn: Turn, utterance: Utterance) -> str:
    """Return a keyed hash of what the message means; "" if no meaning was found."""
    said_plainly = normalise(utterance.value or utterance.argument or "")
    if not (utterance.keys or utterance.value is not None or utterance.intent):
        return ""
    return turn.context.keyring.blind_index("meant", f"{utterance.keys} {utterance.intent} {said_plainly}").hex()
