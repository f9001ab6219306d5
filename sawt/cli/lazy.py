"""A group of commands that imports a command only when it is called. Listing the commands needs no import."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


class LazyGroup(TyperGroup):
    """A group of commands that imports a command only when it is called.

    Make a subclass with a `table`, and pass the class to `typer.Typer(cls=...)`. The table contains, by name, the
    location (`module:attribute`) and the help text of each command or group of commands.
    """

    table: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, words) in self.table.items():
            self.add_command(TyperCommand(name, help=words))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Import the called command.

        If there is no command with this name, raise an error that suggests a similar name.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in self.table:
            command = self.load(name)
        return name, command, rest

    @classmethod
    def load(cls, name: str) -> TyperCommand | TyperGroup:
        """Import a command from its location in the table."""
        module, _, attribute = cls.table[name][0].partition(":")
        target = getattr(import_module(module), attribute)
        parent = typer.Typer()
        if isinstance(target, typer.Typer):
            parent.add_typer(target, name=name)
        else:
            parent.command(name)(target)
        return cast(TyperCommand | TyperGroup, get_group(parent).commands[name])
