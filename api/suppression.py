"""Suppression of small groups, so that nobody's answer can be read from counts or from differences between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

FEWEST = 10  # groups with fewer people are hidden (design, section 11)

Sizes = Mapping[str, int]


class HiddenGroups(NamedTuple):
    """The groups hidden in the results as a whole, and in each part. Each part also hides the former."""

    everywhere: frozenset[str]
    by_part: Mapping[int, frozenset[str]]


def too_few(ballots: int, smallest_count: int) -> bool:
    """Return whether so few people took part that nothing is shown.

    A `smallest_count` of 1 marks a demonstration, in which everything is shown.
    """
    return smallest_count > 1 and ballots < smallest_count


def hidden(sizes: Sizes, *, also: Collection[str] = (), fewest: int = FEWEST) -> frozenset[str]:
    """Return the groups to hide: those below `fewest`, those in `also`, and if needed the smallest of the others.

    More groups are hidden until together they have `fewest` people. Otherwise the total minus the groups shown would
    reveal them. Empty groups need not be hidden.
    """
    ordered = _ordered(sizes)
    chosen = [group for group in ordered if sizes[group] < fewest or group in also]
    for group in (each for each in ordered if each not in chosen):
        if not chosen or sum(sizes[each] for each in chosen) >= fewest:
            break
        chosen.append(group)
    return frozenset({*chosen, *also})


def shown(count: int) -> int | None:
    """Return a single count as it may be shown: None if it is small but not zero."""
    return count if count == 0 or count >= FEWEST else None


def hidden_in_all(
    sizes: Sizes, parts: Mapping[int, Sizes], reveals: Callable[[int, Collection[str]], bool], *, fewest: int = FEWEST
) -> HiddenGroups:
    """Return the groups to hide if ballots are divided one way, such as by province: in the whole and in each part.

    `sizes` has the ballots of each group. `parts` has, for each question, the ballots that answer it. `reveals` returns
    whether everyone in these groups who answered a question gave one answer, which not everybody gave.

    In each part, groups that are small or revealing are hidden. More of the smallest are hidden until at least two are
    hidden which together are neither. If a group is hidden in a part but its size in the whole is shown, that size and
    the counts of other groups may show how many of the group answered. Such a group is hidden in the whole and in every
    part.
    """
    everywhere = frozenset[str]()
    while True:
        everywhere = _hide_enough(sizes, everywhere, lambda _: False, fewest)
        hidden_in_parts = {
            part: _hide_enough(sizes_of, everywhere, partial(reveals, part), fewest) for part, sizes_of in parts.items()
        }
        more = {
            group
            for part, hidden_here in hidden_in_parts.items()
            for group in hidden_here - everywhere
            if _can_be_bounded(group, parts[part], hidden_here, everywhere, sizes, fewest)
        }
        if not more:
            return HiddenGroups(everywhere, hidden_in_parts)
        everywhere |= more


def _hide_enough(
    sizes: Sizes, also: Collection[str], reveals: Callable[[Collection[str]], bool], fewest: int
) -> frozenset[str]:
    """Return the groups in `also`, the small or revealing groups, and more until together they are neither."""
    ordered = _ordered(sizes)
    chosen = {*also, *(group for group in ordered if sizes[group] < fewest or reveals([group]))}
    for group in (each for each in ordered if each not in chosen):
        total = sum(sizes.get(each, 0) for each in chosen)
        if not chosen or (len(chosen) > 1 and not 0 < total < fewest and not reveals(chosen)):
            break
        chosen.add(group)
    return frozenset(chosen)


def _can_be_bounded(
    group: str, part: Sizes, hidden_here: Collection[str], everywhere: Collection[str], sizes: Sizes, fewest: int
) -> bool:
    """Whether a group's shown size reveals, to within `fewest` people, how many of it answered a question."""
    others = sum(sizes.get(each, 0) for each in {*hidden_here, *everywhere} if each != group)
    least = sum(part.get(each, 0) for each in hidden_here) - others
    return least > 0 and sizes.get(group, 0) - least < fewest


def suppressed(counts: Sizes, groups: Collection[str], hidden_groups: Collection[str]) -> dict[str, int | None]:
    """Return the count of each group; None for hidden groups, even if zero, since a zero reveals as much."""
    return {group: None if group in hidden_groups else counts.get(group, 0) for group in groups}


def _ordered(sizes: Sizes) -> list[str]:
    return sorted((group for group in sizes if sizes[group]), key=lambda group: (sizes[group], group))
