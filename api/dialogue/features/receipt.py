"""Checking a receipt: says whether the vote counts, and, after the closing, what its answers are."""

from __future__ import annotations

from api.consultations.receipts import lookup, spotting
from api.consultations.receipts.description import describe
from api.consultations.vault_keys import secrecy
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Outcome, Turn, Utterance
from api.outbox import expiring_keys
from api.residents import service as residents

_SENTENCE = 8  # maximum number of words of a sentence that asks about a receipt; longer texts are letters
_TRIED = 5  # maximum number of possible receipts looked up in such a sentence
_MOST = 500  # maximum number of possible receipts looked up in a text that would be stored


async def _begin(turn: Turn, utterance: Utterance) -> Outcome:
    if utterance.argument is None:
        turn.say("receipt.how")
    else:
        checked = await _check(turn, utterance.argument)
        turn.lines.append(turn.voice("receipt.unknown") if checked is None else describe(checked, turn.voice))
    return await _go_on(turn)


async def _named(turn: Turn, text: str) -> Outcome | None:
    """Check the receipt in a message that consists of little else."""
    if not _is_short(text):
        return None
    # A text with a receipt is never offered as a letter, which is stored with its author's name.
    checked = await _check(turn, text)
    # at the step "home", also say that a receipt is unknown
    if checked is None and not (turn.conversation.step == "home" and _is_meant(text)):
        return None
    turn.lines.append(turn.voice("receipt.unknown") if checked is None else describe(checked, turn.voice))
    return await _go_on(turn)


async def answer_check(turn: Turn, text: str, *, short: bool = False) -> bool:
    """If the text contains an existing receipt, reply as the command CHECK does. Return whether there was one.

    With `short`, look only at short sentences. The caller must not store a text with a receipt. Once the ballots are
    published, the text would link its author to a ballot. Raises Unavailable.
    """
    if short and not _is_short(text):
        return False
    checked = await lookup.check_first(turn.session, spotting.possible(text)[:_MOST])
    if checked is not None:
        turn.lines.append(describe(_sealed(turn, checked), turn.voice))
    return checked is not None


def _is_short(text: str) -> bool:
    return spotting.words_of(text) <= _SENTENCE


async def _check(turn: Turn, text: str) -> lookup.Checked | None:
    """Look up this text as a receipt, or else the first existing receipt in it."""
    for receipt in (text, *spotting.within(text)[:_TRIED]):
        checked = await lookup.check(turn.session, receipt)
        if checked is not None:
            return _sealed(turn, checked)
    return None


def _sealed(turn: Turn, checked: lookup.Checked) -> lookup.Checked:
    """Have the reply encrypted under two more keys, because it describes a ballot. Raises Unavailable."""
    secrecy.seal_with(turn.session, checked.consultation)
    expiring_keys.use(turn.session, keyring=turn.context.keyring, now=turn.now)
    return checked


def _is_meant(text: str) -> bool:
    """Return whether a text looks like a receipt, or contains a word that does."""
    if spotting.tidy(text) is not None and any(map(str.isdecimal, text)):
        return True
    words = (word for word in text.split() if any(map(str.isdecimal, word)) and any(map(str.isalpha, word)))
    return any(spotting.within(word) for word in words)


async def _go_on(turn: Turn) -> Outcome:
    return await leave(turn) if turn.resident.state == residents.ACTIVE else Outcome.SETTLED


async def _hear(_turn: Turn, _utterance: Utterance) -> Outcome:
    return Outcome.MISSED


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
    hear_name=_named,
)
