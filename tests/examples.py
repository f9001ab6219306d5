"""How many examples a property test over a whole service tries: three times as many or more in `make test-all`."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, settings

USUAL, NEW = "same", "new"  # profiles

# A busy machine is no failure. Usually the same examples are tried every time, so that a change answers for itself
# alone; the whole matrix looks for new ones.
settings.register_profile(USUAL, deadline=None, derandomize=True)
settings.register_profile(NEW, deadline=None)


def examples(most: int, *, usual: int = 0, shrink: bool = True, **others: Any) -> settings:
    """Settings for a test whose examples each take a dialogue: `most` of them in the whole matrix, else `usual`."""
    phases = (Phase.explicit, Phase.generate, *((Phase.shrink,) if shrink else ()))
    count = most if settings.get_current_profile_name() == NEW else usual or max(most // 3, 3)
    return settings(max_examples=count, deadline=None, database=None, phases=phases, **others)
