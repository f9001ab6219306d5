"""The step that asks for the resident's province. Residents may skip it."""

from __future__ import annotations

from api.channel import Choice
from api.dialogue.steps import language
from api.dialogue.steps.towns import commune_in
from api.dialogue.turn import Outcome, Turn, Utterance
from api.region import places

UNSAID = ""  # stored if the question was skipped


async def ask(turn: Turn) -> None:
    """Ask for the resident's province, and offer the eight provinces."""
    voice = turn.voice
    offered = [
        Choice(f"prov:{place.code}", voice.pick(place.words), chosen=place.code == turn.resident.province)
        for place in places.provinces()
    ]
    turn.ask("province", voice("province.ask"), (*offered, Choice("prov:skip", voice("word.skip"), action=True)))


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Record the province, and the commune if the resident named a town; or record that they skipped the question."""
    value = utterance.choice_of("prov")
    if utterance.intent == "back":
        await language.ask(turn)
        return Outcome.SETTLED
    if value == "skip":
        turn.resident.province = turn.resident.province or UNSAID
        return Outcome.MOVED
    if value is None or places.province(value) is None:
        return Outcome.MISSED
    commune = None if utterance.tapped else commune_in(utterance.text, value, turn.context.lexicon)
    if commune is not None or value != turn.resident.province:
        turn.resident.commune = commune  # another province has other communes
    turn.resident.province = value
    return Outcome.MOVED
