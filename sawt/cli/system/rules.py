"""`sawt rules`: list and set the rules (thresholds, prices and budgets), and show who set each one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.errors import Invalid
from api.rules.schemas import ChangeOut, RuleIn, RuleOut
from sawt.cli import service
from sawt.cli.cli_format import when
from sawt.cli.cli_input import read_text
from sawt.cli.listing import Pages, listing
from sawt.cli.printing import Printer
from sawt.cli.service import path

rules = typer.Typer(no_args_is_help=True, help="Read and set thresholds, prices and budgets.")
_err = Printer(stderr=True)


@rules.command("list")
@listing
def list_rules(pages: Pages) -> None:
    """List the rules in force, and who set each one."""
    pages.show(
        service.listed(RuleOut, "/rules"),
        ("rule", "value", "set by", "when", "what it is"),
        lambda each: (each.name, json.dumps(each.value), each.who or "", when(each.at), each.meaning),
    )


@rules.command("set")
def set_rule(
    name: Annotated[str, typer.Argument(help="the rule's name, as in 'sawt rules list'")],
    value: Annotated[str, typer.Argument(help="as JSON: 50, null, [...]; - reads it from standard input")],
) -> None:
    """Set a rule. The service and every command use the new value at once."""
    text = read_text(Path("-")) if value == "-" else value
    rule = service.put(RuleOut, path("rules", name), RuleIn(value=_json(text)))
    _err.print(f"{rule.name} is {json.dumps(rule.value)}.")


@rules.command("history")
@listing
def list_changes(pages: Pages) -> None:
    """List changes of rules and who made them, the newest first."""
    pages.show(
        service.listed(ChangeOut, "/rules/changes"),
        ("rule", "value", "set by", "when"),
        lambda each: (each.name, json.dumps(each.value), each.who, when(each.at)),
    )


def _json(text: str) -> Any:
    """Return the value that is written as JSON. Raises Invalid."""
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)  # NaN and 1e999 are not JSON; they would be sent as null
    except ValueError:
        raise Invalid(f"not JSON: {text}") from None
    return value
