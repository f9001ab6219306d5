"""The number of examples of property tests over a whole service: three times as many or more in `make test-all`."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, settings

USUAL, NEW = "same", "new"  # profiles

# No deadline, since the machine may be busy. Usually the same examples run every time, so that only a change can make
# them fail; the whole matrix searches for new ones.
settings.register_profile(USUAL, deadline=None, derandomize=True)
settings.register_profile(NEW, deadline=None)


def examples(most: int, *, usual: int = 0, shrink: bool = True, **others: Any) -> settings:
    """Settings for a test with expensive examples: `most` of them in the whole matrix, otherwise `usual`."""
    phases = (Phase.explicit, Phase.generate, *((Phase.shrink,) if shrink else ()))
    count = most if settings.get_current_profile_name() == NEW else usual or max(most // 3, 3)
    return settings(max_examples=count, deadline=None, database=None, phases=phases, **others)
