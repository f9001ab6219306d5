"""Plans and commitments as staff enter them, with OGP's fields in OGP's order."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from api.commitments.fields import LAST, Code, Item, LabelShort, Link, Month, Number, Statuses, StepWords, Texts
from api.consultations.fields import LabelWords, Words
from api.region.lookup import Province, Theme
from api.strict_model import StrictModel

Value = Literal[
    "Access to information",
    "Civic Participation",
    "Public Accountability",
    "Technology and Innovation for Transparency and Accountability",
]


class MilestoneSheet(StrictModel):
    """The fields of a milestone in OGP's form, except title, due date and status."""

    description: Texts | None = None
    lead: Item | None = None
    supporting: list[Item] = Field([])


class MilestoneIn(Statuses, MilestoneSheet):
    """A milestone, as staff enter it."""

    number: Number
    title: StepWords
    due_on: date | None = Field(None, description="Day on which the milestone is due.")


class CommitmentSheet(StrictModel):
    """The fields of a commitment's page on OGP's site: first OGP's fields for local plans, then for national plans."""

    commitment_id: Item | None = Field(None, description="OGP's id for the commitment, such as MATTH0001.")
    inception_report: Link | None = None
    starts_on: Month | None = None
    ends_on: Month | None = None
    institutions: list[Item] = Field([])
    policy_areas: list[Item] = Field([])
    sectors: list[Item] = Field([])
    ogp_values: list[Value] = Field([])
    problem: Texts | None = None
    status_quo: Texts | None = None
    action: Texts | None = None
    contribution: Texts | None = Field(None, description="How the commitment helps to solve the problem.")
    long_term_goal: Texts | None = None
    verifiable: bool | None = None
    relevant: bool | None = Field(None, description="Whether the commitment is relevant to OGP's values.")
    novelty: Literal["new", "continuing"] | None = None
    change: Literal["not binding", "binding and institutional"] | None = None
    lead_institution: Item | None = None
    support_institutions: list[Item] = Field([])
    irm_report: Link | None = None
    early_results: Literal["worsened", "did not change", "marginal", "major", "outstanding"] | None = None
    ambition: Literal["unclear", "modest", "substantial"] | None = None
    challenge: Texts | None = None
    proposed_solution: Texts | None = None
    expected_results: Texts | None = None
    impact_indicators: Texts | None = None
    relevance: Texts | None = Field(None, description="Why the commitment is relevant to OGP's values.")
    additional_information: Texts | None = Field(
        None, description="Budget, links with other programmes and with development goals."
    )
    results: Texts | None = None


class CommitmentIn(Statuses, CommitmentSheet):
    """A commitment with its milestones, as staff enter it."""

    number: Number
    title: Words
    label: LabelShort | None = Field(None, description="Short name of the commitment, as residents read it.")
    theme: Theme | None = Field(
        None, description="Code or name of a theme that residents can follow; `sawt themes` lists them."
    )
    provinces: list[Province] = Field(
        [], description="Names or HCP codes of the provinces concerned; empty for the whole Region."
    )
    confirmed: list[Literal["ar", "fr", "zgh"]] = Field(
        [], description="Languages in which the Council approved the title."
    )
    milestones: list[MilestoneIn] = Field([], max_length=99)

    @model_validator(mode="after")
    def _counted(self) -> Self:
        numbers = [each.number for each in self.milestones]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two milestones have the same number")
        return self


class Axis(StrictModel):
    """A part of a plan; `commitments` is how many commitments the part has, if known."""

    title: LabelWords
    commitments: int | None = Field(None, ge=0, le=LAST)


class PlanSheet(StrictModel):
    """The fields of a plan's page on OGP's site, except its title and dates."""

    lead_institution: Item | None = None
    submitted_on: date | None = None
    forewords: Texts | None = None
    vision: Texts | None = Field(None, description="Challenges, opportunities and strategic vision.")
    cooperation: Texts | None = Field(
        None, description="How institutions and civil society worked together on the plan."
    )


class PlanIn(PlanSheet):
    """An action plan of the Region, or a national action plan."""

    code: Code
    title: LabelWords
    starts_on: date
    ends_on: date
    scope: Literal["regional", "national"] = "regional"
    announced: int | None = Field(
        None, ge=0, le=LAST, description="Number of commitments in the whole plan, including those not stored here."
    )
    axes: list[Axis] = Field([])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("the plan ends before it starts")
        return self
