"""What comes next, from what is known: language, consent, province, then whatever is open."""

from __future__ import annotations

from api.consultations import service as consultations
from api.dialogue import wishes
from api.dialogue.features import BY_STEP, BY_WORD
from api.dialogue.steps import consent, home, language, opening, province, question
from api.dialogue.turn import Heard, Turn
from api.residents import service as residents


async def onward(turn: Turn) -> None:
    """Ask the next thing this person has not told us yet."""
    resident = turn.resident
    if resident.state in (residents.STOPPED, residents.DECLINED):
        turn.say("stopped.still")
    elif resident.language is None:
        language.ask(turn)
    elif resident.state != residents.ACTIVE:
        consent.ask(turn)
    elif resident.province is None:
        province.ask(turn)
    elif (said := wishes.taken(turn)) is not None:
        if await BY_WORD[said.intent or ""].begin(turn, said) is not Heard.SETTLED:
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
    """Ask once more what was asked last."""
    feature = BY_STEP.get(turn.conversation.step)
    if feature is not None:
        await feature.ask(turn)
        return
    ask = {"language": language.ask, "consent": consent.ask, "province": province.ask}.get(turn.conversation.step)
    if ask is not None:
        ask(turn)
    elif turn.question is not None:
        await question.ask(turn)
    else:
        await home.ask(turn)


def _under_way(turn: Turn) -> bool:
    if turn.conversation.consultation_id is None:
        return False
    if turn.consultation is None or consultations.takes_answers(turn.consultation, turn.now):
        return True
    turn.say("error.closed")
    turn.conversation.consultation_id = None
    return False
