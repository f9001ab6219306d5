"""Anything that a person, a robot or a forged client may send, and the gestures that finish a vote afterwards."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from api.consultations import content
from api.consultations.content import QuestionContent
from api.dialogue.understand.vocabulary.wordlists import forms
from api.settings import root
from tests.consultations import question, vote
from tests.direct import DirectPerson

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")
Gesture = tuple[str, Any]

_BY_ONE = (content.YES_NO, content.SINGLE, content.PLACE, content.SCALE, content.STATEMENTS)  # choices
_ENDLESS = 60  # more gestures than five questions ever need
_ZEROS = "0٠۰߀०০੦૦୦௦౦೦൦๐༠０𝟎"
_KEYWORDS = tomllib.loads((root() / "locales" / "keywords.toml").read_text(encoding="utf-8"))
_STRANGE = (
    "", " ", "\n", "x" * 1600, "ⵖ" * 1600, "ع" * 1600, "👍", "👍🏽👨‍👩‍👧‍👦" * 9, "🇲🇦",
    "\u202eabc\u202c", "\u2066\u2067\u2069",
    "\u200b\u200d\ufeff", "\x00", "a\x00b", "\x01\x1b[0m", "\ud83d", "\udc00\ud800 oui", "%s{0}{title}{", "<b>&amp;]]>",
    "9" * 400, "-1", "1,5", "٫", "1 1", "9 8 7 6 5 4 3 2 1", "1e400", "nan", "inf", "/", "/start", "/start@bot plan",
    "?",
)  # fmt: skip
_FORGED = (
    "", ":", "q", "q:", "q::", "q:0:1", "q:1", "q:-1:1", "q:1.5:1", "q:abc:1", "q:٣:1", "q:" + "9" * 62,
    "q:9223372036854775808:1",
    "x" * 200, "q:1:" + "x" * 200, "\x00", "\ud800", "lang:", "lang:xx", "lang:zgh-xxxx", "consent:", "consent:maybe",
    "prov:", "prov:99.999", "prov:skip", "home:", "home:x", "home:change", "open:", "open:nothing",
    "open:second", "open:closed",
    "card", "card:", "card:1", "card:1:1:pick", "card:1:list", "card:x:1", "card:0:0:0", "stop", "start", "quatre",
    "meet:", "meet:in:", "meet:in:999", "meet:show:٣", "meet:out:" + "9" * 30, "meet:right:1", "meet:leave:back",
    "desk:yes", "desk:no", "desk:back", "assist:", "assist:next", "assist:end", "assist:on:plan", "as:", "as:ab:q:1:1",
    "as::q:1:1",
)  # fmt: skip
_VALUES = (
    "",
    "1",
    "done",
    "back",
    "skip",
    "yes",
    "nan",
    "inf",
    "-inf",
    "1e300",
    "1_0",
    " 3 ",
    "x" * 64,
    "🎈",
    "\x00",
    "4:4",
    "1:yes",
    "1:more",
    "1:later",
    "1:5",
    "1:9999",
    "1:-1",
)


def keywords(intent: str, *levels: str) -> list[str]:
    """The words of an intent, in all languages; of all levels if none is named."""
    wordlists = [words for level, words in _KEYWORDS[intent].items() if level in levels or not levels]
    listed = (word for lists in wordlists for words in lists.values() if isinstance(words, list) for word in words)
    return [form for word in listed for form in forms(word)]


def wide() -> dict[str, Any]:
    """A consultation with the kinds that are hard to answer, with texts as long as staff may write."""
    long = {"ar": "سؤال " * 100, "fr": "question " * 55, "zgh": "ⴰⵙⵇⵙⵉ " * 85}
    several = {**question("several", options=9, least=2, most=3), "text": long}
    several["options"] = [{tongue: f"{place} {text[:56]}" for tongue, text in long.items()} for place in range(1, 10)]
    others = [question("scale", low=0, high=9), question("number"), question("ranking", options=3, least=2)]
    return {"code": "wide", "title": several["options"][0], "questions": [several, *others, question("text")]}


def rounds() -> dict[str, Any]:
    """Votes on proposals, under each rule that collects answers in its own way."""
    asked = [vote("points", options=3, total=10, least=2), vote("statements", options=4, sitting=2), vote("several")]
    return {**vote("several"), "questions": [each["questions"][0] for each in asked]}


def _digits(number: int, zero: str) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in str(number))


def _texts() -> st.SearchStrategy[str]:
    known = st.sampled_from([word for intent in _KEYWORDS for word in keywords(intent)])
    numbers = st.builds(_digits, st.integers(0, 12), st.sampled_from(_ZEROS))
    return st.one_of(
        known,
        numbers,
        st.lists(numbers, min_size=2, max_size=4).map(" ".join),
        st.sampled_from(_STRANGE),
        st.text(st.characters(), max_size=40),
        st.builds("{} {}".format, known, st.text(max_size=8)),
    )


def gestures() -> st.SearchStrategy[list[Gesture]]:
    """A sequence of arbitrary gestures; numbers pick from whatever is on offer when their turn comes."""
    which = st.integers(0, 999)
    return st.lists(
        st.one_of(
            st.tuples(st.just("say"), _texts()),
            st.tuples(st.just("take"), which),
            st.tuples(st.just("tap"), which),
            st.tuples(st.just("others"), st.tuples(which, st.sampled_from(_VALUES))),
            st.tuples(st.just("forge"), st.sampled_from(_FORGED) | st.text(st.characters(), max_size=80)),
            st.tuples(st.just("repeat"), st.none()),
            st.tuples(st.just("ordinary"), st.none()),
        ),
        max_size=12,
    )


async def do(person: DirectPerson, gesture: Gesture, questions: Mapping[str, QuestionContent]) -> None:
    """Perform a gesture; without buttons, write what a tap would have sent."""
    kind, gesture_kind = gesture
    tap = person.tap if person.channel == "telegram" else person.say
    if kind == "say":
        await person.say(gesture_kind)
    elif kind == "take" and person.choices:
        await person.take(person.choices[gesture_kind % len(person.choices)])
    elif kind == "tap" and person.keys:
        await tap(person.keys[gesture_kind % len(person.keys)])
    elif kind == "others":
        await tap(f"q:{list(questions)[gesture_kind[0] % len(questions)]}:{gesture_kind[1]}")
    elif kind == "forge":
        await tap(gesture_kind)
    elif kind == "repeat":
        await person.say("1", external_id="SM" + person.address.strip("+").zfill(32))
    elif kind == "ordinary" and person.choices:
        await answer(person, questions)


async def to_the_end(person: DirectPerson, questions: Mapping[str, QuestionContent]) -> str:
    """Send START, then answer as anyone would; returns the receipt."""
    await person.say("start")
    for _ in range(_ENDLESS):
        match = RECEIPT.search(person.heard)
        if match is not None:
            return match.group()
        await answer(person, questions)
    raise AssertionError(f"{person.channel}: no end in sight, at {person.heard!r}")


async def answer(person: DirectPerson, questions: Mapping[str, QuestionContent]) -> None:
    """Answer what is asked: the first choice, two of several, or a few letters for a free text."""
    assert person.choices, f"nothing is on offer after {person.heard!r}"
    first = person.choices[0]
    asked = questions.get(first.key.split(":")[1]) if first.key.startswith("q:") else None
    if first.key.startswith("card:"):
        await person.take(next(choice for choice in person.choices if choice.key.endswith(":list")))
    elif asked is None or asked.kind in _BY_ONE:
        await person.take(first)
    elif asked.kind in (content.TEXT, content.NUMBER):
        await person.say("42")
    elif person.channel == "sms":
        await person.say("A2 B1" if asked.kind == content.POINTS else "2 1")
    else:
        done = [choice for choice in person.choices if choice.key.endswith(":done")]
        await person.take((done or [each for each in person.choices if not each.chosen])[0])
