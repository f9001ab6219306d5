"""What a conversation asked lately, and when, so that a late message or a reply finds the question its author saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.channel import Incoming
from api.consultations.content import QuestionContent
from api.conversations.agent_sessions import serial_of
from api.conversations.models import Conversation

_KEPT = 12  # questions of a conversation; what is older is asked back
_IDS = 6  # messages remembered at one question
_STOPPED = "stopped"


class Part(NamedTuple):
    """A message that gave an answer, or one part of a text: how long that is, and what joins it to the part before."""

    message_id: str
    letters: int
    between: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One thing that was asked: `what` names it ("q:12", "consent:…"), "" if nothing may be answered there any more; a
    "?" at its end says that a choice was asked back with it; which one is not here.

    `by` are the ids of messages heard while it was the newest question, `heard` is when the newest of them was sent.
    `letters` is the length of the last text that answered it, if it asks for free text, and `gap` whether that ended
    with a blank; the text itself is not here. Below zero they say that a part was refused: nothing joins it any more.
    """

    what: str
    at: datetime
    by: tuple[str, ...] = ()
    heard: datetime | None = None
    letters: int = 0
    gap: bool = False
    inbound_id: int = 0  # the newest message that it was asked after
    parts: tuple[Part, ...] = ()  # the messages that gave the answer, as far as they are known

    @property
    def base(self) -> str:
        """The name, whether or not a choice was asked back."""
        return self.what.removesuffix("?")

    @property
    def question(self) -> tuple[str, str, str]:
        """Serial of the person helped, number of the question, and value of the statement; "" for what it has not."""
        owner, _, rest = self.base.partition(":")
        serial, rest = (rest.partition(":")[0], rest.partition(":")[2]) if owner == "as" else ("", self.base)
        if not rest.startswith("q:"):
            return "", "", ""
        number, _, value = rest.removeprefix("q:").partition(":")
        return serial, number, value


def read(at: Conversation) -> tuple[Prompt, ...]:
    """What was asked, oldest first; the last is the present question."""
    return tuple(
        Prompt(what, _moment(since), tuple(by), heard and _moment(heard), *rest[:3], *map(_parts, rest[3:]))
        for what, since, by, heard, *rest in at.trail or ()
    )


def _parts(held: list[list[Any]]) -> tuple[Part, ...]:
    return tuple(Part(*each) for each in held)


def write(at: Conversation, prompts: tuple[Prompt, ...]) -> None:
    """Remember what was asked."""
    at.trail = [
        [
            each.what,
            each.at.timestamp(),
            list(each.by),
            each.heard and each.heard.timestamp(),
            each.letters,
            each.gap,
            each.inbound_id,
            [list(part) for part in each.parts],
        ]
        for each in prompts[-_KEPT:]
    ]


def prompt_name(at: Conversation, question: QuestionContent | None, *, gone: bool, free: bool) -> str:
    """The name of what is asked now: it stays the same as long as the same answer would mean the same.

    `gone`: the person stopped; `free`: free text is asked for.
    """
    if gone:
        return _STOPPED
    listed = [choice.key for choice in at.offered if not choice.action]
    if question is None:
        named = at.step if free or not listed else f"{at.step}:{listed[0]}:{len(listed)}"
    else:
        named = f"q:{question.id}" + (f":{listed[0].split(':', 2)[-1]}" if question.one_by_one and listed else "")
        serial = serial_of(at.assisting)
        named = f"as:{serial}:{named}" if serial else named
    return f"{named}?" if at.guess else named


def note_prompt(at: Conversation, what: str, *, of: int | None, now: datetime, inbound_id: int = 0) -> None:
    """Note that this is asked from now on, after a message of this number, 0 if it got no reply.

    Asking once more changes only the message: a repetition repeats the newest reply, never an older one.

    Questions of another consultation than `of`, and of another person helped, can no longer be answered from afar.
    """
    before = read(at)
    if before and before[-1].what == what and not at.guess:
        if inbound_id:
            write(at, (*before[:-1], replace(before[-1], inbound_id=inbound_id)))
        return
    asked = Prompt(what, now, inbound_id=inbound_id)
    if of is not None and asked.question[1]:
        before = before if at.trail_of == of else tuple(map(_expired, before))
        at.trail_of = of
    former = at.assisting.last if at.assisting is not None else None
    last = former.person.serial if former is not None else ""  # more of their last text may still come
    before = tuple(each if each.question[0] in ("", asked.question[0], last) else _expired(each) for each in before)
    write(at, (*before, asked))


def note_message(
    at: Conversation, what: Prompt, incoming: Incoming, *, free: bool = False, parts: tuple[Part, ...] | None = None
) -> None:
    """Note a message that was heard at one of the questions; `free` if it answered as a free text.

    `parts` are the messages that gave the answer, if it is another now.
    """
    mine = incoming.message_id
    by = what.by if mine is None or mine in what.by else (*what.by, mine)[-_IDS:]
    found = replace(what, by=tuple(filter(None, by)), heard=incoming.sent_at or what.heard)
    if free:
        found = replace(found, letters=len(incoming.text), gap=incoming.text[-1:].isspace())
    if parts is not None:
        found = replace(found, parts=parts[-_IDS:])
    write(at, tuple(found if each == what else each for each in read(at)))


def _expired(prompt: Prompt) -> Prompt:
    return replace(prompt, what="", by=(), parts=()) if prompt.question[1] else prompt


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
