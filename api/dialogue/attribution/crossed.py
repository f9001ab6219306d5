"""Handles messages that belong to an earlier prompt: replies, edits, parts of a long text, and crossed messages.

A crossed message was sent before its author saw the next prompt.
"""

from __future__ import annotations

from api.channel import Choice, Incoming, Kind
from api.conversations import trail
from api.conversations.trail_prompt import Prompt
from api.dialogue import agent_session
from api.dialogue.attribution import answer_parts, provenance
from api.dialogue.attribution.amend import amend
from api.dialogue.features.letters import parts as letter_parts
from api.dialogue.steps import closed
from api.dialogue.steps.onward import again
from api.dialogue.turn import Outcome, Turn, Utterance
from api.errors import KeyLost, NotOpen
from api.text.normalise import normalise


async def join_to_text(turn: Turn, utterance: Utterance) -> Outcome | None:
    """Join a text that answers nothing to the free text sent seconds before. If there is no such text, return None.

    A message that is only a number is never joined. It may be meant for a list of choices.
    """
    prompt = _before(turn)
    plain = (
        not (utterance.tapped or utterance.keys or utterance.intent or _is_number(turn))
        and turn.incoming.kind is Kind.SAID
    )
    if plain and await letter_parts.join(turn, cut=False):
        turn.is_aside = True
        return await ask_again(turn)
    first = prompt is not None and _is_older(turn, prompt)
    outcome = await _amend(turn, prompt, joins=True, first=first) if plain and prompt is not None else None
    turn.is_aside = turn.is_aside or outcome is not None
    return outcome


async def join_to_letter(turn: Turn) -> Outcome | None:
    """Join this message to the letter sent or offered seconds ago, even if it begins with thanks or a command.

    If the whole message is a command, or if no letter is waiting for more, return None.
    """
    word = turn.context.lexicon.meaning(normalise(turn.incoming.text))
    if word is not None or turn.incoming.kind is not Kind.SAID or not await letter_parts.join(turn, cut=True):
        return None
    return await ask_again(turn)


async def answer_earlier(turn: Turn, prompts: tuple[Prompt, ...]) -> Outcome | None:
    """If the message belongs to an earlier prompt, use it as the answer to that prompt.

    If it belongs to the current prompt, return None.
    """
    incoming, late = turn.incoming, False
    part = _before(turn) if incoming.kind is Kind.SAID and incoming.pointer is None else None
    if part is not None and (provenance.is_cut(part.length) or (answer_parts.is_full(part) and not _is_number(turn))):
        return await _amend(turn, part, joins=True, first=_is_older(turn, part))
    if await letter_parts.join(turn, cut=True):
        return await ask_again(turn)
    if incoming.kind is Kind.EDITED:
        prompt = provenance.prompt_of_message(prompts, incoming.message_id)
    elif incoming.pointer is not None:
        prompt = provenance.prompt_replied_to(
            prompts, incoming.pointer, [choice.key for choice in turn.conversation.offered]
        )
    else:
        prompt, late = provenance.prompt_on_screen(prompts, incoming.sent_at), True
    if prompt is not None and prompt.base == prompts[-1].base and not _is_changed(prompt, incoming):
        return None
    first = late and prompt is not None and _is_older(turn, prompt)
    outcome = await _amend(turn, prompt, joins=late, first=first) if prompt is not None else None
    if outcome is not None:
        return outcome
    if late:
        turn.say("point.crossed")
    elif turn.conversation.consultation_id is not None or not await closed.say_if_over(turn):
        turn.say("point.lost")
    return await ask_again(turn)


def _is_number(turn: Turn) -> bool:
    return normalise(turn.incoming.text).replace(" ", "").isdecimal()


def _is_changed(prompt: Prompt, incoming: Incoming) -> bool:
    """Whether this message edits an earlier one in a way that must be handled."""
    is_answer = any(part.message_id == incoming.message_id for part in prompt.parts)
    # an edit matters if the earlier text was an answer, or if nothing was being asked
    return incoming.kind is Kind.EDITED and (is_answer or not prompt.question[1])


async def _amend(turn: Turn, prompt: Prompt, *, joins: bool, first: bool = False) -> Outcome | None:
    incoming = turn.incoming
    if joins and answer_parts.is_full(prompt):
        turn.say("text.full")
        return await ask_again(turn)
    try:
        with agent_session.recalled(turn, prompt.question[0]):
            done = await amend(turn, prompt, joins=joins, first=first)
        if not done:
            return None
    except KeyLost:
        turn.say("error.lost")
        return await ask_again(turn)
    except NotOpen:
        if not await closed.say_if_over(turn):
            turn.say("error.closed")
        return await ask_again(turn)
    now = answer_parts.parts_after_amendment(prompt, incoming, joins=joins, first=first)
    trail.note_message(turn.conversation, prompt, incoming, free=bool(prompt.length), parts=now)
    if incoming.kind is Kind.EDITED and not turn.lines:
        return Outcome.SETTLED  # the edit changes nothing
    return await ask_again(turn)


def _is_older(turn: Turn, prompt: Prompt) -> bool:
    """Whether this message was sent before another message that was already received at that prompt."""
    sent_at = turn.incoming.sent_at
    return prompt.sent_at is not None and sent_at is not None and sent_at < prompt.sent_at


def _before(turn: Turn) -> Prompt | None:
    """Return the prompt before the current one, if a free text answered it only seconds ago."""
    prompts = trail.read(turn.conversation)
    newest = [each for each in prompts if each.base == prompts[-1].base]
    older = [each for each in prompts[: -len(newest)] if each.length] if newest else []
    if not older or prompts[-1 - len(newest)] != older[-1]:
        return None
    asked_at = newest[0].at
    return older[-1] if (turn.incoming.sent_at or turn.now) - asked_at <= turn.context.parts_within else None


async def ask_again(turn: Turn) -> Outcome:
    """Ask the current prompt again. If nothing is asked, offer the current actions ("Back", …) again."""
    conversation = turn.conversation
    if conversation.step == "home" and all(choice.action for choice in conversation.offered):
        turn.ask("home", "", tuple(Choice(choice.key, choice.label, action=True) for choice in conversation.offered))
    else:
        await again(turn)
    return Outcome.SETTLED
