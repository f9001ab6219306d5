"""Convert commitments to table cells and back, with OGP's fields in OGP's order (pure functions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from api.commitments.fields import Statuses
from api.commitments.schemas import CommitmentIn, MilestoneIn

# First the fields of OGP Local's page from top to bottom, then of national pages and the older form, then our own.
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
    """Return all column names in order: first the columns of commitments, then the columns of milestones."""
    ours = [name for field in COMMITMENT for name in _names(CommitmentIn, field)]
    return ["row", *ours, *(f"milestone_{name}" for field in MILESTONE for name in _names(MilestoneIn, field))]


def cells(model: BaseModel, prefix: str = "") -> dict[str, str]:
    """Return the fields of a model as table cells, by column name. Lists of models are left out."""
    result: dict[str, str] = {}
    for name, field in type(model).model_fields.items():
        value, inner = getattr(model, name), _model(field.annotation)
        if inner is not None:
            filled = cells(value, f"{prefix}{name}_") if value is not None else {}
            result |= {column: filled.get(column, "") for column in _below(inner, f"{prefix}{name}_")}
        elif not _is_model_list(field.annotation):
            result[f"{prefix}{name}"] = _cell(value)
    return result


def values(model: type[BaseModel], row: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """Return a model's field values, read from table cells by column name. Empty cells are left out."""
    result: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        column, inner = f"{prefix}{name}", _model(field.annotation)
        if inner is not None:
            value: Any = values(inner, row, f"{column}_")
        elif get_origin(field.annotation) is list:
            value = [each.strip() for each in row.get(column, "").split(";") if each.strip()]
        else:
            value = row.get(column, "")
        if value:
            result[name] = value
    return result


def _names(model: type[BaseModel], field: str) -> Iterator[str]:
    if field not in model.model_fields:
        yield field  # the action plan's column, which is not a field of the model
        return
    annotation = model.model_fields[field].annotation
    inner = _model(annotation)
    if inner is not None:
        yield from _below(inner, f"{field}_")
    elif not _is_model_list(annotation):
        yield field


def _below(model: type[BaseModel], prefix: str) -> list[str]:
    names = sorted(model.model_fields, key=("status", "on", "evidence").index) if "on" in model.model_fields else None
    return [f"{prefix}{name}" for name in names or model.model_fields]


def _model(annotation: Any) -> type[BaseModel] | None:
    """Return the pydantic model in a type annotation such as `Words | None`, if any."""
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((each for each in options if isinstance(each, type) and issubclass(each, BaseModel)), None)


def _is_model_list(annotation: Any) -> bool:
    return get_origin(annotation) is list and _model(get_args(annotation)[0]) is not None


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
