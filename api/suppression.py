"""Hide the counts of small groups, so that nobody can read or calculate one person's answer from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple

FEWEST = 10  # groups with fewer people are hidden

Sizes = Mapping[str, int]


class HiddenGroups(NamedTuple):
    """The groups to hide in the totals of the whole consultation (`everywhere`), and for each question.

    `by_part` has the groups to hide for each question, by question id. They include `everywhere`.
    """

    everywhere: frozenset[str]
    by_part: Mapping[int, frozenset[str]]


def too_few(ballots: int, smallest_count: int) -> bool:
    """Return whether so few people took part that no counts may be shown.

    A `smallest_count` of 1 marks a demonstration, which shows all counts.
    """
    return smallest_count > 1 and ballots < smallest_count


def hidden(sizes: Sizes, *, also: Collection[str] = (), fewest: int = FEWEST) -> frozenset[str]:
    """Return the groups to hide, so that the total minus the shown groups reveals nobody's answer.

    Groups with fewer than `fewest` people are hidden, and those in `also`. If all hidden groups together are still too
    small, the smallest other groups are hidden too.
    """
    ordered = _ordered(sizes)
    chosen = [group for group in ordered if sizes[group] < fewest or group in also]
    for group in (each for each in ordered if each not in chosen):
        if not chosen or sum(sizes[each] for each in chosen) >= fewest:
            break
        chosen.append(group)
    return frozenset({*chosen, *also})


def shown(count: int) -> int | None:
    """Return a count if it may be shown, or None if it must be hidden. A small count is hidden, but zero is shown."""
    return count if count == 0 or count >= FEWEST else None


def hidden_in_all(
    sizes: Sizes, parts: Mapping[int, Sizes], reveals: Callable[[int, Collection[str]], bool], *, fewest: int = FEWEST
) -> HiddenGroups:
    """Return the groups to hide if ballots are divided in one way, such as by province.

    `sizes` has the number of ballots of each group, and `parts` how many of these answer each question.
    `reveals(question, groups)` says whether everybody in these groups gave the same answer, while somebody else gave
    another.
    """
    everywhere = frozenset[str]()
    while True:
        # in the totals of the consultation: small groups
        everywhere = _hide_enough(sizes, everywhere, lambda _: False, fewest)
        # for each question: small groups, and groups that reveal an answer
        hidden_in_parts = {
            part: _hide_enough(sizes_of, everywhere, partial(reveals, part), fewest) for part, sizes_of in parts.items()
        }
        # The totals still show the size of a group that is hidden only for a question. With the other counts,
        # this size may tell how many of the group answered.
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
    """Return the groups to hide, until together they are neither small nor revealing."""
    ordered = _ordered(sizes)
    chosen = {*also, *(group for group in ordered if sizes[group] < fewest or reveals([group]))}
    # add the smallest of the other groups, until at least two are hidden
    for group in (each for each in ordered if each not in chosen):
        total = sum(sizes.get(each, 0) for each in chosen)
        if not chosen or (len(chosen) > 1 and not 0 < total < fewest and not reveals(chosen)):
            break
        chosen.add(group)
    return frozenset(chosen)


def _can_be_bounded(
    group: str, part: Sizes, hidden_here: Collection[str], everywhere: Collection[str], sizes: Sizes, fewest: int
) -> bool:
    """Return whether the shown counts tell roughly how many people of a group answered a question."""
    # roughly: within a range of fewer than `fewest` people
    others = sum(sizes.get(each, 0) for each in {*hidden_here, *everywhere} if each != group)
    least = sum(part.get(each, 0) for each in hidden_here) - others
    return least > 0 and sizes.get(group, 0) - least < fewest


def suppressed(counts: Sizes, groups: Collection[str], hidden_groups: Collection[str]) -> dict[str, int | None]:
    """Return the count of each group, with None for hidden groups, even if their count is zero."""
    return {group: None if group in hidden_groups else counts.get(group, 0) for group in groups}


def _ordered(sizes: Sizes) -> list[str]:
    return sorted((group for group in sizes if sizes[group]), key=lambda group: (sizes[group], group))
