"""Commented examples of the files that commands read, and the command that prints one."""

from __future__ import annotations

from importlib.resources import files

import typer

from sawt.cli.printing import Printer

_out = Printer()


def text(name: str) -> str:
    """Return the example with this name, as TOML."""
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def add_example(group: typer.Typer, name: str, of: str = "create") -> None:
    """Add a command `example` to a group. It prints an example of the file that the group's command `of` reads."""

    @group.command("example", help=f"Print a commented example of the file that `{of}` takes.")
    def example() -> None:
        _out.lines(text(name), indent="")
