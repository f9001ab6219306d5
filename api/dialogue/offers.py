"""What was asked last, with every name each choice goes by: what a text is read against."""

from __future__ import annotations

from functools import cache

from api import places
from api.consultations.content import PLACE, QuestionContent
from api.dialogue.kinds import KINDS
from api.dialogue.turn import Turn
from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.lexicon import Sureness


def expected(turn: Turn) -> Expected:
    """What was asked last in this conversation."""
    at, question = turn.conversation, turn.question
    offers = tuple(Offer(key, _names(turn, key, label), action) for key, label, action in at.offered)
    if question is not None:
        low, high = int(question.rules.get("low") or 0), int(question.rules.get("high") or 0)
        decimals = bool(question.rules.get("decimals"))
        return Expected(KINDS[question.kind].reads, offers, low=low, high=high, decimals=decimals)
    return Expected(Reads.ONE if any(not offer.action for offer in offers) else Reads.NOTHING, offers)


@cache
def place_names(code: str) -> tuple[Name, ...]:
    """A province's names; those of its towns are repeated to the person, as the province they stand for."""
    place = places.province(code)
    official = (Name(place.ar, "ar"), Name(place.fr)) if place is not None else ()
    spelt = tuple(Name(text) for text in places.spellings(code))
    return (*official, *spelt, *(Name(text, sureness=Sureness.MID) for text in places.towns(code)))


def label(turn: Turn, key: str) -> str:
    """What a person read, or would read, for the key of a choice."""
    return next((text for known, text, _ in turn.conversation.offered if known == key), "")


def _names(turn: Turn, key: str, shown: str) -> tuple[Name, ...]:
    owner, _, value = key.partition(":")
    if owner == "prov":
        return place_names(value)
    question = turn.question
    if owner == "q" and question is not None:
        value = value.partition(":")[2]
        return place_names(value) if question.kind == PLACE else _option_names(question, value, shown)
    return (Name(shown),)


def _option_names(question: QuestionContent, value: str, shown: str) -> tuple[Name, ...]:
    for option in question.options:
        if option.value == value:
            return tuple(Name(text, language) for language, text in option.label.items())
    return (Name(shown),)
