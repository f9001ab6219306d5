"""A process that works at a lane's pace, and reports what the machine's stalls would cost the lane."""

from __future__ import annotations

import signal
import sys
import time

_EVERY = 0.02  # seconds: a slot on a road of 50
_WORK = 0.003  # seconds of CPU time: about what sending and settling a message takes
_TOLERATED, _MISSED = 0.009, 0.04  # seconds, as in api/outbox/flow/slots.py


def watch() -> tuple[float, float]:
    """The seconds a lane would lose to this machine's stalls, and the longest stall, until the process is terminated.

    As in a lane, each second costs its longest stall beyond the tolerance, and each missed slot costs a slot.
    """
    stopped: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    lost, longest, worst, tick, second = 0.0, 0.0, 0.0, time.monotonic(), time.monotonic()
    while not stopped:
        tick += _EVERY
        time.sleep(max(tick - time.monotonic(), 0.0))
        if time.monotonic() - tick > _MISSED:
            lost += _EVERY
        else:
            worked = time.process_time() + _WORK
            while time.process_time() < worked:
                pass
            longest = max(longest, time.monotonic() - tick - _WORK - _TOLERATED)
        worst = max(worst, time.monotonic() - tick - _WORK)
        if tick - second >= 1.0:
            lost, longest, second = lost + longest, 0.0, tick
    return lost, worst


if __name__ == "__main__":
    sys.stdout.write("{:.4f} {:.4f}".format(*watch()))
