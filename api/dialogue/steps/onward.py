"""Decides what to ask next: language, consent and province if they are missing, then the open consultations."""

from __future__ import annotations

from api.consultations import service as consultations
from api.dialogue import wishes
from api.dialogue.features import BY_STEP, BY_WORD
from api.dialogue.plugin import Plugin
from api.dialogue.steps import consent, home, language, opening, province, question
from api.dialogue.turn import Outcome, Turn
from api.residents import service as residents

_JOINING: dict[str, Plugin] = {"language": language, "consent": consent, "province": province}


async def onward(turn: Turn) -> None:
    """Ask for what we do not know about the resident yet. If nothing is missing, ask about a vote."""
    resident = turn.resident
    if resident.state in (residents.STOPPED, residents.DECLINED):
        turn.say("stopped.still")
    elif resident.language is None:
        await language.ask(turn)
    elif resident.state != residents.ACTIVE:
        await consent.ask(turn)
    elif resident.province is None:
        await province.ask(turn)
    elif (wish := wishes.take(turn)) is not None:
        if await BY_WORD[wish.intent or ""].begin(turn, wish) is not Outcome.SETTLED:
            await onward(turn)
    elif _under_way(turn):
        await question.ask(turn)
    elif turn.conversation.assisting is not None:
        await BY_STEP["assist"].ask(turn)
    elif await opening.begin_next(turn):
        await question.ask(turn)
    else:
        await home.ask(turn)


async def again(turn: Turn) -> None:
    """Ask again what was asked last."""
    step = turn.conversation.step
    plugin: Plugin = BY_STEP.get(step) or _JOINING.get(step) or (home if turn.question is None else question)
    await plugin.ask(turn)


def _under_way(turn: Turn) -> bool:
    if turn.conversation.consultation_id is None:
        return False
    if turn.consultation is None or consultations.takes_answers(turn.consultation, turn.now):
        return True
    turn.say("error.closed")
    turn.conversation.consultation_id = None
    return False
