"""Whatever comes late, twice, out of order or as a reply: no ballot contains an answer to another question.

The model records what was on the person's screen while they wrote. Steps take whole seconds, the finest that providers
report.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.channel import Kind, Pointer
from api.consultations.content import SINGLE, TEXT, YES_NO, QuestionContent
from api.dialogue.attribution import provenance
from tests.ballots import ballots_of, values_of
from tests.clock import StandingClock
from tests.direct import DirectPerson, new_id, questions_of
from tests.examples import examples
from tests.world import World

TEXTS = ("1", "2", "3", "4", "oui", "non", "un pont", "retour", "passer", "changer", "merci", "xyz")
Step = tuple[str, int]


@dataclass
class Letter:
    """A message on its way: what the wire reports about it, and the question its author answered, or ""."""

    text: str
    about: str
    more: dict[str, Any]
    external_id: str = field(default_factory=new_id)


@dataclass
class Writer:
    """One person and their wire. `screen` is the question they see, `answers_sent` what they answered to each."""

    person: DirectPerson
    clock: StandingClock
    screen: str = ""
    flying: list[Letter] = field(default_factory=list)
    sent: list[Letter] = field(default_factory=list)
    shown: list[tuple[datetime, tuple[str, ...]]] = field(default_factory=list)
    answers_sent: set[tuple[str, str]] = field(default_factory=set)
    number: int = 0
    behind: int = 0  # how far the provider's clock is behind ours, in seconds

    def write(self, text: str, about: str | None = None, **more: Any) -> None:
        """Write something, to the question on the screen unless it points at another one."""
        self.number += 1
        sent_at = self.clock().replace(microsecond=0) - timedelta(seconds=self.behind)
        told = {"sent_at": sent_at, "message_id": str(self.number), **more}
        letter = Letter(text, self.screen if about is None else about, told)
        self.answers_sent.add((letter.about, text))
        self.flying.append(letter)
        self.sent.append(letter)

    async def arrive(self, place: int, *, again: bool = False) -> None:
        """One of the messages on their way arrives, in any order; `again` if its provider will repeat it."""
        letter = self.flying[place % len(self.flying)]
        if not again:
            self.flying.remove(letter)
        await self.person.say(letter.text, external_id=letter.external_id, **letter.more)
        self.look()

    def look(self) -> None:
        """Look at what came back."""
        for reply in self.person.replies:
            if reply.replaces:
                continue
            keys = tuple(choice.key for choice in reply.choices)
            self.shown.append((self.clock().replace(microsecond=0), keys))
            if keys:  # a line without a question belongs to the last one
                self.screen = next((key.split(":")[1] for key in keys if key.startswith("q:")), "")

    async def step(self, kind: str, which: int) -> None:
        """One step of the story; steps that need something absent do nothing."""
        self.clock.advance(seconds=1)
        if kind == "write":
            self.write(TEXTS[which % len(TEXTS)])
        elif kind == "wait":
            self.clock.advance(seconds=which)
        elif kind in ("arrive", "again") and self.flying:
            await self.arrive(which, again=kind == "again")
        elif kind == "tap" and (keys := [key for _, keys in self.shown for key in keys if key.startswith("q:")]):
            await self.tap(keys[which % len(keys)])
        elif kind == "reply":
            moment, keys = self.shown[which % len(self.shown)]
            about = next((key.split(":")[1] for key in keys if key.startswith("q:")), "")
            self.write(TEXTS[which % len(TEXTS)], about, pointer=Pointer(moment, keys))
        elif kind == "edit" and self.sent:
            first = self.sent[which % len(self.sent)]
            self.write(TEXTS[which % 7], first.about, kind=Kind.EDITED, message_id=first.more["message_id"])

    async def tap(self, key: str) -> None:
        """A tap names its question, however old."""
        _, number, value = key.split(":", 2)
        self.answers_sent.add((number, f"={value}"))
        await self.person.tap(key)
        self.look()

    def gave(self, question: QuestionContent, value: str) -> bool:
        """Whether this value is one they gave to that question."""
        number = str(question.id)
        texts = {text for about, text in self.answers_sent if about == number}
        if f"={value}" in texts:
            return True
        if question.kind == TEXT:  # parts are joined
            left = f" {value} ".replace(" ", "  ")
            for text in sorted(texts, key=len, reverse=True):
                left = left.replace(f" {text.replace(' ', '  ')} ", " ")
            return not left.strip()
        options = [option.value for option in question.options]
        meant = {"1": "yes", "2": "no", "oui": "yes", "non": "no"} if question.kind == YES_NO else {}
        if question.kind == SINGLE:
            meant = {str(place): each for place, each in enumerate(options, start=1)}
        return value in {meant.get(text, text) for text in texts}


async def writer(world: World, channel: str) -> Writer:
    """Somebody at the first question, with the usual settings except for parts of a text."""
    dialogue, clock = world.service.dialogue, StandingClock(world.now())
    usual = dialogue.settings.model_copy(update={"repeated_within": 3.0})
    newcomer = Writer(DirectPerson.new(world, channel, replace(dialogue, settings=usual, clock=clock)), clock)
    for text in ("Bonjour", "2", "oui", "3"):
        await newcomer.person.say(text)
        clock.advance(minutes=1)
    newcomer.look()
    return newcomer


async def holds(world: World, writer: Writer) -> None:
    """Let everything still on its way arrive; then the ballot contains only their own answers."""
    while writer.flying:
        await writer.step("arrive", 0)
    questions = await questions_of(world)
    for _, ballot in await ballots_of(world, writer.person.channel, writer.person.address):
        for number, value in await values_of(world, ballot):
            assert writer.gave(questions[str(number)], value), (number, value, writer.answers_sent)


steps = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "arrive", "arrive", "again", "wait", "tap", "reply", "edit"]),
        st.integers(0, 40) | st.just(600),
    ),
    max_size=16,
)
LATE = [
    ("write", 0),
    ("write", 1),
    ("arrive", 0),
    ("wait", 600),
    ("arrive", 0),
]  # 1, then 2, both to the first question


@examples(25)
@given(story=steps, behind=st.integers(0, 2))
@example(story=LATE, behind=0)
@example(story=[("write", 0), ("write", 0), ("write", 0), ("wait", 600), *[("arrive", 0)] * 3], behind=0)
@example(
    story=[("write", 0), ("wait", 5), ("arrive", 0), ("edit", 0), ("arrive", 0), ("reply", 1), ("arrive", 0)], behind=2
)
async def test_no_ballot_holds_what_was_not_given_to_that_question(
    world: World, story: list[Step], behind: int
) -> None:
    author = await writer(world, "telegram")
    author.behind = behind
    for kind, which in story:
        await author.step(kind, which)
    await holds(world, author)


@examples(20)
@given(
    story=st.lists(st.tuples(st.sampled_from(["write", "arrive", "again", "wait"]), st.integers(0, 40)), max_size=14)
)
@example(story=LATE)
@example(story=[("write", 0), ("again", 0), *[("write", 0)] * 2, ("arrive", 1), ("arrive", 0), ("write", 0)])
async def test_nor_by_sms_through_a_gateway_that_tells_the_moment(world: World, story: list[Step]) -> None:
    author = await writer(world, "sms")
    for kind, which in story:
        await author.step(kind, which)
    await holds(world, author)


@examples(15)
@given(story=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 2), st.integers(3, 30)), max_size=8))
@example(story=[(0, 2, 3), (0, 2, 3), (4, 1, 3)])
async def test_nor_without_a_moment_by_sms_that_come_twice(world: World, story: list[tuple[int, int, int]]) -> None:
    """Twilio reports no time: the same text from one phone twice within three seconds was written once."""
    author = await writer(world, "sms")
    for which, copies, pause in story:
        author.write(TEXTS[which], sent_at=None)
        await author.arrive(0)
        for _ in range(copies):
            author.clock.advance(seconds=1)
            author.flying.append(replace(author.sent[-1], external_id=new_id()))
            await author.arrive(0)
        author.clock.advance(seconds=pause)
    await holds(world, author)


async def test_the_model_sees_a_rule_that_is_broken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """If every message counted for the current question, a late one would falsify a vote."""
    monkeypatch.setattr(provenance, "prompt_on_screen", lambda asked, _sent_at: asked[-1])
    author = await writer(world, "telegram")
    for kind, which in LATE:
        await author.step(kind, which)
    with pytest.raises(AssertionError):
        await holds(world, author)
