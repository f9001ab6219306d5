"""The types of commitment fields: texts, short names, and the statuses that sources report.

OGP is the Open Government Partnership, which publishes plans and commitments on its site.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from api.consultations.fields import Label, LabelWords, speakable
from api.strict_model import StrictModel

SHORT, STEP = 20, 28  # characters of a commitment's label and a milestone's title, so that STATUS 3 fits two SMS
LAST = 9999  # the highest number of a commitment or milestone

_Clean = AfterValidator(speakable)
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), _Clean]
Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=600), _Clean]
Item = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160, pattern="^[^;\r\n]+$"), _Clean
]
Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
Number = Annotated[int, Field(ge=1, le=LAST)]


class Texts(StrictModel):
    """A long text in one or more languages. It is published on OGP's site and not sent to residents."""

    ar: Long | None = None
    fr: Long | None = None
    zgh: Long | None = None


class LabelShort(LabelWords):
    """A commitment's short name."""

    ar: Annotated[Label, Field(max_length=SHORT)]
    fr: Annotated[Label, Field(max_length=SHORT)]
    zgh: Annotated[Label, Field(max_length=SHORT)]


class StepWords(LabelWords):
    """A milestone's title."""

    ar: Annotated[Label, Field(max_length=STEP)]
    fr: Annotated[Label, Field(max_length=STEP)]
    zgh: Annotated[Label, Field(max_length=STEP)]


class _Status(StrictModel):
    on: date
    evidence: Link = ""


class Operational(_Status):
    """The status reported by the people who do the work. It is never "late": lateness follows from the due date."""

    status: Literal["planned", "on_track", "blocked", "done"]


class SelfAssessed(_Status):
    """The completion level from OGP's self-assessment form."""

    status: Literal["not_started", "limited", "substantial", "completed"]


class Monitored(_Status):
    """The completion level found by the local monitoring body, on the five-step scale of OGP's reviewers (IRM)."""

    status: Literal["no_evidence", "not_started", "limited", "substantial", "complete"]


class Statuses(StrictModel):
    """The statuses from all three sources, in a field for each source."""

    operational: Operational | None = None
    self_assessed: SelfAssessed | None = None
    monitoring: Monitored | None = None
