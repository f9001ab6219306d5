"""Read a plan from a CSV file. Each error names its line and column; a file with any error is refused as a whole."""

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

LARGEST = 1024 * 1024  # bytes of a file with a whole plan
ROW, PLAN, STEP = "row", "action_plan", "milestone_"
COMMITMENT, MILESTONE = "commitment", "milestone"

_NUMBER: TypeAdapter[int] = TypeAdapter(int)
_MOST = 20  # errors reported at once
_AGAIN = "export the plan and keep the first line of the export unchanged"


@dataclass(slots=True)
class _Draft:
    """A commitment whose rows are still being read."""

    line: int
    number: int | None
    values: dict[str, Any]
    milestones: list[MilestoneIn] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)  # the first line of each milestone, by number


def parse(data: bytes, code: str) -> list[CommitmentIn]:
    """Return the commitments in a CSV file, whose columns may be in any order.

    Raises Invalid with a list of errors, each with its line.
    """
    errors: list[str] = []
    drafts: list[_Draft] = []
    for line, row in _rows(data):
        errors += _read_row(drafts, line, row, code)
    commitments = [_finish(each, errors) for each in drafts]
    if errors:
        more = f"; and {len(errors) - _MOST} more" if len(errors) > _MOST else ""
        raise Invalid("; ".join(errors[:_MOST]) + more)
    return [each for each in commitments if each is not None]


def _read_row(drafts: list[_Draft], line: int, row: dict[str, str], code: str) -> Iterator[str]:
    """Add a row of the file to the drafts; yield its errors."""
    if row[PLAN] not in ("", code):
        yield f"line {line}, column {PLAN}: this row belongs to the plan {row[PLAN]}, not to {code}"
    number = _number(row["number"])
    if row[ROW] == COMMITMENT:
        values = ogp.values(CommitmentIn, row)
        twin = next((each.line for each in drafts if each.number == number), None)
        if twin is not None and number is not None:
            yield f"line {line}, column number: commitment {number} is already on line {twin}; remove one"
        drafts.append(_Draft(line, number, values))
        yield from _errors(CommitmentIn, values, line, "")
    elif row[ROW] == MILESTONE and drafts and drafts[-1].number == number:
        yield from _read_milestone(drafts[-1], line, row)
    elif row[ROW] == MILESTONE:
        yield (
            f"line {line}: a milestone must follow the row of its commitment, and have the number of that commitment"
        )
    else:
        yield f"line {line}, column {ROW}: write {COMMITMENT} or {MILESTONE}"


def _number(cell: str) -> int | None:
    """Return the number in a cell ("3", "03" or "3.0"); None if it is not a number."""
    try:
        return _NUMBER.validate_python(cell)
    except ValidationError:
        return None


def _read_milestone(draft: _Draft, line: int, row: dict[str, str]) -> Iterator[str]:
    values = ogp.values(MilestoneIn, row, STEP)
    errors = list(_errors(MilestoneIn, values, line, STEP))
    yield from errors
    if errors:
        return
    milestone = MilestoneIn.model_validate(values)
    if milestone.number in draft.lines:
        before = draft.lines[milestone.number]
        yield f"line {line}, column {STEP}number: milestone {milestone.number} is already on line {before}; remove one"
    draft.lines[milestone.number] = line
    draft.milestones.append(milestone)


def _finish(draft: _Draft, errors: list[str]) -> CommitmentIn | None:
    """Return the finished commitment. If it is invalid, add the reasons to `errors` and return None."""
    if errors:
        return None
    try:
        return CommitmentIn.model_validate({**draft.values, "milestones": draft.milestones})
    except ValidationError as error:
        errors += [f"line {draft.line}: {sentence(each)}" for each in error.errors()]
        return None


def _errors(model: type[BaseModel], values: dict[str, Any], line: int, prefix: str) -> Iterator[str]:
    try:
        model.model_validate(values)
    except ValidationError as error:
        for each in error.errors():
            names = [str(part) for part in each["loc"] if not isinstance(part, int)]
            column = f", column {prefix}{'_'.join(names)}" if names else ""
            yield f"line {line}{column}: {_message(names, each)}"


def _message(names: list[str], error: Mapping[str, Any]) -> str:
    kind = error["type"]
    if kind == "missing":
        return "the value must not be empty"
    if kind.startswith("date"):
        return "write the date as 2026-12-31 or 31/12/2026"
    return (
        "write the month as 2021-11 or 11/2021"
        if names and names[-1] in spreadsheet_repairs.MONTHS
        else sentence(error)
    )


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of the file with the line on which it begins."""
    table = tabular.read(data, ogp.columns())
    _check(table.names)
    for line, row in table.rows():
        yield line, {name: spreadsheet_repairs.repaired(name, cell) for name, cell in row.items()}


def _check(names: Sequence[str]) -> None:
    """Raise Invalid unless the file's column names are exactly those of an export."""
    missing, unknown = [sorted(each) for each in (set(ogp.columns()) - set(names), set(names) - set(ogp.columns()))]
    errors = [f"{', '.join(missing)} missing"] if missing else []
    errors += [f"{', '.join(unknown)} unknown"] if unknown else []
    errors += ["a column name appears twice"] if len(set(names)) < len(names) else []
    if errors:
        raise Invalid(f"the columns differ from those of an export ({'; '.join(errors)}): {_AGAIN}")
