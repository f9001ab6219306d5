"""How long reading a reply takes: the labelled corpus again and again, in one process, without a database."""

from __future__ import annotations

import statistics
import time

from api.dialogue.understand.read import read
from tests.corpus.measure import expected, lexicon, rows

_ROUNDS = 20


def measure() -> tuple[float, float, float]:
    """Microseconds a reply: median, 99th percentile, and the slowest."""
    words, replies = lexicon(), [(row.reply, expected(row.offered)) for row in rows()]
    for reply, asked in replies:
        read(reply, asked, words)  # what was offered is prepared once, and remembered
    taken = []
    for _ in range(_ROUNDS):
        for reply, asked in replies:
            start = time.perf_counter()
            read(reply, asked, words)
            taken.append(1e6 * (time.perf_counter() - start))
    taken.sort()
    return statistics.median(taken), taken[int(0.99 * len(taken))], taken[-1]
