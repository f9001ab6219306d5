"""Faults that a simulated provider can have: be slow, fail, throttle, lose answers, repeat or reorder callbacks."""

import random
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """What the simulated provider does with a request."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"  # 5xx, not accepted
    THROTTLE = "throttle"  # 429, not accepted
    LOSE = "lose"  # accepted, and the connection dies before the answer
    HANG = "hang"  # accepted, and no answer comes until the client gives up


@dataclass
class Faults:
    """Switches for the faults of one provider. They are read at every request.

    - `hit` names the operations that can fail, be throttled, lose their answer or hang.
    - `*_next` is how many of the next requests will have a fault. It counts down.
    - `*_share` is the probability of a fault, from 0 to 1. A seeded generator decides.
    - `slow` delays every answer by this number of seconds.
    - `retry_after` is the number of seconds that a throttled client is told to wait.
    - `repeat_*` sends a status callback or an update twice.
    - `reorder` sends callbacks and webhook updates in reverse order.
    - `mute` sends no status callbacks.
    """

    hit: frozenset[str]
    seed: int = 0
    slow: float = 0.0
    fail_next: int = 0
    throttle_next: int = 0
    lose_next: int = 0
    hang_next: int = 0
    repeat_next: int = 0
    fail_share: float = 0.0
    throttle_share: float = 0.0
    lose_share: float = 0.0
    hang_share: float = 0.0
    repeat_share: float = 0.0
    retry_after: int = 1
    reorder: bool = False
    mute: bool = False
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - faults, not secrets

    def verdict(self, operation: str) -> Verdict:
        """Return what happens to the next request of this operation."""
        if operation not in self.hit:
            return Verdict.PASS
        for name in ("fail", "throttle", "lose", "hang"):
            if self._strikes(name):
                return Verdict(name)
        return Verdict.PASS

    def repeats(self) -> bool:
        """Return whether the next callback or update is sent twice."""
        return self._strikes("repeat")

    def clear(self) -> None:
        """Switch off all faults."""
        self.slow, self.reorder, self.mute = 0.0, False, False
        for name in ("fail", "throttle", "lose", "hang", "repeat"):
            setattr(self, f"{name}_next", 0)
            setattr(self, f"{name}_share", 0.0)

    def _strikes(self, name: str) -> bool:
        remaining: int = getattr(self, f"{name}_next")
        if remaining > 0:
            setattr(self, f"{name}_next", remaining - 1)
            return True
        share: float = getattr(self, f"{name}_share")
        return share > 0 and self._random.random() < share
