"""Updates on commitments, and ground checks, as staff enter them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.commitments.fields import Number
from api.consultations.fields import Moment, Text, Words
from api.region.lookup import Commune
from api.strict_model import StrictModel


class UpdateWords(Words):
    """The text of an update. It is short, so that several updates fit in one message."""

    ar: Annotated[Text, Field(max_length=240)]
    fr: Annotated[Text, Field(max_length=240)]
    zgh: Annotated[Text, Field(max_length=240)]


class UpdateIn(StrictModel):
    """An update on a commitment, or on one of its milestones."""

    text: UpdateWords
    milestone: Number | None = None


class GroundIn(StrictModel):
    """A ground check to open: a yes/no question about a milestone, for followers of the commitment in one commune."""

    commune: Commune = Field(description="Commune: its name, or its HCP code such as 01.571.01.07.")
    question: Words
    closes_at: Moment
