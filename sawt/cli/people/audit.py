"""`sawt audit`: list the record of staff acts, export it, and verify an export without the database."""

from __future__ import annotations

import codecs
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.audit import checkpoints, offline, statement
from api.audit.schemas import RecordedAct
from api.errors import Invalid, NotFound
from sawt.cli import service
from sawt.cli.cli_format import counted, when
from sawt.cli.cli_input import MaybeAt, read_text
from sawt.cli.listing import Pages, listing
from sawt.cli.output_files import Overwrite, display_name, open_output
from sawt.cli.printing import Printer
from sawt.context import keyring
from sawt.database import transact

audit = typer.Typer(no_args_is_help=True, help="List, export and verify the record of staff acts.")
_WIDTH = 60  # characters of a value in a list
_out, _err = Printer(), Printer(stderr=True)

File = Annotated[Path, typer.Argument(help="a file; - is standard output", metavar="FILE")]
Read = Annotated[Path, typer.Argument(help="what `sawt audit export` wrote", metavar="FILE")]
Signed = Annotated[Path, typer.Argument(help="a checkpoint: /record.json of the service", metavar="CHECKPOINT")]


@audit.command("list")
@listing
def list_acts(
    pages: Pages,
    who: Annotated[str | None, typer.Option(help="acts of this person")] = None,
    act: Annotated[str | None, typer.Option(help="acts of this kind, such as 'erase'")] = None,
    subject: Annotated[str | None, typer.Option(help="on what, such as 'resident 12'")] = None,
    kind: Annotated[str | None, typer.Option(help="the first word of subjects, such as 'resident'")] = None,
    since: MaybeAt = None,
    until: MaybeAt = None,
) -> None:
    """List what staff did, newest first."""
    filters = {"by": who, "act": act, "subject": subject, "kind": kind, "since": since, "until": until}
    pages.show(
        service.listed(RecordedAct, "/record", **filters),
        ("number", "when", "who", "did", "to", "what"),
        lambda each: (str(each.seq), when(each.at), each.who, each.act, each.subject, _details(each)),
    )


@audit.command()
def export(file: File, overwrite: Overwrite = False) -> None:
    """Write the whole record of staff acts: one line of canonical JSON for each act."""
    count = 0
    with service.stream("/record/export") as pieces, open_output(file, overwrite=overwrite) as out:
        for text in codecs.iterdecode(pieces, "utf-8"):
            out.write(text)
            count += text.count("\n")
    _err.print(f"{counted(count, 'act')} in {display_name(file)}.")


@audit.command()
def checkpoint() -> None:
    """Print the newest signed checkpoint as JSON, in the form of the public page /record.json. Needs the database."""
    found = transact(lambda session: checkpoints.latest(session, 1))
    if not found:
        raise NotFound("there is no checkpoint yet: the scheduler signs one within an hour of an act")
    _out.json(found[0].model_dump_json(indent=1))


@audit.command()
def key() -> None:
    """Print the public key that verifies checkpoints, as PEM. Needs the keys."""
    for line in statement.public_key(keyring().signing_key(statement.PURPOSE)).splitlines():
        _out.print(line)


@audit.command()
def verify(
    file: Read,
    signed: Signed,
    by: Annotated[Path | None, typer.Option("--key", help="the public key (PEM), if you kept it elsewhere")] = None,
) -> None:
    """Verify an export against a checkpoint. Needs no database, no keys and no network."""
    point = statement.parse(read_text(signed))
    try:
        with file.open("rb") as lines:
            found = offline.verify(lines, point, None if by is None else read_text(by))
    except OSError as error:
        raise Invalid(f"cannot read {file}: {error.strerror}") from None
    later = f", {found.later} of them later than the checkpoint" if found.later else ""
    _out.print(f"{counted(found.rows, 'row')} verify{later}; signed by {point.origin} at {_time(point.time)}.")
    if by is None:
        _err.print("Compare the key in the checkpoint with the one that you kept, or pass --key.")


def _time(written: str) -> str:
    try:
        return when(datetime.fromisoformat(written))
    except ValueError:
        return written


def _details(act: RecordedAct) -> str:
    """Return an act's details besides its subject: words, old and new values, the reason. Long values are cut."""
    changed = "" if act.old is None and act.new is None else f"{_value(act.old)} -> {_value(act.new)}"
    return "; ".join(filter(None, (act.about, changed.strip(), act.reason)))


def _value(value: object) -> str:
    """Return a value as one short line of JSON."""
    text = "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
