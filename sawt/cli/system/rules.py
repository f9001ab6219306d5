"""`sawt rules`: list and set the rules (thresholds, prices and budgets), and show who set each one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.clock import now
from api.errors import Invalid
from api.rules import service
from api.rules.service import Book, Rule
from sawt.cli.cli_format import when
from sawt.cli.cli_input import As, read_text
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.database import transact

rules = typer.Typer(no_args_is_help=True, help="Read and set thresholds, prices and budgets.")
_err = Printer(stderr=True)


@rules.command("list")
@listing
def list_rules(pages: Pages) -> None:
    """List the rules in force, and who set each one."""
    pages.show(
        lambda asked: transact(lambda session: service.listed(session, Book(), asked)),
        ("rule", "value", "set by", "when", "what it is"),
        lambda each: (each.name, json.dumps(each.value), each.who or "", when(each.at), each.meaning),
    )


@rules.command("set")
def set_rule(
    name: Annotated[str, typer.Argument(help="the rule's name, as in 'sawt rules list'")],
    value: Annotated[str, typer.Argument(help="as JSON: 50, null, [...]; - reads it from standard input")],
    who: As,
) -> None:
    """Set a rule. The service and every command use the new value at once."""
    text = read_text(Path("-")) if value == "-" else value
    rule = transact(lambda session: _set(session, name, _json(text), who))
    _err.print(f"{rule.name} is {json.dumps(rule.value)}.")


@rules.command("history")
@listing
def list_changes(pages: Pages) -> None:
    """List changes of rules and who made them, the newest first."""
    pages.show(
        lambda asked: transact(lambda session: service.history(session, asked)),
        ("rule", "value", "set by", "when"),
        lambda each: (each.name, json.dumps(each.value), each.who, when(each.at)),
    )


async def _set(session: AsyncSession, name: str, value: Any, who: str) -> Rule:
    return await service.change(session, Book(), name, value, who=who, now=now())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Invalid(f"not JSON: {text}") from None
