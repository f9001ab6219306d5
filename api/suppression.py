"""Small groups: which are hidden, so that nobody's answer is read off them, nor worked out as a difference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

FEWEST = 10  # people of a group below which it is hidden (design, section 11)

Sizes = Mapping[str, int]


def too_few(ballots: int, smallest_count: int) -> bool:
    """Whether so few took part that nothing of it is shown; 1 stands for a demonstration, which shows all."""
    return smallest_count > 1 and ballots < smallest_count


def hidden(sizes: Sizes, *, also: Collection[str] = (), fewest: int = FEWEST) -> frozenset[str]:
    """The groups too small to be shown, those hidden elsewhere `also`, and more of the smallest until it suffices.

    It suffices once those hidden are enough people together: otherwise what is hidden is the whole less what is shown.
    A group of nobody has nothing to hide.
    """
    ordered = _ordered(sizes)
    found = [group for group in ordered if sizes[group] < fewest or group in also]
    for group in (each for each in ordered if each not in found):
        if not found or sum(sizes[each] for each in found) >= fewest:
            break
        found.append(group)
    return frozenset({*found, *also})


def shown(count: int) -> int | None:
    """A count by itself as it is shown: none where it is of few people."""
    return count if count == 0 or count >= FEWEST else None


def hidden_in_all(
    sizes: Sizes, parts: Mapping[int, Sizes], telling: Callable[[int, Collection[str]], bool], *, fewest: int = FEWEST
) -> tuple[frozenset[str], dict[int, frozenset[str]]]:
    """The groups to be hidden where ballots are divided one way: everywhere, and of those in each of its parts.

    `sizes` are the ballots of each group, `parts` those among them that answer each question. `telling` says whether
    all who answered a question in these groups, taken together, chose alike as not everybody did. Hidden are groups
    that are small or telling, and more of the smallest until those hidden are two at least, and together neither. A
    group whose size is shown although a question's answers are hidden is hidden everywhere, if its size and what is
    shown of others would say how many answered.
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
    """Those hidden elsewhere, those small or telling here, and more until neither holds of them together."""
    ordered = _ordered(sizes)
    found = {*also, *(group for group in ordered if sizes[group] < fewest or telling([group]))}
    for group in (each for each in ordered if each not in found):
        together = sum(sizes.get(each, 0) for each in found)
        if not found or (len(found) > 1 and not 0 < together < fewest and not telling(found)):
            break
        found.add(group)
    return frozenset(found)


def _bounded(
    group: str, part: Sizes, unseen: Collection[str], everywhere: Collection[str], sizes: Sizes, fewest: int
) -> bool:
    """Whether a group whose size is shown must hold some of a part's hidden answers, within less than `fewest`."""
    others = sum(sizes.get(each, 0) for each in {*unseen, *everywhere} if each != group)
    least = sum(part.get(each, 0) for each in unseen) - others
    return least > 0 and sizes.get(group, 0) - least < fewest


def veiled(counts: Sizes, groups: Collection[str], unseen: Collection[str]) -> dict[str, int | None]:
    """The count of each of the groups, none where a group is hidden: nought too, which would tell as much."""
    return {group: None if group in unseen else counts.get(group, 0) for group in groups}


def _ordered(sizes: Sizes) -> list[str]:
    return sorted((group for group in sizes if sizes[group]), key=lambda group: (sizes[group], group))
