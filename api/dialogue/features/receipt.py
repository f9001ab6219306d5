"""Checking a receipt: whether a vote counts, and after closing what it says."""

from __future__ import annotations

from api.consultations import receipts, secrecy
from api.consultations.telling import told
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Heard, Said, Turn
from api.residents import service as residents


async def _begin(turn: Turn, said: Said) -> Heard:
    if said.argument is None:
        turn.say("receipt.how")
    else:
        found = await _check(turn, said.argument)
        turn.lines.append(turn.voice("receipt.unknown") if found is None else told(found, turn.voice))
    return await _on(turn)


async def _named(turn: Turn, text: str) -> Heard | None:
    """A receipt by itself; at rest also that there is none such, where it looks like one and like no word."""
    found = await _check(turn, text)
    looks = receipts.tidy(text) is not None and any(map(str.isdecimal, text))
    if found is None and not (looks and turn.conversation.step == "home"):
        return None
    turn.lines.append(turn.voice("receipt.unknown") if found is None else told(found, turn.voice))
    return await _on(turn)


async def _check(turn: Turn, text: str) -> receipts.Checked | None:
    """How it stands with a receipt; the reply that names it is sealed as the ballot's consultation is."""
    found = await receipts.check(turn.session, text)
    if found is not None:
        secrecy.seal_with(turn.session, found.consultation)
    return found


async def _on(turn: Turn) -> Heard:
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Heard.SETTLED


async def _hear(_turn: Turn, _said: Said) -> Heard:
    return Heard.MISSED


async def _ask(turn: Turn) -> None:
    turn.say("receipt.how")


RECEIPT = Feature(
    name="receipt",
    begin=_begin,
    hear=_hear,
    ask=_ask,
    title=lambda voice: voice("receipt.title"),
    words=("check",),
    commands=("check",),
    anytime=True,
    named=_named,
)
