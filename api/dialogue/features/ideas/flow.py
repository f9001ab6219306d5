"""Sending in an idea, step by step: its text in one or several messages, its theme and its province.

Residents can also ask what became of an idea.
"""

from __future__ import annotations

from dataclasses import replace

from api.dialogue.features.feature import Feature, leave
from api.dialogue.features.ideas import questions as asks
from api.dialogue.features.ideas.draft import Draft, draft_of, drop, keep, new_draft
from api.dialogue.features.receipt import answer_check
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.reactions import only_signs
from api.dialogue.understand.values.numbers import argument_number
from api.errors import Conflict, NotFound
from api.proposals import status_text
from api.proposals.ideas import intake, search
from api.region import places
from api.region.themes import theme as theme_of
from api.text.shortening import excerpt

_SHOWN = 160  # characters of a published idea to show
_SETTLING = ("done", "add", "anew", "theme", "prov", "retheme", "replace")


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    """Begin or continue an idea, or say what became of the idea with the given number."""
    words = "" if only_signs(utterance.argument or "") else utterance.argument or ""
    number = argument_number(words, turn.context.lexicon)
    if number is not None:
        await _answer(turn, number)
        return await _go_on(turn)
    if words and turn.question is not None:
        return Outcome.MISSED  # more likely an answer containing that word
    if draft_of(turn) is None:
        if not await intake.may_send(turn.session, turn.resident.id, most=turn.context.ideas_per_day, now=turn.now):
            turn.say("idea.limit", count=turn.context.ideas_per_day)
            return await leave(turn)
        keep(turn, new_draft(turn))
    draft = draft_of(turn) or new_draft(turn)
    if words:
        return await _hear_text(turn, draft, words)
    asks.write(turn, draft)
    return Outcome.SETTLED


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle part of the text of an idea, or a choice about it."""
    draft = draft_of(turn)
    if utterance.value is not None:
        return await _hear_text(turn, draft or new_draft(turn), utterance.value)
    verb, _, value = (utterance.choice_of("idea") or "").partition(":")
    if not verb:
        return Outcome.MISSED
    # a "send" below an earlier idea does nothing
    if draft is None or (verb == "send" and value != str(draft.serial)):
        turn.say("idea.past")
        return Outcome.SETTLED
    if verb == "send":
        return await _send(turn, draft)
    if verb == "back":
        return await _back(turn, draft)
    return _settle(turn, draft, verb, value)


async def _hear_text(turn: Turn, draft: Draft, text: str) -> Outcome:
    """Add a text to the idea, unless the text contains a receipt."""
    # a receipt is checked instead, because an idea is stored with its author
    if await answer_check(turn, text):
        asks.write(turn, draft)
        return Outcome.SETTLED
    return _write(turn, draft, text)


def _write(turn: Turn, draft: Draft, text: str) -> Outcome:
    text, sent = text.strip(), turn.incoming.sent_at or turn.now
    if draft.rested(turn.now):
        keep(turn, replace(draft, late=text))
        asks.rested(turn)
    elif not draft.has_room(text) or draft.is_cut(sent, turn.context.parts_within):
        turn.say("idea.long", count=intake.LONGEST)
        keep(turn, replace(draft, refused=sent.isoformat()))
        asks.write(turn, draft, silent=True)
    else:
        more = draft.with_more(text, turn.now)
        keep(turn, more)
        asks.write(turn, more)
    return Outcome.SETTLED


def _settle(turn: Turn, draft: Draft, verb: str, value: str) -> Outcome:
    """Apply a choice about the draft, such as its theme or its province."""
    if verb not in _SETTLING:
        return Outcome.MISSED
    # does a late message belong to this idea or to a new one?
    if verb in ("add", "anew"):
        late, base = draft.late, draft if verb == "add" else new_draft(turn)
        if not late:
            return Outcome.MISSED
        keep(turn, replace(base, late="", at=turn.now.isoformat()))
        return _write(turn, draft_of(turn) or base, late)
    if verb == "theme" and theme_of(value) is not None:
        draft = replace(draft, theme=value)
    elif verb == "prov" and (not value or places.province(value) is not None):
        draft = replace(draft, province=value or None)
    elif verb in ("theme", "prov"):
        return Outcome.MISSED
    if not draft.text:
        asks.write(turn, draft)
        return Outcome.SETTLED
    keep(turn, draft)
    _next(turn, draft, verb)
    return Outcome.SETTLED


def _next(turn: Turn, draft: Draft, verb: str) -> None:
    """Ask for a missing or unwanted theme or province, or else show the whole idea."""
    if draft.about is None or verb == "retheme":
        asks.theme(turn)
    elif verb == "replace":
        asks.province(turn)
    else:
        asks.check(turn, draft)


async def _back(turn: Turn, draft: Draft) -> Outcome:
    """Go back to the text of the idea or, from the text, give up the idea."""
    if turn.conversation.step != asks.WRITING and turn.conversation.step in asks.STEPS:
        asks.write(turn, draft)
        return Outcome.SETTLED
    turn.say("idea.dropped")
    drop(turn)
    return await leave(turn)


async def _send(turn: Turn, draft: Draft) -> Outcome:
    if not draft.text or draft.about is None:
        return Outcome.MISSED
    if await answer_check(turn, draft.text):  # a receipt split over several messages
        turn.say("idea.dropped")
        drop(turn)
        return await leave(turn)
    try:
        idea = await intake.submit(
            turn.session,
            turn.resident,
            text=draft.text,
            theme=draft.about,
            province=draft.province,
            channel=turn.incoming.channel,
            most=turn.context.ideas_per_day,
            now=turn.now,
        )
    except Conflict:
        turn.say("idea.limit", count=turn.context.ideas_per_day)
        return await leave(turn)
    drop(turn)
    turn.say("idea.kept", number=idea.id)
    return await leave(turn)


async def _answer(turn: Turn, number: int) -> None:
    """Say what became of an idea."""
    try:
        idea = await search.get(turn.session, number)
    except NotFound:
        idea = None
    # only its authors may ask about an idea that is not published
    if idea is None or not await search.may_ask(turn.session, idea, turn.resident.id):
        turn.say("idea.unknown")
        return
    if idea.public is not None:
        turn.say("idea.public", number=number, title=excerpt(idea.public, _SHOWN))
    turn.lines.append(status_text.full_status(turn.voice, number, await status_text.chain(turn.session, idea)))


async def _go_on(turn: Turn) -> Outcome:
    """Continue the idea in progress after answering something else, or return to what was asked before."""
    if turn.conversation.step not in asks.STEPS:
        return await leave(turn)
    await _ask(turn)
    return Outcome.SETTLED


async def _ask(turn: Turn) -> None:
    """Ask again what was asked last about the idea."""
    draft = draft_of(turn) or new_draft(turn)
    match turn.conversation.step:
        case asks.THEME:
            asks.theme(turn)
        case asks.PROVINCE:
            asks.province(turn)
        case asks.RESTED:
            asks.rested(turn)
        case asks.CHECK if draft.about is not None:
            asks.check(turn, draft)
        case _:
            asks.write(turn, draft)


FEATURE = Feature(
    name="ideas",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("idea.title"),
    words=("idea",),
    commands=("idea",),
    opens=("idea",),
    owns=("idea",),
    steps=asks.STEPS,
    says={"add": "yes", "anew": "no"},
)
