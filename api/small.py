"""Small groups: which are hidden, so that nobody's answer is read off them, nor worked out as a difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping

FEWEST = 10  # people of a group below which it is hidden (design, section 11)


def hidden(sizes: Mapping[str, int], *, also: Collection[str] = ()) -> frozenset[str]:
    """The groups too small to be shown, those hidden elsewhere `also`, and more of the smallest until it suffices.

    It suffices once those hidden are enough people together: otherwise what is hidden is the whole less what is shown.
    A group of nobody has nothing to hide.
    """
    ordered = sorted((group for group in sizes if sizes[group]), key=lambda group: (sizes[group], group))
    found = [group for group in ordered if sizes[group] < FEWEST or group in also]
    for group in (each for each in ordered if each not in found):
        if not found or sum(sizes[each] for each in found) >= FEWEST:
            break
        found.append(group)
    return frozenset({*found, *also})


def shown(count: int) -> int | None:
    """A count by itself as it is shown: none where it is of few people."""
    return count if count == 0 or count >= FEWEST else None


def veiled(counts: Mapping[str, int], groups: Collection[str], unseen: Collection[str]) -> dict[str, int | None]:
    """The count of each of the groups, none where a group is hidden: nought too, which would tell as much."""
    return {group: None if group in unseen else counts.get(group, 0) for group in groups}
