"""Reading a plan's file: every fault is named by its line and column; nothing is taken of a wrong one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from api.commitments.files import ogp, spreadsheet_repairs
from api.commitments.schemas import CommitmentIn, MilestoneIn
from api.errors import Invalid
from api.text import tabular
from api.text.fault_words import sentence

ROW, PLAN, STEP = "row", "action_plan", "milestone_"
COMMITMENT, MILESTONE = "commitment", "milestone"

_NUMBER: TypeAdapter[int] = TypeAdapter(int)
_MOST = 20  # faults that are named at once
_AGAIN = "export the plan, and keep the first line as it is"


@dataclass(slots=True)
class _Found:
    """A commitment as it is put together; `lines` are those its milestones begin in, by number."""

    line: int
    number: int | None
    given: dict[str, Any]
    milestones: list[MilestoneIn] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)


def parsed(data: bytes, code: str) -> list[CommitmentIn]:
    """The commitments of a CSV file, its columns in any order. Raises Invalid, naming each line and what is wrong."""
    faults: list[str] = []
    found: list[_Found] = []
    for line, row in _rows(data):
        faults += _take(found, line, row, code)
    made = [_whole(each, faults) for each in found]
    if faults:
        more = f"; and {len(faults) - _MOST} more" if len(faults) > _MOST else ""
        raise Invalid("; ".join(faults[:_MOST]) + more)
    return [each for each in made if each is not None]


def _take(found: list[_Found], line: int, row: dict[str, str], code: str) -> Iterator[str]:
    """Add a row to what was found; yields what is wrong with it."""
    if row[PLAN] not in ("", code):
        yield f"line {line}, column {PLAN}: it belongs to the plan {row[PLAN]}, not to {code}"
    number = _number(row["number"])
    if row[ROW] == COMMITMENT:
        given = ogp.record(CommitmentIn, row)
        twin = next((each.line for each in found if each.number == number), None)
        if twin is not None and number is not None:
            yield f"line {line}, column number: commitment {number} is in line {twin} already; leave one"
        found.append(_Found(line, number, given))
        yield from _faults(CommitmentIn, given, line, "")
    elif row[ROW] == MILESTONE and found and found[-1].number == number:
        yield from _take_step(found[-1], line, row)
    elif row[ROW] == MILESTONE:
        yield f"line {line}: a milestone stands below its own commitment, with that one's number"
    else:
        yield f"line {line}, column {ROW}: write {COMMITMENT} or {MILESTONE}"


def _number(cell: str) -> int | None:
    """The number a cell is read as: 3, 03 and 3.0 are the same; None where it is none."""
    try:
        return _NUMBER.validate_python(cell)
    except ValidationError:
        return None


def _take_step(of: _Found, line: int, row: dict[str, str]) -> Iterator[str]:
    given = ogp.record(MilestoneIn, row, STEP)
    faults = list(_faults(MilestoneIn, given, line, STEP))
    yield from faults
    if faults:
        return
    made = MilestoneIn.model_validate(given)
    if made.number in of.lines:
        before = of.lines[made.number]
        yield f"line {line}, column {STEP}number: milestone {made.number} is in line {before} already; leave one"
    of.lines[made.number] = line
    of.milestones.append(made)


def _whole(found: _Found, faults: list[str]) -> CommitmentIn | None:
    """The commitment with its milestones; None where something was wrong, which is said."""
    if faults:
        return None
    try:
        return CommitmentIn.model_validate({**found.given, "milestones": found.milestones})
    except ValidationError as error:
        faults += [f"line {found.line}: {sentence(each)}" for each in error.errors()]
        return None


def _faults(model: type[BaseModel], given: dict[str, Any], line: int, prefix: str) -> Iterator[str]:
    try:
        model.model_validate(given)
    except ValidationError as error:
        for each in error.errors():
            names = [str(part) for part in each["loc"] if not isinstance(part, int)]
            column = f", column {prefix}{'_'.join(names)}" if names else ""
            yield f"line {line}{column}: {_said(names, each)}"


def _said(names: list[str], error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "missing":
        return "it must not be empty"
    if kind.startswith("date"):
        return "write a day as 2026-12-31 or 31/12/2026"
    return (
        "write a month as 2021-11 or 11/2021" if names and names[-1] in spreadsheet_repairs.MONTHS else sentence(error)
    )


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line it begins in."""
    table = tabular.read(data, ogp.columns())
    _check(table.names)
    for line, row in table.rows():
        yield line, {name: spreadsheet_repairs.meant(name, cell) for name, cell in row.items()}


def _check(names: Sequence[str]) -> None:
    """Raises Invalid where the columns are not those of an export."""
    missing, strange = [sorted(each) for each in (set(ogp.columns()) - set(names), set(names) - set(ogp.columns()))]
    faults = [f"{', '.join(missing)} missing"] if missing else []
    faults += [f"{', '.join(strange)} unknown"] if strange else []
    faults += ["one is there twice"] if len(set(names)) < len(names) else []
    if faults:
        raise Invalid(f"the columns are not those of an export ({'; '.join(faults)}): {_AGAIN}")
