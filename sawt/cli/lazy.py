"""A group of commands that imports a command when it is called: its help comes from a table, without an import."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class LazyGroup(TyperGroup):
    """A group whose help lists stand-ins; the command itself is loaded once it is called.

    Make a subclass with a `table` and give it to `typer.Typer(cls=...)`. The table names, for each command or group of
    commands, where it is (`module:attribute`) and its help.
    """

    table: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, words) in self.table.items():
            self.add_command(TyperCommand(name, help=words))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called, loaded. Fails with a suggestion if there is none of that name."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in self.table:
            command = self.load(name)
        return name, command, rest

    @classmethod
    def load(cls, name: str) -> TyperCommand | TyperGroup:
        """Import a command of the table."""
        module, _, attribute = cls.table[name][0].partition(":")
        found = getattr(import_module(module), attribute)
        holder = typer.Typer()
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name)
        else:
            holder.command(name)(found)
        return cast(TyperCommand | TyperGroup, get_group(holder).commands[name])
