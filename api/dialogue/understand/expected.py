"""What a text is read against (`Expected`), and what the reading yields (`Reading`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from api.dialogue.understand.vocabulary.lexicon import Sureness


class Reads(Enum):
    """How the words of an answer are read."""

    ONE = "one"  # one of the choices on offer
    MANY = "many"  # several of the choices, in an order
    SHARES = "shares"  # points for some of the choices
    STEP = "step"  # a step of a scale: the numbers are the answers
    NUMBER = "number"  # an amount
    TEXT = "text"  # anything: only a few words are taken as commands
    NOTHING = "nothing"  # nothing is asked


class Name(NamedTuple):
    """One name of a choice, its language (None for several), and how surely it means that choice.

    `assigned` marks a word that staff added to the label: it counts only if nothing else is understood.
    """

    text: str
    language: str | None = None
    sureness: Sureness = Sureness.HIGH
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice on offer: its key and its names."""

    key: str
    names: tuple[Name, ...]
    action: bool = False  # a way out: selected by a word, never by a number
    says: str = ""  # yes or no, if it means one of them and its key has another value

    @property
    def value(self) -> str:
        """The last part of the key: yes, back, 3 …"""
        return self.key.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked. `low` and `high` are the ends of a scale, or of an amount if they differ."""

    reads: Reads = Reads.NOTHING
    offers: tuple[Offer, ...] = ()
    low: int = 0
    high: int = 0
    decimals: bool = False
    total: int = 0  # points to share out
    commands: frozenset[str] = frozenset()  # intents that take an argument: "IDEA 17"
    opens: frozenset[str] = frozenset()  # those that take a whole text now: "IDEA a bridge for the douar"
    lettered: bool = True  # a letter may select a choice
    topics: frozenset[str] = frozenset()  # intents reached by the name of a topic and a number: "engagement 3"
    ordered: bool = False  # several choices are ranked
    asks_if_heard: bool = False  # a yes/no question whether they have heard of something
    careful: bool = False  # a yes that also means "enough" is asked back
    # Computed from the offers once, because every word is compared with them.
    listed: tuple[Offer, ...] = field(init=False, repr=False, compare=False)  # what numbers select, in order
    yes_no: bool = field(init=False, repr=False, compare=False)  # yes and no are offered, possibly with others

    def __post_init__(self) -> None:
        says = {offer.says or offer.value for offer in self.offers}
        object.__setattr__(self, "listed", tuple(offer for offer in self.offers if not offer.action))
        object.__setattr__(self, "yes_no", says >= {"yes", "no"})

    def by_value(self, value: str) -> Offer | None:
        """The choice or way out with this value."""
        return next((offer for offer in self.offers if value in (offer.value, offer.says)), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: keys of choices, a written value, or an intent; nothing if it is not understood.

    HIGH is acted upon, MID is acted upon and repeated to the person; LOW, or a `guess`, is only asked back.
    """

    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None
    sureness: Sureness = Sureness.HIGH
    language: str | None = None
    guess: str | None = None  # the key of a choice or the intent that may be meant
    leaving: bool = False  # an answer in their own words that is probably a wish to stop, too
    twice: bool = False  # not understood because one choice is named twice
    plain: bool = False  # each of several choices is surely meant
    instead: bool = False  # a command although an answer in their own words was expected

    @property
    def understood(self) -> bool:
        """Whether it may be acted upon."""
        return self.sureness > Sureness.LOW and bool(self.keys or self.intent or self.value is not None)


MISSED = Reading(sureness=Sureness.LOW)
TWICE = Reading(sureness=Sureness.LOW, twice=True)
