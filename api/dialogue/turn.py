"""One turn of the dialogue: who speaks, where they are, and the answer being put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

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
    """What came of an utterance at a step."""

    MISSED = "missed"  # not understood: say what is expected
    MOVED = "moved"  # done: ask whatever comes next
    SETTLED = "settled"  # done: ask nothing more now
    AGAIN = "again"  # done: ask the last question again


@dataclass(frozen=True, slots=True)
class DialogueContext:
    """What every turn uses and none changes."""

    catalogs: Catalogs
    lexicon: Lexicon
    contents: Contents
    keyring: Keyring
    ideas_per_day: int  # per person
    number: str = ""  # residents send SMS to this number, as dialled; "" if unknown
    bot: str = ""  # the name of the Telegram bot, without @
    silence: timedelta = timedelta(days=365)  # after this much silence a number may have a new owner
    agent_apart: timedelta = timedelta()  # least time between the starts of two people an agent helps
    range_per_day: int = 0  # most newcomers per day from one range of numbers; 0: no limit
    parts_within: timedelta = timedelta(seconds=5)  # parts of one long text arrive within this time


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a message means: keys of choices on offer, a written value or an intent; or nothing, perhaps a guess."""

    text: str
    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None  # what followed a command: 17 in "IDEA 17"
    tapped: bool = False
    sureness: Sureness = Sureness.HIGH
    language: str | None = None  # of their words
    guess: str | None = None
    leaving: bool = False  # an answer that is probably a wish to stop, too
    twice: bool = False  # one choice was named twice, so nothing is understood
    plain: bool = False  # every one of several choices is certain
    instead: bool = False  # a command in place of a free-text answer

    @property
    def key(self) -> str:
        """The key of the first choice; "" if there is none."""
        return self.keys[0] if self.keys else ""

    def choice_of(self, owner: str) -> str | None:
        """What follows `owner:` in the key; None if the key belongs to another owner."""
        prefix, _, value = self.key.partition(":")
        return value if prefix == owner else None


class AnsweredQuestion(NamedTuple):
    """The last question of a vote that ended a few minutes ago."""

    consultation: Consultation
    question: QuestionContent


@dataclass(slots=True)
class Turn:
    """The state of one turn. Steps change `resident` and `conversation`, and build the answer with `say` and `ask`."""

    session: AsyncSession
    context: DialogueContext
    incoming: Incoming
    now: datetime
    resident: Resident
    address: Address
    conversation: Conversation
    consultation: Consultation | None
    questions: tuple[QuestionContent, ...] = ()
    away: timedelta = timedelta()  # how long this address was silent, to the hour
    rested: bool = False  # silent for a while: they may have forgotten where they were
    has_earlier_vote: bool = False  # an address of theirs voted before it was theirs
    starts_blank: bool = False  # they are starting: their ballot is empty
    heard_before: datetime | None = None  # when they wrote or tapped before
    pushed: tuple[int, ...] = ()  # deliveries pushed to them since: see `attribution/pushed.py`
    may_begin_vote: bool = False  # they are joining or asked for it, so a consultation may begin
    just_answered: AnsweredQuestion | None = None  # choices typed now are added to its answer
    ballots: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=dict)  # read in this turn
    partial_ballots: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=dict)  # incomplete answers
    another_waits: bool = False  # another vote is waiting for them
    receipt: str | None = None  # of the ballot completed in this turn
    rejection: str = ""  # why a tap changed nothing
    inbound_id: int = 0  # the id of this message
    fingerprint: Any = None  # of what this message meant, and where: see `attribution/repetition.py`
    is_aside: bool = False  # this message does not answer the current question
    for_sender: bool = False  # the answer is for the sender, even while they answer for others
    wrote_in: str | None = None  # the language of their words, if these are known
    lines: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # lines below the prompt
    edits: list[Reply] = field(default_factory=list)
    prompt: Reply | None = None
    attachments: list[Attachment] = field(default_factory=list)
    picture: bytes | None = None  # shown with the answer, if the channel has pictures

    @property
    def is_late(self) -> bool:
        """Whether the last offer is too old for a yes to do something that cannot be undone."""
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
        """Language, and whether in Latin letters, if they chose none: that of their words, or the one last shown."""
        hints = self.incoming.hints
        guess = suggest(self.incoming.text, hints.app_language)
        shown = self.conversation.notes.get(SHOWN)
        if shown is not None and self.wrote_in is None and not guess.sure:
            return shown[0], shown[1]
        tifinagh = guess.sure and guess.language == "zgh"
        return self.wrote_in or guess.language, hints.latin or (self.wrote_in == "zgh" and not tifinagh)

    @property
    def question(self) -> QuestionContent | None:
        """The question they are at, if any."""
        conversation = self.conversation
        if (
            conversation.step != "question"
            or conversation.consultation_id is None
            or not 0 <= conversation.position < len(self.questions)
        ):
            return None
        return self.questions[conversation.position]

    def say(self, message: str, /, **values: object) -> None:
        """Add a sentence before whatever is asked next."""
        self.lines.append(self.voice(message, **values))

    def ask(self, step: str, text: str, choices: tuple[Choice, ...] = ()) -> None:
        """Ask something, and remember the step and the choices, so that the next words can be understood."""
        self.conversation.step = step
        self.conversation.offered = offered_from(choices)
        self.prompt = Reply(text=text, choices=choices)

    def in_place(self) -> None:
        """Put the prompt in place of the tapped message, if they tapped; words always get a new message."""
        if self.incoming.choice is not None and self.prompt is not None:
            text = "\n".join((*self.lines, self.prompt.text))
            self.edits.append(replace(self.prompt, text=text, replaces=True))
            self.lines, self.prompt = [], None

    def replies(self) -> list[Reply]:
        """The messages of this turn: edits first, then one with everything said and asked."""
        text = "\n".join(filter(None, (*self.lines, self.prompt.text if self.prompt else "", *self.after)))
        choices = self.prompt.choices if self.prompt else ()
        reply = Reply(text=text, choices=choices, picture=self.picture, attachments=tuple(self.attachments))
        return [*self.edits, *([reply] if text else ())]
