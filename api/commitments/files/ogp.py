"""The order of OGP's fields, and records as the cells of a table and back: pure, and the same both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from api.commitments.fields import Statuses
from api.commitments.schemas import CommitmentIn, MilestoneIn

# OGP Local's page, from its top to its end; then what national pages and the older form add; then the three statuses.
LOCAL = (
    "commitment_id", "title", "action_plan", "inception_report", "starts_on", "ends_on", "institutions",
    "policy_areas", "sectors", "ogp_values", "problem", "status_quo", "action", "contribution", "long_term_goal",
    "milestones", "verifiable", "relevant", "novelty", "change",
)  # fmt: skip
NATIONAL = (
    "lead_institution", "support_institutions", "irm_report", "early_results", "ambition", "challenge",
    "proposed_solution", "expected_results", "impact_indicators", "relevance", "additional_information", "results",
)  # fmt: skip
OURS = ("label", "theme", "provinces", "confirmed")
COMMITMENT = ("number", *LOCAL, *NATIONAL, *Statuses.model_fields, *OURS)
MILESTONE = ("number", "title", "description", *Statuses.model_fields, "due_on", "lead", "supporting")


def columns() -> list[str]:
    """The names of all columns, in order: those of the commitment, then those of its milestone, one row for each."""
    ours = [name for field in COMMITMENT for name in _names(CommitmentIn, field)]
    return ["row", *ours, *(f"milestone_{name}" for field in MILESTONE for name in _names(MilestoneIn, field))]


def cells(record: BaseModel, prefix: str = "") -> dict[str, str]:
    """A record as cells by column; lists of records are left out."""
    found: dict[str, str] = {}
    for name, field in type(record).model_fields.items():
        value, inner = getattr(record, name), _record(field.annotation)
        if inner is not None:
            given = cells(value, f"{prefix}{name}_") if value is not None else {}
            found |= {column: given.get(column, "") for column in _below(inner, f"{prefix}{name}_")}
        elif not _listed(field.annotation):
            found[f"{prefix}{name}"] = _cell(value)
    return found


def record(model: type[BaseModel], given: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """What a model is made of, out of cells by column; an empty cell is nothing."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        column, inner = f"{prefix}{name}", _record(field.annotation)
        if inner is not None:
            value: Any = record(inner, given, f"{column}_")
        elif get_origin(field.annotation) is list:
            value = [each.strip() for each in given.get(column, "").split(";") if each.strip()]
        else:
            value = given.get(column, "")
        if value:
            found[name] = value
    return found


def _names(model: type[BaseModel], field: str) -> Iterator[str]:
    if field not in model.model_fields:
        yield field  # the action plan: the same for every row
        return
    annotation = model.model_fields[field].annotation
    inner = _record(annotation)
    if inner is not None:
        yield from _below(inner, f"{field}_")
    elif not _listed(annotation):
        yield field


def _below(model: type[BaseModel], prefix: str) -> list[str]:
    names = sorted(model.model_fields, key=("status", "on", "evidence").index) if "on" in model.model_fields else None
    return [f"{prefix}{name}" for name in names or model.model_fields]


def _record(annotation: Any) -> type[BaseModel] | None:
    """The record a field holds, if it holds one."""
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((each for each in options if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _listed(annotation: Any) -> bool:
    return get_origin(annotation) is list and _record(get_args(annotation)[0]) is not None


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
