"""The questions to a resident who sends in an idea, one function each."""

from __future__ import annotations

from api.channel import Choice
from api.dialogue.features.ideas.draft import Draft
from api.dialogue.turn import Turn
from api.dialogue.understand.expected import Reads
from api.i18n import Voice
from api.region import places
from api.region.themes import theme as theme_of
from api.region.themes import themes
from api.text.shortening import excerpt

WRITING, RESTED, THEME, PROVINCE, CHECK = "idea", "idea_rested", "idea_theme", "idea_province", "idea_check"
STEPS = {WRITING: Reads.TEXT, RESTED: Reads.ONE, THEME: Reads.ONE, PROVINCE: Reads.ONE, CHECK: Reads.ONE}

_EXCERPT = 40  # enough characters to recognise the text


def write(turn: Turn, draft: Draft, *, silent: bool = False) -> None:
    """Ask for the text of the idea, or for more of it.

    With `silent`, offer only the choices, because the reply says already what to do.
    """
    voice = turn.voice
    text = voice("idea.more", number=draft.count) if draft.count else voice("idea.write")
    done = Choice("idea:done", voice("word.done"), action=True)
    turn.ask(WRITING, "" if silent else text, (done, _back(voice)))


def rested(turn: Turn) -> None:
    """Ask whether this message belongs to the idea that was begun more than an hour ago."""
    voice = turn.voice
    choices = (Choice("idea:add", voice("idea.add")), Choice("idea:anew", voice("idea.anew")))
    turn.ask(RESTED, voice("idea.rested"), (*choices, _back(voice)))


def theme(turn: Turn) -> None:
    """Ask which theme the idea is about."""
    voice = turn.voice
    choices = [Choice(f"idea:theme:{each.code}", voice.pick(each.words)) for each in themes()]
    turn.ask(THEME, voice("idea.theme"), (*choices, _back(voice)))


def province(turn: Turn) -> None:
    """Ask which province the idea is for."""
    voice = turn.voice
    choices = [Choice(f"idea:prov:{each.code}", voice.pick(each.words)) for each in places.provinces()]
    turn.ask(PROVINCE, voice("idea.province"), (*choices, Choice("idea:prov:", voice("idea.region")), _back(voice)))


def check(turn: Turn, draft: Draft) -> None:
    """Show the beginning of the idea with its theme and province, and ask whether to send it or change it."""
    voice = turn.voice
    about = theme_of(draft.about or "")
    text = voice(
        "idea.check",
        title=excerpt(draft.text, _EXCERPT),
        theme=voice.pick(about.words) if about is not None else "",
        place=_place(voice, draft.province),
    )
    choices = (
        Choice(f"idea:send:{draft.serial}", voice("idea.send")),
        Choice("idea:retheme", voice("idea.retheme")),
        Choice("idea:replace", voice("idea.replace")),
        _back(voice),
    )
    turn.ask(CHECK, text, choices)


def _place(voice: Voice, code: str | None) -> str:
    place = places.province(code) if code is not None else None
    return voice.pick(place.words) if place is not None else voice("idea.region")


def _back(voice: Voice) -> Choice:
    return Choice("idea:back", voice("word.back"), action=True)
