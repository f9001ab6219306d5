"""Print a campaign's preview: who would receive it, its price, and what prevents the launch."""

from __future__ import annotations

from collections.abc import Mapping

from api.campaigns.reporting.schemas import Preview
from sawt.cli.cli_format import people, when
from sawt.cli.printing import RED, YELLOW, Printer, Table

_out = Printer()


def show_preview(preview: Preview) -> None:
    """Print a campaign's preview."""
    counts(
        f"{people(preview.recipients)} would receive it",
        {**preview.by_channel, **preview.by_language, **preview.by_province},
    )
    counts("would not receive it", preview.excluded)
    _out.print(f"SMS segments: {segments(preview)}, price: {price(preview)}")
    done = when(preview.done_at) or "never, at these hours"
    _out.print(f"Sending takes {preview.seconds:.0f} s; if it starts now, it ends at {done}.")
    for place, wave in enumerate(preview.waves, start=1):
        begins = when(wave.begins_at) or "never, at these hours"
        words = f"wave {place}: {wave.share} % after {wave.after_minutes} min, {people(wave.recipients)}, from {begins}"
        _out.print(words)
    for words in preview.blockers:
        _out.print(f" {words}", mark="prevents the launch:", colour=RED)
    for words in preview.warnings:
        _out.print(f" {words}", mark="note:", colour=YELLOW)


def segments(preview: Preview) -> str:
    """Return the total number of SMS segments, and the segments of one message in each language."""
    each = ", ".join(f"{name} {preview.segments[name]}" for name in preview.segments if preview.by_language.get(name))
    return f"{preview.total_segments} ({each} a message)" if each else str(preview.total_segments)


def price(preview: Preview) -> str:
    """Return the price of all SMS of a campaign, and the date of the price list."""
    return "unknown" if preview.price is None else f"{preview.price} {preview.currency} (price of {preview.priced_on})"


def question(preview: Preview) -> str:
    """Return the question to ask before a campaign is sent. It names the number of people and the price."""
    money = "at an unknown price" if preview.price is None else f"for {preview.price} {preview.currency or ''}".strip()
    return f"Send this to {people(preview.recipients)}, {money}?"


def counts(title: str, values: Mapping[str, int]) -> None:
    """Print a title and a table of counts by name."""
    if not values:
        _out.print(title)  # a table without rows would not show it
        return
    table = Table(title=title, title_justify="left", show_header=False)
    for name, count in values.items():
        table.add_row(name, str(count))
    _out.print(table)
