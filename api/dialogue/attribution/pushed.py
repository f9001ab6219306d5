"""Handles a bare word or number that follows a pushed message (one we sent unasked, such as an invitation).

If the word is the reply word of an invitation, it opens the consultation of that invitation. Any other bare word may be
meant for the prompt before the pushed message. So that prompt is shown again, and only an answer after that counts.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from api.channel import Kind
from api.consultations.service import OnOffer
from api.conversations import trail
from api.dialogue import link_confirmation, prompts
from api.dialogue.attribution import crossed
from api.dialogue.expectations import expected
from api.dialogue.steps import invited, offered, opening
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.values.numbers import count_numbers
from api.outbox.models import Delivery
from api.residents import service as residents
from api.text.normalise import normalise

_WAITED = timedelta(minutes=5)  # since their last message: a later push stands below the question on the screen
_READ = timedelta(minutes=1)  # since the push was sent: the resident's words can hardly be older
_SAME = timedelta(milliseconds=1)
_PLAIN = ("yes", "no", "start")  # words that can answer any prompt
# At these steps a word always answers the step: who has this number, whether to stop, whether to send a letter.
_HELD = ("same", "stopping", "desk.offer")


async def hear(turn: Turn, utterance: Utterance) -> Outcome | None:
    """Handle a bare word or number after a pushed message.

    If the message should be handled as usual, return None. If a vote opens, a half-written idea is kept.
    """
    has_left = turn.resident.state in (residents.STOPPED, residents.DECLINED)
    if has_left or not turn.pushed or not _is_bare(turn, utterance):
        return None
    newest = await _newest(turn)
    if newest is None:
        return None
    offer = await _invitation(turn, utterance) if newest.campaign_id is not None else None
    may_lose_letter = turn.conversation.step == "desk.offer"  # opening something else would lose the letter they wrote
    # Whether the message answers the earlier prompt.
    is_answer = may_lose_letter or bool(utterance.keys) or utterance.value is not None or utterance.twice
    if offer is not None and (not is_answer or _is_read(turn, newest)):
        return await _open(turn, offer)
    return await _ask_again(turn) if is_answer else None


def _is_bare(turn: Turn, utterance: Utterance) -> bool:
    """Whether the message could answer any question: a yes, a no, numbers or a letter."""
    incoming, lexicon = turn.incoming, turn.context.lexicon
    if utterance.tapped or incoming.kind is not Kind.SAID or incoming.pointer is not None:
        return False
    text = normalise(utterance.text)
    if _is_plain(turn, text) or count_numbers(text, lexicon):
        return True
    if utterance.value is not None or not utterance.keys:
        return False
    names = {
        normalise(name.text) for offer in expected(turn).offers if offer.key in utterance.keys for name in offer.names
    }
    # a choice given in words other than the name of an option
    return not any(name in text for name in names if len(name) > 1 and not _is_plain(turn, name))


def _is_plain(turn: Turn, text: str) -> bool:
    meaning = turn.context.lexicon.meaning(text)
    return meaning is not None and meaning.intent in _PLAIN


async def _newest(turn: Turn) -> Any:
    """Return the newest pushed message that the resident may be answering."""
    columns = (Delivery.created_at, Delivery.settled_at, Delivery.campaign_id)
    pushed = (
        select(*columns).where(Delivery.id.in_(turn.pushed)).order_by(Delivery.settled_at.desc(), Delivery.id.desc())
    )
    newest = (await turn.session.execute(pushed.limit(1))).first()
    sent_at, asked = turn.incoming.sent_at, trail.read(turn.conversation)
    if newest is None or (sent_at is not None and sent_at < newest.settled_at.replace(microsecond=0)):
        return None
    step = turn.conversation.step
    # then the message is what we ask now, and its answer is handled as usual
    asks_now = (
        step in (prompts.STEP, link_confirmation.STEP) and bool(asked) and abs(asked[-1].at - newest.created_at) < _SAME
    )
    return None if asks_now else newest


async def _invitation(turn: Turn, utterance: Utterance) -> OnOffer | None:
    """Return the consultation of the newest invitation, if the message accepts that invitation."""
    conversation = turn.conversation
    if conversation.assisting is not None or conversation.step in _HELD or turn.resident.state != residents.ACTIVE:
        return None
    return await invited.accepted(turn, utterance, await offered.on_offer(turn))


def _is_read(turn: Turn, newest: Any) -> bool:
    """Whether the resident has had time to see the pushed message before writing this one."""
    waited = turn.heard_before is None or turn.now - turn.heard_before > _WAITED
    return waited or turn.now - newest.settled_at >= _READ


async def _open(turn: Turn, offer: OnOffer) -> Outcome:
    turn.is_aside = True
    turn.conversation.guess = None
    return await opening.open_offer(turn, offer)


async def _ask_again(turn: Turn) -> Outcome:
    """Show the earlier prompt again, so that the next answer counts for that prompt."""
    turn.is_aside, late = True, turn.just_answered
    turn.say("pushed.ask")
    if late is None:
        return await crossed.ask_again(turn)
    await opening.add_to(turn, late.consultation)
    return Outcome.MOVED
