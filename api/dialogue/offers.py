"""What was asked last, with every name each choice goes by: what a text is read against."""

from __future__ import annotations

from functools import cache

from api import places
from api.consultations.content import PLACE, QuestionContent
from api.consultations.marks import given_by
from api.dialogue.features import COMMANDS, OPENS, READS
from api.dialogue.kinds import KINDS
from api.dialogue.steps.statements import LATER, MORE
from api.dialogue.turn import Turn
from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.lexicon import Sureness

_MEANT = {MORE: "word.yes", LATER: "word.no"}  # also said to "go on?" after a sitting of statements


def expected(turn: Turn) -> Expected:
    """What was asked last in this conversation."""
    at, question = turn.conversation, turn.question
    offers = tuple(Offer(key, _names(turn, key, label), action) for key, label, action in at.offered)
    if question is not None:
        low, high = int(question.rules.get("low") or 0), int(question.rules.get("high") or 0)
        decimals = bool(question.rules.get("decimals"))
        reads = KINDS[question.kind].reads
        return Expected(reads, offers, low=low, high=high, decimals=decimals, commands=COMMANDS)
    usual = Reads.ONE if any(not offer.action for offer in offers) else Reads.NOTHING
    opens = OPENS if at.step == "home" else frozenset()
    return Expected(READS.get(at.step, usual), offers, commands=COMMANDS, opens=opens)


@cache
def place_names(code: str) -> tuple[Name, ...]:
    """A province's names; those of its towns are repeated to the person, as the province they stand for."""
    place = places.province(code)
    official = (Name(place.ar, "ar"), Name(place.fr)) if place is not None else ()
    spelt = tuple(Name(text) for text in places.spellings(code))
    return (*official, *spelt, *(Name(text, sureness=Sureness.MID) for text in places.towns(code)))


def label(turn: Turn, key: str) -> str:
    """What a person read, or would read, for the key of a choice."""
    labels = {known: text for known, text, _ in turn.conversation.offered}
    option, _, points = key.rpartition(":")
    return labels.get(key) or (turn.voice.paired(labels[option], points) if option in labels else "")


def _names(turn: Turn, key: str, shown: str) -> tuple[Name, ...]:
    owner, _, value = key.partition(":")
    rest, _, code = key.rpartition(":")
    if rest.endswith("prov") and code:  # whoever asks for a province
        return place_names(code)
    question = turn.question
    if owner == "q" and question is not None:
        value = value.partition(":")[2]
        if question.one_by_one:
            word = _MEANT.get(given_by(value))
            return (Name(shown), *((Name(turn.voice(word)),) if word else ()))
        return place_names(value) if question.kind == PLACE else _option_names(question, value, shown)
    return (Name(shown),)


def _option_names(question: QuestionContent, value: str, shown: str) -> tuple[Name, ...]:
    for option in question.options:
        if option.value == value:
            return tuple(Name(text, language) for language, text in option.label.items())
    return (Name(shown),)
