"""Decides the reply to misunderstood, repeated or too many messages: a hint, one short line, or silence.

Only robots should get silence. A text that leads to nothing is answered twice an hour and then ignored, even if other
texts come in between. People who keep trying get one short line that says how to reach a person.
"""

from __future__ import annotations

import re
from datetime import timedelta

from api.channel import Kind, Reply
from api.consultations.receipts import spotting
from api.dialogue import agent_session
from api.dialogue.expectations import expected
from api.dialogue.features.letters import flow
from api.dialogue.responses import confirmations, unmatched
from api.dialogue.responses.rendering import has_hint
from api.dialogue.steps import question
from api.dialogue.steps.onward import again
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.sentences.greetings import CIVIL
from api.dialogue.understand.values.numbers import argument_number
from api.residents import service as residents
from api.text.normalise import normalise

_WHOLE = 1  # number of misses after which the full question is still asked again
_SHORT = 60  # longest question, with its choices, that may be repeated each time
_ANSWERED = 2  # replies per hour to the same text that leads to nothing
_KNOWN = 20  # number of such texts remembered
_WINDOW = timedelta(hours=1)
_DIGITS = re.compile(r"\d+")  # ignored in texts, because robots send counters and times


def admits(turn: Turn, utterance: Utterance, *, per_hour: int) -> bool:
    """Count this message, and return whether to answer it. STOP is always answered."""
    row = turn.conversation
    if turn.now - row.hour >= _WINDOW:
        row.hour, row.heard, row.misses, row.repeated, turn.rested = turn.now, 0, 0, {}, True
    row.heard += 1
    if utterance.intent == "stop":
        return True
    if row.repeated and _is_idle(utterance) and row.repeated.get(_text_hash(turn, utterance), 0) >= _ANSWERED:
        return False
    if row.heard == per_hour + 1:
        # one last reply says that we stay silent
        turn.say("quiet")
    return row.heard <= per_hour


def count_idle(turn: Turn, utterance: Utterance, outcome: Outcome, *, first: bool) -> None:
    """Count a text that led to nothing. The `first` text of a dialogue counts too, because it always gets a reply."""
    row = turn.conversation
    is_polite = utterance.intent in CIVIL
    leads_nowhere = outcome is Outcome.MISSED or is_polite or (first and turn.incoming.kind is Kind.SAID)
    if _is_idle(utterance) and leads_nowhere:
        text_hash = _text_hash(turn, utterance)
        if text_hash and (text_hash in row.repeated or len(row.repeated) < _KNOWN):
            row.repeated = {**row.repeated, text_hash: row.repeated.get(text_hash, 0) + 1}


def _is_idle(utterance: Utterance) -> bool:
    """Return whether a text may lead to nothing: it gives no choice, no answer and no command."""
    is_answer = utterance.tapped or utterance.keys or utterance.value is not None
    # people who type numbers are looking for the right one
    is_answer = is_answer or normalise(utterance.text).isdecimal()
    return not is_answer and utterance.intent in (None, *CIVIL) and utterance.guess != agent_session.END


def _text_hash(turn: Turn, utterance: Utterance) -> str:
    """Return a keyed hash of a text without its numbers and receipts."""
    # with the keys, somebody could otherwise hash every receipt and find the one in the text
    key = normalise(spotting.without_runs(utterance.text))
    if not key and normalise(utterance.text):
        return ""
    return turn.context.keyring.blind_index("repeated", _DIGITS.sub("", key).strip() or key).hex()[:12]


async def answer_missed(turn: Turn, utterance: Utterance) -> None:
    """Reply to a message that was not understood, with a guess or by saying which answers are expected.

    A long question is repeated only once. After that, a short line says how to reach a person. Thanks and greetings
    during a question get the same reply, without an apology.
    """
    row, is_civil = turn.conversation, utterance.intent in CIVIL
    if not (is_civil or utterance.tapped) and row.repeated.get(_text_hash(turn, utterance)) == 1:  # once an hour
        await unmatched.note(turn)
    row.misses += 1
    if not is_civil and utterance.guess is None and not utterance.tapped and await flow.offer(turn, utterance.text):
        row.misses = 0
        return
    has_hint = utterance.guess is not None and confirmations.suggest(turn, utterance.guess)
    is_first, is_wrong_number = row.misses <= _WHOLE or utterance.tapped, _is_wrong_number(turn, utterance)
    if not has_hint and (is_wrong_number or (is_first and not is_civil and row.step != "home" and not turn.rested)):
        turn.lines.append(_what_is_expected(turn))
    may_go_on = turn.resident.state in (residents.JOINING, residents.ACTIVE)
    if may_go_on and not (is_first or is_civil or is_wrong_number):
        turn.lines.append(_ways_on(turn))
    await _ask_again(turn, whole=is_first)


async def _ask_again(turn: Turn, *, whole: bool) -> None:
    """Ask again; if the question is long and `whole` is false, only say what an answer looks like."""
    before = list(turn.lines)
    await again(turn)
    prompt = turn.prompt
    if whole or prompt is None or _is_short(turn, prompt):
        return
    turn.lines, turn.prompt = before, None
    if turn.question is not None:
        turn.lines.append(f"{agent_session.for_whom(turn)} {question.expects(turn)}".lstrip())
    elif not turn.lines or turn.conversation.step == "language":
        turn.lines.append(_number_hint(turn) or prompt.text)


def _is_short(turn: Turn, prompt: Reply) -> bool:
    """Return whether the prompt is short enough to be repeated each time."""
    length = len(prompt.text) + sum(len(each.label) for each in prompt.choices)
    # the first choice of a language is never short
    return length <= _SHORT and (turn.conversation.step != "language" or turn.resident.language is not None)


def _is_wrong_number(turn: Turn, utterance: Utterance) -> bool:
    """Return whether the message is a number that selects none of the choices offered."""
    number = argument_number(utterance.text, turn.context.lexicon) is not None and not utterance.tapped
    return number and bool(_number_hint(turn)) and not expected(turn).yes_no


def _ways_on(turn: Turn) -> str:
    """Return a line with the words that residents can write at this moment."""
    return turn.voice("lost") if turn.resident.state == residents.ACTIVE else turn.voice("lost.early")


def _number_hint(turn: Turn) -> str:
    """Return a hint that a number is expected; "" if there is nothing to choose from."""
    count = sum(not choice.action for choice in turn.conversation.offered)
    return turn.voice("expect.choice", last=count) if count > 1 else ""


def _what_is_expected(turn: Turn) -> str:
    sorry = turn.voice("missed")
    if turn.question is not None:
        return sorry if has_hint(turn.question) else f"{sorry} {question.expects(turn)}"
    if expected(turn).yes_no:
        return f"{sorry} {turn.voice('expect.yes_no')}"
    return f"{sorry} {_number_hint(turn)}".strip()
