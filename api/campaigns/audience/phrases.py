"""Describe a campaign's audience and sending hours in English words, for the person who approves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from api.campaigns.audience.definition import Audience
from api.campaigns.sending_hours import Hours, Span
from api.region import places
from api.residents import follows

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def audience(definition: Audience) -> str:
    """Return an audience in words, such as "in Tétouan, and not (who answered plan)"."""
    if definition.condition is None:
        return "everybody who consented"
    return _PHRASES[definition.condition.name](definition.condition.value)


def hours(week: Hours, *, urgent: bool) -> str:
    """Return the sending hours in words, in Moroccan time."""
    if urgent:
        return "at any hour"
    days = [(_spans(week.week.get(day, ())), _DAYS[day]) for day in range(7)]
    spans = [(day_hours, [day for _, day in group]) for day_hours, group in groupby(days, key=lambda each: each[0])]
    words = "; ".join(f"{_range(names)} {day_hours or 'never'}" for day_hours, names in spans)
    fasting = ", ".join(f"{first} to {last}" for first, last in week.ramadan)
    return f"{words}; in Ramadan ({fasting}) {_spans(week.fasting)}" if fasting else words


def quotas(limits: Mapping[str, int]) -> str:
    """Return the quotas of provinces in words: "500 in 01.511 Tanger-Assilah, 50 who did not say"."""
    by_province = sorted(limits.items(), key=lambda quota: (quota[0] == "", quota[0]))  # databases reorder JSON
    return ", ".join(
        f"{most} {f'in {_province(code)}' if code else 'in an unknown province'}" for code, most in by_province
    )


def _spans(spans: Sequence[Span]) -> str:
    return " and ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


def _range(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _joined(audiences: Sequence[Audience], word: str) -> str:
    return f", {word} ".join(audience(each) if _is_plain(each) else f"({audience(each)})" for each in audiences)


def _is_plain(definition: Audience) -> bool:
    return definition.condition is None or definition.condition.name not in ("all_of", "any_of")


def _either(names: Iterable[str], unknown: str) -> str:
    return " or ".join(name or unknown for name in names)


def _province(code: str) -> str:
    return places.label(code, unknown="")


def _followed(ref: str) -> str:
    """Return a followed topic as staff read it: a province with its code and name."""
    kind, _, code = ref.partition(":")
    return f"{kind}:{places.label(code)}" if kind == follows.PROVINCE else ref


def _commune(code: str) -> str:
    commune = places.commune(code)
    return commune.fr if commune is not None else code


_PHRASES: Mapping[str, Callable[[Any], str]] = {
    "all_of": lambda each: _joined(each, "and"),
    "any_of": lambda each: _joined(each, "or"),
    "not_": lambda other: f"not ({audience(other)})",
    "province": lambda codes: f"in {_either(map(_province, codes), 'an unknown province')}",
    "commune": lambda codes: f"in {_either(map(_commune, codes), 'an unknown commune')}",
    "language": lambda codes: f"who read {_either(codes, '')}",
    "channel": lambda names: f"who can be reached by {_either(names, '')}",
    "joined_since": lambda day: f"who joined since {day}",
    "source": lambda words: f"who first wrote with {_either(words, 'no keyword')}",
    "follows": lambda refs: f"who follow {_either(map(_followed, refs), '')}",
    "answered": lambda code: f"who answered {code}",
    "begun": lambda code: f"who began {code} and did not finish it",
    "asked": lambda code: f"who were invited to {code} and did not begin it",
    "registered": lambda code: f"who are registered for the meeting {code}",
    "not_contacted_since": lambda day: f"who got no campaign since {day}",
}
