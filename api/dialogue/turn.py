"""One turn of the dialogue: who speaks, where they are, and what is being put together for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Attachment, Choice, Incoming, Reply
from api.consultations.content import Contents, QuestionContent
from api.consultations.models import Consultation
from api.conversations.models import FRESH, SHOWN, Conversation
from api.conversations.offered_choices import offered_from
from api.dialogue.understand.script import suggest
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.i18n import Catalogs, Voice
from api.residents.models import Address, Resident
from api.security.crypto import Keyring


class Outcome(Enum):
    """What a step made of what was said."""

    MISSED = "missed"  # not understood: say what is expected
    MOVED = "moved"  # understood: go on to whatever comes next
    SETTLED = "settled"  # understood, and nothing more is to be asked now
    AGAIN = "again"  # understood: what was asked before is asked once more


@dataclass(frozen=True, slots=True)
class DialogueContext:
    """What every turn uses and none changes."""

    catalogs: Catalogs
    lexicon: Lexicon
    contents: Contents
    keyring: Keyring
    ideas_per_day: int  # of one person
    number: str = ""  # that takes residents' SMS, as they dial it; "" where none is known
    bot: str = ""  # the name of the Telegram bot, without @
    silence: timedelta = timedelta(days=365)  # after which a number may have another owner
    agent_apart: timedelta = timedelta()  # between the beginnings of two persons an agent types for, at least
    range_per_day: int = 0  # newcomers from one range of numbers in a day, at most; 0: any number
    parts_within: timedelta = timedelta(seconds=5)  # parts of one long text come within this time


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was understood: keys of choices on offer, a written value, or an intent; or nothing, and perhaps a guess."""

    text: str
    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None  # what was written behind a command: 17 in "IDEA 17"
    tapped: bool = False
    sureness: Sureness = Sureness.HIGH
    language: str | None = None  # the one their words are in
    guess: str | None = None
    leaving: bool = False  # kept as an answer, and likely a wish to stop too
    twice: bool = False  # one choice is named twice, so nothing is understood
    plain: bool = False  # each of several choices is surely meant
    instead: bool = False  # a command where an answer in their own words was asked for

    @property
    def key(self) -> str:
        """The key of the choice, where it is one."""
        return self.keys[0] if self.keys else ""

    def choice_of(self, owner: str) -> str | None:
        """What follows `owner:` in the key."""
        prefix, _, value = self.key.partition(":")
        return value if prefix == owner else None


@dataclass(slots=True)
class Turn:
    """The state of one turn. Steps change `resident` and `conversation`, and put words together with `say`."""

    session: AsyncSession
    context: DialogueContext
    incoming: Incoming
    now: datetime
    resident: Resident
    address: Address
    conversation: Conversation
    consultation: Consultation | None
    questions: tuple[QuestionContent, ...] = ()
    away: timedelta = timedelta()  # how long nothing was heard of this address, to the hour
    rested: bool = False  # nothing was heard for a while: they may have forgotten where they were
    has_earlier_vote: bool = False  # a vote was cast from an address of theirs before it was theirs
    starts_blank: bool = False  # they begin: nothing is on their ballot yet
    heard_before: datetime | None = None  # when they wrote or tapped before this
    pushed: tuple[int, ...] = ()  # deliveries that went out to them unasked since: see `dialogue/attribution/pushed.py`
    may_begin_vote: bool = False  # what they say may begin a consultation by itself: they join, or ask for it
    just_answered: tuple[Consultation, QuestionContent] | None = (
        None  # a question just answered: choices typed now add to it
    )
    ballots: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=dict)  # ballots read in this turn
    partial_ballots: dict[int, dict[int, tuple[str, ...]]] = field(
        default_factory=dict
    )  # half answers, read along with them
    another_waits: bool = False  # another vote waits for them
    receipt: str | None = None  # of the ballot that was completed in this turn
    rejection: str = ""  # why a tap changed nothing
    inbound_id: int = 0  # the number of this message
    fingerprint: Any = None  # what it meant, and where: see `dialogue/attribution/repetition.py`
    is_aside: bool = False  # what was said is no answer to what is asked now
    for_sender: bool = False  # a feature answered, which is for the one who writes, also where they answer for others
    wrote_in: str | None = None  # the language of the words they wrote, where these are known words of one
    lines: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # said below what is asked
    edits: list[Reply] = field(default_factory=list)
    prompt: Reply | None = None
    attachments: list[Attachment] = field(default_factory=list)
    picture: bytes | None = None  # shown with what is said, where pictures are

    @property
    def is_late(self) -> bool:
        """Whether what was offered last is so old that a yes to it is to do nothing that cannot be undone."""
        return self.heard_before is not None and self.now - self.heard_before >= FRESH

    @property
    def voice(self) -> Voice:
        """How to speak to this person; before they chose a language, as their own words suggest."""
        resident = self.resident
        if resident.language is not None:
            return self.context.catalogs.voice(resident.language, latin=resident.latin)
        guess, latin = self.guessed
        return self.context.catalogs.voice(guess, latin=latin)

    @property
    def guessed(self) -> tuple[str | None, bool]:
        """The language, and whether in Latin letters, for somebody who chose none: that of their words, or else the
        one they were shown last.
        """
        hints = self.incoming.hints
        guess = suggest(self.incoming.text, hints.app_language)
        shown = self.conversation.notes.get(SHOWN)
        if shown is not None and self.wrote_in is None and not guess.sure:
            return shown[0], shown[1]
        tifinagh = guess.sure and guess.language == "zgh"
        return self.wrote_in or guess.language, hints.latin or (self.wrote_in == "zgh" and not tifinagh)

    @property
    def question(self) -> QuestionContent | None:
        """The question they are at, if they are at one."""
        at = self.conversation
        if at.step != "question" or at.consultation_id is None or not 0 <= at.position < len(self.questions):
            return None
        return self.questions[at.position]

    def say(self, message: str, /, **values: object) -> None:
        """Add a sentence before whatever is asked next."""
        self.lines.append(self.voice(message, **values))

    def ask(self, step: str, text: str, choices: tuple[Choice, ...] = ()) -> None:
        """Ask something: remember the step and what was offered, so that the next words can be understood."""
        self.conversation.step = step
        self.conversation.offered = offered_from(choices)
        self.prompt = Reply(text=text, choices=choices)

    def in_place(self) -> None:
        """What is asked takes the place of the message that was tapped, where one was; words get a new message."""
        if self.incoming.choice is not None and self.prompt is not None:
            text = "\n".join((*self.lines, self.prompt.text))
            self.edits.append(replace(self.prompt, text=text, replaces=True))
            self.lines, self.prompt = [], None

    def replies(self) -> list[Reply]:
        """The messages of this turn: edits first, then one with all that was said and asked."""
        text = "\n".join(filter(None, (*self.lines, self.prompt.text if self.prompt else "", *self.after)))
        choices = self.prompt.choices if self.prompt else ()
        reply = Reply(text=text, choices=choices, picture=self.picture, attachments=tuple(self.attachments))
        return [*self.edits, *([reply] if text else ())]
