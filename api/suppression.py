"""Hide counts of small groups, so that nobody's answer can be read or derived from differences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

FEWEST = 10  # people; smaller groups are hidden (design, section 11)

Sizes = Mapping[str, int]


def too_few(ballots: int, smallest_count: int) -> bool:
    """Whether too few people took part to show anything. A minimum of 1 (for demonstrations) hides nothing."""
    return smallest_count > 1 and ballots < smallest_count


def hidden(sizes: Sizes, *, also: Collection[str] = (), fewest: int = FEWEST) -> frozenset[str]:
    """The groups to hide: those that are too small, those hidden elsewhere (`also`), and more if needed.

    The smallest other groups are added until the hidden groups have at least `fewest` people together: otherwise
    subtracting the shown groups from the total would reveal them. Empty groups are not hidden.
    """
    ordered = _ordered(sizes)
    few = [group for group in ordered if sizes[group] < fewest or group in also]
    for group in (each for each in ordered if each not in few):
        if not few or sum(sizes[each] for each in few) >= fewest:
            break
        few.append(group)
    return frozenset({*few, *also})


def shown(count: int) -> int | None:
    """A single count as it may be shown: None if it is small but not zero."""
    return count if count == 0 or count >= FEWEST else None


def hidden_in_all(
    sizes: Sizes, parts: Mapping[int, Sizes], telling: Callable[[int, Collection[str]], bool], *, fewest: int = FEWEST
) -> tuple[frozenset[str], dict[int, frozenset[str]]]:
    """The groups to hide when ballots are divided in one way: in all tables, and in the table of each question.

    `sizes` counts the ballots of each group, and `parts`, by question, those that answer it. `telling(question,
    groups)` says whether everyone in these groups gave the same answer to the question, while not everybody did.

    Hidden are small groups, telling groups, and the smallest others, until at least two are hidden that together are
    neither small nor telling. A group whose size is shown, but whose answers to a question are hidden, is hidden in all
    tables if its size would reveal how many of it answered the question.
    """
    everywhere = frozenset[str]()
    while True:
        everywhere = _enough(sizes, everywhere, lambda _: False, fewest)
        each = {part: _enough(sizes_of, everywhere, partial(telling, part), fewest) for part, sizes_of in parts.items()}
        more = {
            group
            for part, unseen in each.items()
            for group in unseen - everywhere
            if _bounded(group, parts[part], unseen, everywhere, sizes, fewest)
        }
        if not more:
            return everywhere, each
        everywhere |= more


def _enough(
    sizes: Sizes, also: Collection[str], telling: Callable[[Collection[str]], bool], fewest: int
) -> frozenset[str]:
    """The groups hidden elsewhere or small or telling here, and more until together they are neither."""
    ordered = _ordered(sizes)
    few = {*also, *(group for group in ordered if sizes[group] < fewest or telling([group]))}
    for group in (each for each in ordered if each not in few):
        together = sum(sizes.get(each, 0) for each in few)
        if not few or (len(few) > 1 and not 0 < together < fewest and not telling(few)):
            break
        few.add(group)
    return frozenset(few)


def _bounded(
    group: str, part: Sizes, unseen: Collection[str], everywhere: Collection[str], sizes: Sizes, fewest: int
) -> bool:
    """Whether a group's shown size limits its hidden answers to a question to a range smaller than `fewest`."""
    others = sum(sizes.get(each, 0) for each in {*unseen, *everywhere} if each != group)
    least = sum(part.get(each, 0) for each in unseen) - others
    return least > 0 and sizes.get(group, 0) - least < fewest


def suppressed(counts: Sizes, groups: Collection[str], unseen: Collection[str]) -> dict[str, int | None]:
    """The count of each group; None for hidden groups, even if it is zero, since a zero reveals as much."""
    return {group: None if group in unseen else counts.get(group, 0) for group in groups}


def _ordered(sizes: Sizes) -> list[str]:
    return sorted((group for group in sizes if sizes[group]), key=lambda group: (sizes[group], group))
