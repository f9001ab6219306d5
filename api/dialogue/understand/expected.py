"""What a text is read against, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from api.dialogue.understand.vocabulary.lexicon import Sureness


class Reads(Enum):
    """How the words of an answer are read."""

    ONE = "one"  # one of the choices on offer
    MANY = "many"  # several of them, in an order
    SHARES = "shares"  # points for some of them
    STEP = "step"  # a step of a scale: the numbers are the answers
    NUMBER = "number"  # an amount
    TEXT = "text"  # anything: only few words are taken as commands
    NOTHING = "nothing"  # nothing is asked


class Name(NamedTuple):
    """One name of a choice, the language it is in (None for several), and how surely it means that choice.

    `given` is a word it has beside its label: it counts only where nothing else is understood.
    """

    text: str
    language: str | None = None
    sureness: Sureness = Sureness.HIGH
    given: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """One choice on offer: its key, and its names."""

    key: str
    names: tuple[Name, ...]
    action: bool = False  # a way out: named by a word, never by a number
    says: str = ""  # yes or no, where it stands for one and its key has another value

    @property
    def value(self) -> str:
        """The last part of the key: yes, back, 3 …"""
        return self.key.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked. `low` and `high` are the ends of a scale, or of an amount where they differ."""

    reads: Reads = Reads.NOTHING
    offers: tuple[Offer, ...] = ()
    low: int = 0
    high: int = 0
    decimals: bool = False
    total: int = 0  # points to share out
    commands: frozenset[str] = frozenset()  # intents that take something behind them: "IDEA 17"
    opens: frozenset[str] = frozenset()  # those of them that take a whole text now: "IDEA a bridge for the douar"
    lettered: bool = True  # a letter may name a choice
    topics: frozenset[str] = frozenset()  # intents that things of ours have here, by their names: "engagement 3"
    ordered: bool = False  # several choices are put in an order
    hears: bool = False  # yes or no to whether they have heard of something
    careful: bool = False  # a yes that says "enough" too is asked back
    # Made of the offers, once: they are looked at for every word.
    listed: tuple[Offer, ...] = field(init=False, repr=False, compare=False)  # what a number can name, as it was shown
    yes_no: bool = field(init=False, repr=False, compare=False)  # yes or no, or neither where that is offered too

    def __post_init__(self) -> None:
        says = {offer.says or offer.value for offer in self.offers}
        object.__setattr__(self, "listed", tuple(offer for offer in self.offers if not offer.action))
        object.__setattr__(self, "yes_no", says >= {"yes", "no"})

    def by_value(self, value: str) -> Offer | None:
        """The choice or way out of this value."""
        return next((offer for offer in self.offers if value in (offer.value, offer.says)), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was taken to say: keys of choices, or a written value, or an intent; nothing where not understood.

    Acted upon from MID on, and then repeated to the person. LOW, or a `guess`, is only asked back.
    """

    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None
    sureness: Sureness = Sureness.HIGH
    language: str | None = None
    guess: str | None = None  # a choice's key or an intent it may have meant
    leaving: bool = False  # an answer in their own words that is likely to be a wish to stop, too
    twice: bool = False  # it is not understood as one choice is named twice
    plain: bool = False  # each of several choices is surely meant
    instead: bool = False  # a command where an answer in their own words was asked for

    @property
    def understood(self) -> bool:
        """Whether it may be acted upon."""
        return self.sureness > Sureness.LOW and bool(self.keys or self.intent or self.value is not None)


MISSED = Reading(sureness=Sureness.LOW)
TWICE = Reading(sureness=Sureness.LOW, twice=True)
