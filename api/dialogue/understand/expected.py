"""Define what a message is read against (`Expected`: what was asked) and what reading it returns (`Reading`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from api.dialogue.understand.vocabulary.lexicon import Sureness


class Reads(Enum):
    """The kind of answer that a question expects."""

    ONE = "one"  # one of the choices on offer
    MANY = "many"  # several of the choices; their order may count
    SHARES = "shares"  # points for some of the choices
    STEP = "step"  # a step of a scale: a number is the answer, not a position
    NUMBER = "number"  # an amount
    TEXT = "text"  # a free text: only a few whole messages count as commands
    NOTHING = "nothing"  # no question was asked


class Name(NamedTuple):
    """One name of a choice: its text, its language (None for several), and how surely the text means the choice.

    If staff added the name to the label, it is `assigned`. Such a name counts only if nothing else is understood.
    """

    text: str
    language: str | None = None
    sureness: Sureness = Sureness.HIGH
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A choice offered to the resident: its key and its names."""

    key: str
    names: tuple[Name, ...]
    action: bool = False  # a way out, such as "back": selected by a word, never by a number
    says: str = ""  # "yes" or "no", if the choice means that but its key differs

    @property
    def value(self) -> str:
        """The end of the key, such as "yes", "back" or "3"."""
        return self.key.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Expected:
    """What was asked, and how answers to it are read.

    `low` and `high` are the ends of a scale, or the limits of an amount. If they are equal, the amount has no limits.
    """

    reads: Reads = Reads.NOTHING
    offers: tuple[Offer, ...] = ()
    low: int = 0
    high: int = 0
    decimals: bool = False
    total: int = 0  # points to share out
    commands: frozenset[str] = frozenset()  # intents that take an argument: "IDEA 17"
    opens: frozenset[str] = frozenset()  # commands that take a whole text: "IDEA a bridge for the douar"
    lettered: bool = True  # a letter may select a choice
    topics: frozenset[str] = frozenset()  # intents reached by the name of a topic and a number: "engagement 3"
    ordered: bool = False  # the choices are ranked: their order counts
    asks_if_heard: bool = False  # a yes/no question whether the person has heard of something
    careful: bool = False  # a word for yes that also means "enough" must be confirmed
    # Computed from the offers once, because every word is compared with them.
    listed: tuple[Offer, ...] = field(init=False, repr=False, compare=False)  # choices that numbers select, in order
    yes_no: bool = field(init=False, repr=False, compare=False)  # yes and no are offered, possibly with other choices

    def __post_init__(self) -> None:
        says = {offer.says or offer.value for offer in self.offers}
        object.__setattr__(self, "listed", tuple(offer for offer in self.offers if not offer.action))
        object.__setattr__(self, "yes_no", says >= {"yes", "no"})

    def by_value(self, value: str) -> Offer | None:
        """Return the choice or the way out, such as "back", that has this value; None if it is not offered."""
        return next((offer for offer in self.offers if value in (offer.value, offer.says)), None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: keys of choices, a written value, or an intent. All are empty if the text is not understood.

    The sureness decides what follows. HIGH is acted upon. MID is acted upon and repeated to the person. LOW must be
    confirmed first ("Did you mean …?"), and so must a `guess`.
    """

    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None
    sureness: Sureness = Sureness.HIGH
    language: str | None = None
    guess: str | None = None  # the key of a choice or the intent that may be meant
    leaving: bool = False  # a free-text answer that is probably also a wish to stop
    twice: bool = False  # not understood because one choice is named twice
    plain: bool = False  # each of several choices is surely meant
    instead: bool = False  # a command, although a free-text answer was expected

    @property
    def understood(self) -> bool:
        """Whether the text was understood surely enough to act upon."""
        return self.sureness > Sureness.LOW and bool(self.keys or self.intent or self.value is not None)


MISSED = Reading(sureness=Sureness.LOW)
TWICE = Reading(sureness=Sureness.LOW, twice=True)
