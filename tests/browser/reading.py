"""Reads a screen like a person: the question, the offered answers, and whether it is the end."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ASKED = re.compile(r"^(\d+)/\d+ ")
_NUMBERED = re.compile(r"^\d+\) (.+)$")
_RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")


@dataclass(frozen=True)
class Screen:
    """The service's latest message: its lines, and the answers it offers as numbered lines or buttons."""

    lines: Sequence[str]
    offered: Sequence[str]

    @property
    def receipt(self) -> str | None:
        """The receipt, if it is the last message."""
        match = _RECEIPT.search("\n".join(self.lines))
        return match.group() if match else None

    @property
    def place(self) -> int | None:
        """The question's position: 2 for "2/4"."""
        matches = [match for line in self.lines if (match := _ASKED.match(line))]
        return int(matches[-1].group(1)) if matches else None

    @property
    def kind(self) -> str:
        """The kind of question: single (yes or no too), several, scale, text.

        Options with an explanation mean several choices; an explanation with two numbers means a scale.
        """
        if self.offered and not all(label.isdecimal() for label in self.offered):
            return "several" if self._explained() else "single"
        return "scale" if len(self._numbers()) > 1 else "text"

    @property
    def answers(self) -> Sequence[str]:
        """The possible answers: options, or steps of a scale."""
        if self.offered or self.kind == "text":
            return self.offered
        low, high = self._numbers()[:2]
        return [str(step) for step in range(low, high + 1)]

    def _explained(self) -> list[str]:
        """The lines between the question and its options."""
        start = max(number for number, line in enumerate(self.lines) if _ASKED.match(line))
        return list(takewhile(lambda line: not _NUMBERED.match(line), self.lines[start + 1 :]))

    def _numbers(self) -> list[int]:
        return [int(digits) for line in self._explained()[:1] for digits in re.findall(r"\d+", line)]


def sms(text: str) -> Screen:
    """Read a text message, whose numbered lines are the answers."""
    lines = _MARKS.sub("", text).split("\n")
    return Screen(lines, [match.group(1) for line in lines if (match := _NUMBERED.match(line))])


def telegram(text: str, buttons: Sequence[str], ways_out: Collection[str]) -> Screen:
    """Read a message with buttons, some of which are not answers."""
    return Screen(_MARKS.sub("", text).split("\n"), [label for label in buttons if label not in ways_out])
