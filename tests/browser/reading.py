"""Reading a screen as a person does: what is asked, which answers are offered, and whether it is over."""

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
    """The service's newest message: its lines, and the answers it offers as numbered lines or as buttons."""

    lines: Sequence[str]
    offered: Sequence[str]

    @property
    def receipt(self) -> str | None:
        """The receipt it gives, if it is the last."""
        found = _RECEIPT.search("\n".join(self.lines))
        return found.group() if found else None

    @property
    def place(self) -> int | None:
        """The place of the question it asks: 2 for "2/4"."""
        found = [asked for line in self.lines if (asked := _ASKED.match(line))]
        return int(found[-1].group(1)) if found else None

    @property
    def kind(self) -> str:
        """The kind of question: single (yes or no too), several, scale, text.

        Options that come with an explanation can be several; an explanation that names two numbers is a scale's.
        """
        if self.offered and not all(label.isdecimal() for label in self.offered):
            return "several" if self._explained() else "single"
        return "scale" if len(self._numbers()) > 1 else "text"

    @property
    def answers(self) -> Sequence[str]:
        """What can be answered: the options, or the steps of a scale."""
        if self.offered or self.kind == "text":
            return self.offered
        low, high = self._numbers()[:2]
        return [str(step) for step in range(low, high + 1)]

    def _explained(self) -> list[str]:
        """The lines between the question and its options."""
        start = max(number for number, line in enumerate(self.lines) if _ASKED.match(line))
        return list(takewhile(lambda line: not _NUMBERED.match(line), self.lines[start + 1 :]))

    def _numbers(self) -> list[int]:
        return [int(found) for line in self._explained()[:1] for found in re.findall(r"\d+", line)]


def sms(text: str) -> Screen:
    """A text message: the answers are its numbered lines."""
    lines = _MARKS.sub("", text).split("\n")
    return Screen(lines, [found.group(1) for line in lines if (found := _NUMBERED.match(line))])


def telegram(text: str, buttons: Sequence[str], ways_out: Collection[str]) -> Screen:
    """A message with buttons, of which some lead out."""
    return Screen(_MARKS.sub("", text).split("\n"), [label for label in buttons if label not in ways_out])
