"""`make corpus`: what the dialogue makes of a labelled list of replies; understood, asked back, wrongly understood."""

from __future__ import annotations

import codecs
import csv
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rich.console import Console

from api.dialogue.expectations import place_names
from api.dialogue.features import COMMANDS, OPENS
from api.dialogue.understand.expected import Expected, Name, Offer, Reading, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.sentences.awareness import asks_whether_heard
from api.dialogue.understand.vocabulary.lexicon import Lexicon, load
from api.region.places import provinces

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "replies.tsv"
ASKED_BACK = Path(__file__).parent / "asked_back.tsv"  # answerable replies that are not understood yet
BLIND_2 = Path(__file__).parent / "blind_2.tsv"  # written by somebody who had not seen our rules
BLIND_2_ASKED_BACK = Path(__file__).parent / "blind_2_asked_back.tsv"  # those of them that are not understood yet
BLIND_3 = Path(__file__).parent / "blind_3.tsv"  # by somebody else, in the words of the north
BLIND_3_ASKED_BACK = Path(__file__).parent / "blind_3_asked_back.tsv"
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|n|t|\\)")
_WAYS_OUT = tuple(Offer(f"q:1:{way}", (), action=True) for way in ("back", "skip"))


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply."""

    reply: str
    offered: str
    language: str
    expected: str
    note: str = ""
    origin: str = ""  # who wrote it, if not we: "blind-1" had not seen our rules


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a row: "right", "asked" (nothing was done) or "wrong" (something else was done)."""

    row: Row
    got: str
    kind: str


def rows(path: Path = CORPUS) -> Iterator[Row]:
    """The labelled replies of a file: tab separated, with escapes for what no editor shows."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line and line[0] != "reply" and len(line) >= 4:
                reply, offered, language, label = line[:4]
                yield Row(_unescaped(reply), offered, language, label.replace("+", " "), *line[4:6])


@cache
def expected(scene: str) -> Expected:
    """What was asked in a scene of `offered.toml`."""
    found = tomllib.loads((Path(__file__).parent / "offered.toml").read_text(encoding="utf-8"))[scene]
    reads = Reads(found["reads"])
    if reads is Reads.NOTHING:
        return Expected(reads, (Offer("home:change", (), action=True),), commands=COMMANDS, opens=OPENS)
    offers = [
        Offer(f"q:1:{option.get('value', place)}", tuple(Name(option[code], code) for code in ("ar", "fr", "zgh")))
        for place, option in enumerate(found.get("options", ()), start=1)
    ]
    if found.get("provinces"):
        offers = [Offer(f"q:1:{place.code}", place_names(place.code)) for place in provinces()]
    return Expected(
        reads,
        (*offers, *_WAYS_OUT),
        low=found.get("low", 0),
        high=found.get("high", 0),
        ordered=found.get("ordered", False),
        asks_if_heard=asks_whether_heard(tuple(found.get("asks", ())), lexicon()),
    )


@cache
def lexicon() -> Lexicon:
    """The words of this checkout."""
    return load(ROOT / "locales")


def said(reading: Reading) -> str:
    """A reading in the words of the corpus."""
    if reading.keys:
        return " ".join(key.removeprefix("q:1:").removeprefix("home:") for key in reading.keys)
    if reading.intent:
        return reading.intent
    guess = (reading.guess or "").rpartition(":")[2]
    return f"ask {guess}".strip()


def judge(row: Row) -> Verdict:
    """Read one reply, and hold it against its label."""
    scene = expected(row.offered)
    reading = read(row.reply, scene, lexicon())
    got = said(reading)
    if reading.understood and reading.value is not None:
        got = "text" if scene.reads is Reads.TEXT else f"={reading.value}"
        got = got.removeprefix("=") if row.expected.isdecimal() else got
    if got.startswith("ask"):
        right = row.expected == "ask" or row.expected == got
        return Verdict(row, got, "right" if right else "asked")
    in_any_order = scene.reads is Reads.MANY and not scene.ordered
    said_so = sorted(got.split()) == sorted(row.expected.split()) if in_any_order else got == row.expected
    return Verdict(row, got, "right" if said_so else "wrong")


def report(verdicts: list[Verdict]) -> dict[str, float]:
    """Counts over all, and the share of answerable replies that were understood without asking."""
    answerable = [each for each in verdicts if not each.row.expected.startswith("ask")]
    understood = sum(each.kind == "right" for each in answerable)
    kinds = Counter(each.kind for each in verdicts)
    return {
        "replies": len(verdicts),
        "answerable": len(answerable),
        "understood": understood,
        "share": understood / len(answerable) if answerable else 1.0,
        "asked back": sum(each.got.startswith("ask") for each in verdicts),
        "wrongly understood": kinds["wrong"],
    }


def _unescaped(text: str) -> str:
    found = _ESCAPE.sub(lambda escape: codecs.decode(escape.group(), "unicode_escape"), text)
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def main(*paths: Path) -> int:
    """Print the report and every reply that was not understood as labelled; 1 where one was wrongly understood."""
    out = Console(soft_wrap=True, highlight=False, markup=False)
    verdicts = [judge(row) for path in paths for row in rows(path)]
    for each in verdicts:
        if each.kind != "right":
            row = each.row
            out.print(f"{each.kind:6} {row.offered:11} {row.reply!r}: expected {row.expected}, got {each.got}")
    found = report(verdicts)
    out.print(
        "  ".join(f"{name}: {value:.1%}" if name == "share" else f"{name}: {value}" for name, value in found.items())
    )
    return int(found["wrongly understood"] > 0)


if __name__ == "__main__":
    sys.exit(main(*([Path(sys.argv[1])] if len(sys.argv) > 1 else [CORPUS, ASKED_BACK])))
