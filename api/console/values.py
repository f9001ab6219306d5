"""Old and new values of an act as lines that people can read: one for each field, also for fields within fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONG = 300  # letters of a value, above which it is folded away
START = 80  # letters of a folded value that are shown


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its values before and after, as text; None if it had no value."""

    field: str
    old: str | None
    new: str | None


def changes(old: Any, new: Any) -> list[Change]:
    """Return the lines of an act's values: `title.fr` for a field within a field, `options.2` for the second of a list.

    A value without fields, such as that of a rule, has an empty name.
    """
    before, after = dict(_lines("", old)), dict(_lines("", new))
    return [Change(name, before.get(name), after.get(name)) for name in {**before, **after}]


def _lines(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of a value with their text; nothing for null, which the record also writes for no value."""
    if isinstance(value, Mapping):
        fields = [(str(key), each) for key, each in value.items()]
    elif isinstance(value, list):
        fields = [(str(place), each) for place, each in enumerate(value, 1)]
    else:
        if value is not None:
            yield name, _text(value)
        return
    if not fields and name:
        yield name, "{}" if isinstance(value, Mapping) else "[]"
    for key, each in fields:
        yield from _lines(f"{name}.{key}" if name else key, each)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
