"""Measures reading a reply: the labelled corpus repeatedly, in one process, without a database."""

from __future__ import annotations

import statistics
import time

from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.naming import forget
from tests.corpus.measure import expected, lexicon, rows
from tests.understand.longest import TEXTS

_ROUNDS = 20
_LETTERS = 1600  # of the longest SMS
_TRIES = 3  # the fastest counts, since other processes use the CPU
_SCENES = ("yesno", "choice4", "multi4", "rank4", "points", "scale5", "free", "none", "province")
_MORE = {
    "prose": "Bonjour, je pense que la priorité dans notre commune c'est la route parce que nous en avons besoin. ",
    "نثر": "السلام عليكم حنا ف الدوار خاصنا الما والطريق حيت الدراري كيمشيو للمدرسة ",
    "labels": "lma tri9 skwila sbitar, ", "marks": "مَاءٌ طُرُقٌ ",
    "themes": "🏫🏥", "fractions": "½", "numbers": "1 2 3 4 ",
}  # fmt: skip


def worst() -> list[tuple[float, str, str]]:
    """CPU milliseconds of the slowest texts of 1,600 letters, without caches, with scene and text."""
    texts = {name: text[:_LETTERS] for name, text in TEXTS.items()}
    texts |= {name: (text * _LETTERS)[:_LETTERS] for name, text in _MORE.items()}
    texts |= {f"{name}, 399 letters": text[:399] for name, text in texts.items()}  # the longest that is read closely
    taken = [
        (min(_cost(text, scene) for _ in range(_TRIES)), scene, name)
        for scene in _SCENES
        for name, text in texts.items()
    ]
    return sorted(taken, reverse=True)


def _cost(text: str, scene: str) -> float:
    forget()
    began = time.process_time()
    read(text, expected(scene), lexicon())
    return 1e3 * (time.process_time() - began)


def measure() -> tuple[float, float, float]:
    """CPU microseconds per reply: median, 99th percentile, and slowest."""
    words, replies = lexicon(), [(row.reply, expected(row.offered)) for row in rows()]
    for reply, offered in replies:
        read(reply, offered, words)  # fill the cache of prepared offers
    taken = []
    for _ in range(_ROUNDS):
        for reply, offered in replies:
            start = time.process_time()
            read(reply, offered, words)
            taken.append(1e6 * (time.process_time() - start))
    taken.sort()
    return statistics.median(taken), taken[int(0.99 * len(taken))], taken[-1]
