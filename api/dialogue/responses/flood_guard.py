"""How misunderstandings, repetitions and floods are met: with what is expected, with one short line, with silence.

Silence is for robots: the same text, or a few by turns, that lead to nothing are answered twice in an hour. Whoever
still tries to say something gets one short line, which names a person to write to.
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
from api.dialogue.responses.rendering import explains_itself
from api.dialogue.steps import question
from api.dialogue.steps.onward import again
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.sentences.greetings import CIVIL
from api.dialogue.understand.values.numbers import behind
from api.residents import service as residents
from api.text.normalise import normalise

_WHOLE = 1  # misses after which the whole question is asked again; then it was read twice
_SHORT = 60  # characters of a question, with its choices, that may be read again and again
_ANSWERED = 2  # times that the same text to no end is answered in an hour
_KNOWN = 20  # such texts that are remembered
_WINDOW = timedelta(hours=1)
_DIGITS = re.compile(r"\d+")  # robots count, and tell the time


def admits(turn: Turn, utterance: Utterance, *, per_hour: int) -> bool:
    """Count this message; False where it is to be met with silence, or with the one notice before it.

    STOP is always heard.
    """
    at = turn.conversation
    if turn.now - at.hour >= _WINDOW:
        at.hour, at.heard, at.misses, at.repeated, turn.rested = turn.now, 0, 0, {}, True
    at.heard += 1
    if utterance.intent == "stop":
        return True
    if at.repeated and _is_idle(utterance) and at.repeated.get(_text_hash(turn, utterance), 0) >= _ANSWERED:
        return False
    if at.heard == per_hour + 1:
        turn.say("quiet")
    return at.heard <= per_hour


def count_idle(turn: Turn, utterance: Utterance, outcome: Outcome, *, first: bool) -> None:
    """Count a text that led to nothing; the `first` of all is answered whatever it says, as a robot's is."""
    at = turn.conversation
    leads_nowhere = (
        outcome is Outcome.MISSED or utterance.intent in CIVIL or (first and turn.incoming.kind is Kind.SAID)
    )
    if _is_idle(utterance) and leads_nowhere:
        text_hash = _text_hash(turn, utterance)
        if text_hash and (text_hash in at.repeated or len(at.repeated) < _KNOWN):
            at.repeated = {**at.repeated, text_hash: at.repeated.get(text_hash, 0) + 1}


def _is_idle(utterance: Utterance) -> bool:
    """Whether a text may lead to nothing: no choice, no answer, and no word we know but a polite one.

    Nor a bare number: who types one that is on no list looks for the right one.
    """
    said_something = (
        utterance.tapped or utterance.keys or utterance.value is not None or normalise(utterance.text).isdecimal()
    )
    return not said_something and utterance.intent in (None, *CIVIL) and utterance.guess != agent_session.END


def _text_hash(turn: Turn, utterance: Utterance) -> str:
    """What the same text is known by: a keyed hash, numbers and receipts apart; "" if it is all a receipt.

    Whoever has the keys can make the hash of each receipt in each form: nothing of one may be in it.
    """
    key = normalise(spotting.around(utterance.text))
    if not key and normalise(utterance.text):
        return ""
    return turn.context.keyring.blind_index("repeated", _DIGITS.sub("", key).strip() or key).hex()[:12]


async def answer_missed(turn: Turn, utterance: Utterance) -> None:
    """Answer what was not understood: with what they may have meant, or what is expected.

    A long question is asked again once only; then a short line offers a person. Thanks and greetings amid a question
    are met in the same way, without a word of not understanding.
    """
    at, is_civil = turn.conversation, utterance.intent in CIVIL
    if not (is_civil or utterance.tapped) and at.repeated.get(_text_hash(turn, utterance)) == 1:  # once an hour
        await unmatched.note(turn)
    at.misses += 1
    if not is_civil and utterance.guess is None and not utterance.tapped and await flow.offer(turn, utterance.text):
        at.misses = 0
        return
    has_hint = utterance.guess is not None and confirmations.suggest(turn, utterance.guess)
    is_first, is_wrong_number = at.misses <= _WHOLE or utterance.tapped, _is_wrong_number(turn, utterance)
    if not has_hint and (is_wrong_number or (is_first and not is_civil and at.step != "home" and not turn.rested)):
        turn.lines.append(_what_is_expected(turn))
    if (
        not is_first
        and not is_civil
        and not is_wrong_number
        and turn.resident.state in (residents.JOINING, residents.ACTIVE)
    ):
        turn.lines.append(_ways_on(turn))
    await _ask_again(turn, whole=is_first)


async def _ask_again(turn: Turn, *, whole: bool) -> None:
    """Ask once more; where not the whole is to be read again, and it is long, only say what an answer looks like."""
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
    """Whether it may be read again and again; the question of who has just come, with its greeting, may not."""
    length = len(prompt.text) + sum(len(each.label) for each in prompt.choices)
    return length <= _SHORT and (turn.conversation.step != "language" or turn.resident.language is not None)


def _is_wrong_number(turn: Turn, utterance: Utterance) -> bool:
    """Whether it is a number, where others than this one are on offer."""
    number = behind(utterance.text, turn.context.lexicon) is not None and not utterance.tapped
    return number and bool(_number_hint(turn)) and not expected(turn).yes_no


def _ways_on(turn: Turn) -> str:
    """The words that lead on from here; before they agreed, only those that work then."""
    return turn.voice("lost") if turn.resident.state == residents.ACTIVE else turn.voice("lost.early")


def _number_hint(turn: Turn) -> str:
    """That a number is expected, where there are some to choose from."""
    count = sum(not choice.action for choice in turn.conversation.offered)
    return turn.voice("expect.choice", last=count) if count > 1 else ""


def _what_is_expected(turn: Turn) -> str:
    sorry = turn.voice("missed")
    if turn.question is not None:
        return sorry if explains_itself(turn.question) else f"{sorry} {question.expects(turn)}"
    if expected(turn).yes_no:
        return f"{sorry} {turn.voice('expect.yes_no')}"
    return f"{sorry} {_number_hint(turn)}".strip()
