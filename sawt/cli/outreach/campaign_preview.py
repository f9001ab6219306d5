"""A campaign's preview on the terminal: who would get it, at what price, what stands against it."""

from __future__ import annotations

from collections.abc import Mapping

from api.campaigns.reporting.schemas import Preview
from sawt.cli.cli_format import people, when
from sawt.cli.printing import RED, YELLOW, Printer, Table

_out = Printer()


def show_preview(found: Preview) -> None:
    """Print a preview."""
    counts(f"{people(found.recipients)} would get it", {**found.by_channel, **found.by_language, **found.by_province})
    counts("would not get it", found.excluded)
    _out.print(f"SMS segments: {segments(found)}, price: {price(found)}")
    done = when(found.done_at) or "never, at these hours"
    _out.print(f"Sending takes {found.seconds:.0f} s; begun now it is done by {done}.")
    for place, wave in enumerate(found.waves, start=1):
        begins = when(wave.begins_at) or "never, at these hours"
        words = f"wave {place}: {wave.share} % after {wave.after_minutes} min, {people(wave.recipients)}, from {begins}"
        _out.print(words)
    for words in found.blockers:
        _out.print(f" {words}", mark="stands against it:", colour=RED)
    for words in found.warnings:
        _out.print(f" {words}", mark="mind:", colour=YELLOW)


def segments(found: Preview) -> str:
    """All SMS segments, and those of one message in each language that somebody would get it in."""
    each = ", ".join(f"{name} {found.segments[name]}" for name in found.segments if found.by_language.get(name))
    return f"{found.total_segments} ({each} a message)" if each else str(found.total_segments)


def price(found: Preview) -> str:
    """What all its SMS cost, and the day of the price."""
    return "unknown" if found.price is None else f"{found.price} {found.currency} (price of {found.priced_on})"


def question(found: Preview) -> str:
    """What is asked before it is sent: the number of people and the money."""
    money = "at an unknown price" if found.price is None else f"for {found.price} {found.currency or ''}".strip()
    return f"Send this to {people(found.recipients)}, {money}?"


def counts(title: str, given: Mapping[str, int]) -> None:
    """Print counts by name below a title."""
    if not given:
        _out.print(title)  # a table without rows would not show it
        return
    table = Table(title=title, title_justify="left", show_header=False)
    for name, count in given.items():
        table.add_row(name, str(count))
    _out.print(table)
