"""One turn of the dialogue, from a resident's message to our replies.

It holds who writes, where they are in the dialogue, and the replies built so far.
"""

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
    """How a step handled a message. It decides what is asked next."""

    MISSED = "missed"  # not understood: say which answers are expected
    MOVED = "moved"  # done: ask what comes next
    SETTLED = "settled"  # done: ask nothing more now
    AGAIN = "again"  # done: ask the last question again


@dataclass(frozen=True, slots=True)
class DialogueContext:
    """What all turns use and no turn changes: texts, word lists, keys and limits."""

    catalogs: Catalogs
    lexicon: Lexicon
    contents: Contents
    keyring: Keyring
    ideas_per_day: int  # per person
    number: str = ""  # residents send SMS to this number, as dialled; "" if unknown
    bot: str = ""  # the name of the Telegram bot, without @
    silence: timedelta = timedelta(days=365)  # after so much silence, a number may have a new owner
    agent_apart: timedelta = timedelta()  # minimum time between the starts of two people whom an agent helps
    range_per_day: int = 0  # maximum number of newcomers per day from one range of numbers; 0: no limit
    parts_within: timedelta = timedelta(seconds=5)  # the parts of one long text arrive within this time


@dataclass(frozen=True, slots=True)
class Utterance:
    """What a message means: the keys of offered choices, a written value, or an intent.

    If nothing is understood, all three are empty. Then `guess` may name what was probably meant.
    """

    text: str
    keys: tuple[str, ...] = ()
    value: str | None = None
    intent: str | None = None
    argument: str | None = None  # what followed a command: 17 in "IDEA 17"
    tapped: bool = False
    sureness: Sureness = Sureness.HIGH
    language: str | None = None  # the language of the words
    guess: str | None = None
    leaving: bool = False  # an answer that may also be a request to stop
    twice: bool = False  # one choice was named twice, so nothing is understood
    plain: bool = False  # several choices are named, each with certainty
    instead: bool = False  # a command, although a free text is expected

    @property
    def key(self) -> str:
        """The key of the first choice; "" if no choice was named."""
        return self.keys[0] if self.keys else ""

    def choice_of(self, owner: str) -> str | None:
        """Return what follows `owner:` in the key of the first choice; None if the key has another prefix."""
        prefix, _, value = self.key.partition(":")
        return value if prefix == owner else None


class AnsweredQuestion(NamedTuple):
    """The last question of a vote that ended a few minutes ago, and its consultation."""

    consultation: Consultation
    question: QuestionContent


@dataclass(slots=True)
class Turn:
    """The state of one turn. Steps change `resident` and `conversation`, and build the replies with `say` and `ask`."""

    session: AsyncSession
    context: DialogueContext
    incoming: Incoming
    now: datetime
    resident: Resident
    address: Address
    conversation: Conversation
    consultation: Consultation | None
    questions: tuple[QuestionContent, ...] = ()
    away: timedelta = timedelta()  # how long this address was silent, to within an hour
    rested: bool = False  # silent for an hour or more: residents may have forgotten the last question
    has_earlier_vote: bool = False  # an address of the resident voted before it became theirs
    starts_blank: bool = False  # the vote is just starting, so the ballot is empty
    heard_before: datetime | None = None  # when the resident last wrote or tapped, before this message
    pushed: tuple[int, ...] = ()  # ids of messages sent unasked since `heard_before`
    may_begin_vote: bool = False  # the resident is joining or asked for a vote
    just_answered: AnsweredQuestion | None = None  # the question to whose answer choices typed now are added
    ballots: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=dict)  # by consultation and question
    partial_ballots: dict[int, dict[int, tuple[str, ...]]] = field(default_factory=dict)  # incomplete answers
    another_waits: bool = False  # another vote is waiting for the resident
    receipt: str | None = None  # the receipt of the ballot completed in this turn
    rejection: str = ""  # why a tap changed nothing
    inbound_id: int = 0  # the id of this message
    fingerprint: Any = None  # what this message meant, made by `attribution/repetition.py`
    is_aside: bool = False  # this message does not answer the current question
    for_sender: bool = False  # the reply is for the sender, even while answering for others
    wrote_in: str | None = None  # the language of the resident's words, if known
    lines: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)  # lines below the prompt
    edits: list[Reply] = field(default_factory=list)
    prompt: Reply | None = None
    attachments: list[Attachment] = field(default_factory=list)
    picture: bytes | None = None  # shown with the reply, if the channel has pictures

    @property
    def is_late(self) -> bool:
        """Whether we asked so long ago that a yes may no longer start anything that cannot be undone."""
        return self.heard_before is not None and self.now - self.heard_before >= FRESH

    @property
    def voice(self) -> Voice:
        """Our messages in the resident's language; before one is chosen, in the language that their words suggest."""
        resident = self.resident
        if resident.language is not None:
            return self.context.catalogs.voice(resident.language, latin=resident.latin)
        guess, latin = self.guessed
        return self.context.catalogs.voice(guess, latin=latin)

    @property
    def guessed(self) -> tuple[str | None, bool]:
        """The language to use before one is chosen, and whether to write it in Latin letters.

        It is guessed from the resident's words. If they say too little, the language shown last is used.
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
        """The current question; None outside a consultation and at other steps."""
        conversation = self.conversation
        if (
            conversation.step != "question"
            or conversation.consultation_id is None
            or not 0 <= conversation.position < len(self.questions)
        ):
            return None
        return self.questions[conversation.position]

    def say(self, message: str, /, **values: object) -> None:
        """Add a sentence to the reply. It comes before the next question."""
        self.lines.append(self.voice(message, **values))

    def ask(self, step: str, text: str, choices: tuple[Choice, ...] = ()) -> None:
        """Ask something, and remember the step and the choices, so that the next message can be understood."""
        self.conversation.step = step
        self.conversation.offered = offered_from(choices)
        self.prompt = Reply(text=text, choices=choices)

    def in_place(self) -> None:
        """Show the question in place of the tapped message. If nothing was tapped, send it as a new message."""
        if self.incoming.choice is not None and self.prompt is not None:
            text = "\n".join((*self.lines, self.prompt.text))
            self.edits.append(replace(self.prompt, text=text, replaces=True))
            self.lines, self.prompt = [], None

    def replies(self) -> list[Reply]:
        """Return the messages of this turn: edits of earlier messages, then one with everything said and asked."""
        text = "\n".join(filter(None, (*self.lines, self.prompt.text if self.prompt else "", *self.after)))
        choices = self.prompt.choices if self.prompt else ()
        reply = Reply(text=text, choices=choices, picture=self.picture, attachments=tuple(self.attachments))
        return [*self.edits, *([reply] if text else ())]
