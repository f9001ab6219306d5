"""How misunderstandings and floods are met: what is expected three times, then help, then a notice and silence."""

from __future__ import annotations

from datetime import timedelta

from api.dialogue import asides, unmatched
from api.dialogue.features import desk
from api.dialogue.offers import expected
from api.dialogue.steps import question
from api.dialogue.steps.onward import again
from api.dialogue.taps import explained
from api.dialogue.turn import Said, Turn

_HELP_AT = 4  # three times what is expected, then help
_QUIET_AT = 6  # then one notice, and silence: this may be another robot
_WINDOW = timedelta(hours=1)


def admits(turn: Turn, said: Said, *, per_hour: int) -> bool:
    """Count this message; False where it is to be met with silence, or with the one notice before it.

    STOP is always heard.
    """
    at = turn.conversation
    if turn.now - at.hour >= _WINDOW:
        at.hour, at.heard, at.misses, turn.rested = turn.now, 0, 0, True
    at.heard += 1
    if at.heard <= per_hour or said.intent == "stop":
        return True
    if at.heard == per_hour + 1:
        turn.say("quiet")
    return False


async def missed(turn: Turn, said: Said) -> None:
    """Answer what was not understood: with what they may have meant, or what is expected."""
    at = turn.conversation
    if not said.tapped:
        await unmatched.note(turn)
    at.misses += 1
    if at.misses > _QUIET_AT:
        return
    if at.misses == _QUIET_AT:
        turn.say("quiet")
        return
    if said.guess is not None and asides.suggest(turn, said.guess):
        pass
    elif at.misses == _HELP_AT:
        turn.say("help")
    elif at.step != "home" and not (turn.rested and at.misses == 1):
        turn.lines.append(_expected(turn))
    offered = at.step == "home" and said.guess is None and not said.tapped and await desk.offer(turn, said.text)
    if not offered:
        await again(turn)


def _expected(turn: Turn) -> str:
    sorry = turn.voice("missed")
    if turn.question is not None:
        return sorry if explained(turn.question) else f"{sorry} {question.expects(turn)}"
    if expected(turn).yes_no:
        return f"{sorry} {turn.voice('expect.yes_no')}"
    count = sum(not action for _, _, action in turn.conversation.offered)
    return f"{sorry} {turn.voice('expect.choice', last=count)}" if count > 1 else sorry
