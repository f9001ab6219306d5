"""The menu: lists everything residents can do, to be chosen by number or tap."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice
from api.dialogue.features.feature import Feature, leave
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.expected import Reads


def menu(others: Sequence[Feature]) -> Feature:
    """Return the menu: a feature that lists the features with a title, in the order of `others`."""
    listed = {f"go:{each.name}": (each, each.title) for each in others if each.title is not None}

    async def ask(turn: Turn) -> None:
        choices = tuple(Choice(key, title(turn.voice)) for key, (_, title) in listed.items())
        back = Choice("go:back", turn.voice("word.back"), action=True)
        turn.ask("menu", turn.voice("menu.ask"), (*choices, back))

    async def begin(turn: Turn, _utterance: Utterance) -> Outcome:
        if not listed:
            return await leave(turn)
        await ask(turn)
        return Outcome.SETTLED

    async def hear(turn: Turn, utterance: Utterance) -> Outcome:
        if utterance.key == "go:menu":
            return await begin(turn, utterance)
        if utterance.key == "go:back":
            return Outcome.MOVED  # what was begun before, such as an idea, is still there
        chosen, _ = listed.get(utterance.key, (None, None))
        if chosen is None:
            return Outcome.MISSED
        turn.for_sender = chosen.for_sender
        return await chosen.begin(turn, utterance)

    return Feature(
        name="menu", begin=begin, hear=hear, ask=ask, words=("menu",), owns=("go",), steps={"menu": Reads.ONE}
    )
