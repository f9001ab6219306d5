"""Handles messages that do not answer the current prompt, such as late messages, replies, reactions and pictures."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import inspect

from api.channel import Kind
from api.conversations import trail
from api.conversations.trail_prompt import Prompt
from api.dialogue.attribution import answer_parts, crossed, provenance
from api.dialogue.expectations import expected
from api.dialogue.features import READS
from api.dialogue.question_kinds import KINDS
from api.dialogue.responses import confirmations
from api.dialogue.steps import language
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads
from api.dialogue.understand.reactions import only_signs
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.residents import service as residents
from api.text.normalise import normalise

_EVER = timedelta(days=365)
_REST = timedelta(minutes=1)  # minimum time between two reminders that we read only text
_ABOUT = ("back", "skip", "done", "change", "yes", "no", "start", "thanks", "greeting")  # words about the last prompt
_GONE = (residents.STOPPED, residents.DECLINED)


def drop_guess(turn: Turn) -> None:
    """Forget the choice named in "Did you mean…?" if this message was written before we asked that."""
    prompts, incoming = trail.read(turn.conversation), turn.incoming
    if turn.conversation.guess is None or not prompts:
        return
    if incoming.kind is not Kind.SAID or provenance.prompt_on_screen(prompts, incoming.sent_at) != prompts[-1]:
        turn.conversation.guess = None


async def hear(turn: Turn, utterance: Utterance, *, first: bool) -> Outcome | None:
    """Handle a message that does not answer the current prompt.

    Return None if the message answers the current prompt, or is a command that works everywhere.
    """
    outcome = await _hear(turn, utterance, first=first)
    turn.is_aside = outcome is not None
    return outcome


def _name(turn: Turn) -> str:
    """Return the name under which the current prompt is stored."""
    conversation = turn.conversation
    is_free_text = turn.question is None and READS.get(conversation.step) is Reads.TEXT
    return trail.prompt_name(conversation, turn.question, gone=turn.resident.state in _GONE, free=is_free_text)


def remember(turn: Turn, prompts: tuple[Prompt, ...], utterance: Utterance) -> None:
    """Record at which prompt this message was received, and what we ask from now on."""
    conversation, incoming = turn.conversation, turn.incoming
    if inspect(conversation).expired_attributes:
        return  # the conversation was erased while handling this message
    language.forget(turn)
    if prompts and not (turn.is_aside or utterance.tapped) and incoming.kind is Kind.SAID:
        # Late choices arrive while nothing is asked.
        prompt = answer_parts.prompt_of(prompts, utterance.choice_of("q") or "")
        parts = answer_parts.parts_after_answer(prompt, incoming, utterance)
        trail.note_message(conversation, prompt, incoming, free=utterance.value is not None, parts=parts)
    elif prompts and utterance.tapped:
        prompt = answer_parts.prompt_of(prompts, utterance.choice_of("q") or "")
        parts = answer_parts.parts_after_tap(prompt, utterance)
        if parts is not None:
            trail.note_message(conversation, prompt, incoming, parts=parts)
    trail.note_prompt(
        conversation,
        _name(turn),
        consultation_id=conversation.consultation_id,
        now=turn.now,
        inbound_id=turn.inbound_id if turn.replies() else 0,
    )


async def _hear(turn: Turn, utterance: Utterance, *, first: bool) -> Outcome | None:
    kind = turn.incoming.kind
    if utterance.tapped or (utterance.intent == "stop" and kind in (Kind.SAID, Kind.EDITED, Kind.SHOWN)):
        return None
    if kind is Kind.REACTED:
        return await _reacted(turn)
    if kind is Kind.SHOWN and not _answers(turn, utterance):
        return await _shown(turn, first=first)
    if kind is Kind.FORWARDED:
        return await _forwarded(turn, utterance, first=first)
    if kind is Kind.SAID and only_signs(turn.incoming.text) and not (first or utterance.keys or utterance.intent):
        signed = await _signed(turn)
        if signed is not None:
            return signed
    if first:
        return None
    if utterance.intent and utterance.intent not in _ABOUT:
        return await crossed.join_to_letter(turn)
    # If the trail was emptied, only the current prompt is known, and that it was asked some time ago.
    prompts = trail.read(turn.conversation) or (Prompt(_name(turn), turn.now - _EVER),)
    if turn.resident.state in _GONE:
        return _overtaken(turn, utterance, prompts)
    return await crossed.answer_earlier(turn, prompts)


def _overtaken(turn: Turn, utterance: Utterance, prompts: tuple[Prompt, ...]) -> Outcome | None:
    """Ignore a START that was sent before the resident stopped but arrived afterwards."""
    if utterance.intent != "start" or provenance.prompt_on_screen(prompts, turn.incoming.sent_at) == prompts[-1]:
        return None
    turn.say("stopped.still")
    return Outcome.SETTLED


def _answers(turn: Turn, utterance: Utterance) -> bool:
    """Whether a picture's caption certainly answers the current question."""
    if utterance.value is not None:
        # a free text is never certain
        return expected(turn).reads is not Reads.TEXT
    return bool(utterance.keys) and (utterance.sureness is Sureness.HIGH or utterance.plain)


def _is_fresh(turn: Turn, last_told: datetime | None) -> bool:
    """Whether we sent the same hint less than a minute ago. `last_told` is when we last sent it."""
    return last_told is not None and turn.now - last_told < _REST


async def _shown(turn: Turn, *, first: bool) -> Outcome:
    if _is_fresh(turn, turn.conversation.aside_at):
        return Outcome.SETTLED
    turn.conversation.aside_at = turn.now
    turn.say("point.media")
    if first:
        return Outcome.MOVED
    if turn.resident.state in _GONE:
        turn.say("stopped.still")
        return Outcome.SETTLED
    return await crossed.ask_again(turn)


async def _reacted(turn: Turn) -> Outcome:
    """Answer an emoji reaction, once a minute at most."""
    conversation = turn.conversation
    if turn.resident.state in _GONE or conversation.step == "home" or _is_fresh(turn, conversation.signed_at):
        return Outcome.SETTLED
    conversation.signed_at = turn.now
    meaning, offers = turn.context.lexicon.meaning(normalise(turn.incoming.text)), expected(turn)
    offer = offers.by_value(meaning.intent) if meaning is not None and offers.yes_no else None
    # a thumbs-up is offered as a yes ("Did you mean…?")
    if offer is not None and confirmations.suggest(turn, offer.key):
        return await crossed.ask_again(turn)
    turn.say("point.reaction")
    question = turn.question
    if question is not None:
        turn.lines.append(KINDS[question.kind].expects(question, turn.voice))
    return Outcome.SETTLED


async def _signed(turn: Turn) -> Outcome | None:
    """If a free text is expected, explain that an emoji is no answer."""
    if expected(turn).reads is not Reads.TEXT:
        return None
    turn.say("point.reaction")
    question = turn.question
    if question is None:
        return await crossed.ask_again(turn)
    turn.lines.append(KINDS[question.kind].expects(question, turn.voice))
    return Outcome.SETTLED


async def _forwarded(turn: Turn, utterance: Utterance, *, first: bool) -> Outcome:
    """Ask whether the resident means what a forwarded message says."""
    guess = utterance.keys[0] if len(utterance.keys) == 1 else utterance.guess
    if utterance.intent == "stop":
        guess = "stop"
    if first or guess is None or not confirmations.suggest(turn, guess):
        turn.say("point.forwarded")
    return Outcome.MOVED if first else await crossed.ask_again(turn)
