"""The step that asks for a language, and for Tamazight a script."""

from __future__ import annotations

from api.channel import Choice
from api.dialogue.turn import Heard, Said, Turn
from api.residents import service as residents

# Each language in its own words, in an order that never changes: who cannot read the question can still find theirs.
_LABELS = (("ar", "العربية"), ("fr", "Français"), ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"), ("zgh-latn", "Tamazight (latin)"))
_LATIN_LABELS = (("ar", "العربية"), ("fr", "Français"), ("zgh-latn", "Tamazight"))


def ask(turn: Turn) -> None:
    """Offer the languages."""
    labels = _LATIN_LABELS if turn.incoming.hints.latin else _LABELS
    choices = tuple(Choice(f"lang:{tag}", label, chosen=tag == _tag(turn)) for tag, label in labels)
    back = Choice("lang:back", turn.voice("word.back"), action=True)
    turn.ask("language", turn.voice("language.ask"), (*choices, back) if _has_one(turn) else choices)


async def hear(turn: Turn, said: Said) -> Heard:
    """Take a language; says whether one was named."""
    tag = said.of("lang")
    if _has_one(turn) and (tag == "back" or said.intent == "back"):
        return Heard.MOVED
    if tag is None or tag not in {tag for tag, _ in _LABELS}:
        return Heard.MISSED
    choose(turn, tag)
    return Heard.MOVED


def choose(turn: Turn, tag: str) -> None:
    """From now on speak this language; a bare `zgh` takes the script that the channel can be expected to show."""
    language, _, script = tag.partition("-")
    turn.resident.language = language
    turn.resident.latin = language == "zgh" and (script == "latn" or (not script and turn.incoming.hints.latin))


def _has_one(turn: Turn) -> bool:
    """Whether they chose a language before, and may keep it."""
    return turn.resident.language is not None and turn.resident.state == residents.ACTIVE


def _tag(turn: Turn) -> str | None:
    resident = turn.resident
    return "zgh-latn" if resident.language == "zgh" and resident.latin else resident.language
