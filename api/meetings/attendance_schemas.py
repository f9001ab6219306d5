"""Who registered for a meeting and who came, as staff write and read it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from api.strict_model import StrictModel

Number = Annotated[int, Field(ge=1, lt=2**63)]


class AttendanceIn(StrictModel):
    """Who came to a meeting. Residents are identified by their numbers, as in the list of registrations."""

    people: int | None = Field(None, ge=0, le=100_000, description="Number of people who attended, registered or not.")
    came: list[Number] = Field([], max_length=1000)
    absent: list[Number] = Field([], max_length=1000)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.people is None and not self.came and not self.absent:
            raise ValueError("nothing to record: give 'people', 'came' or 'absent'")
        if both := sorted(set(self.came) & set(self.absent)):
            raise ValueError(f"resident {', '.join(map(str, both))} is listed under both 'came' and 'absent'")
        return self


class Seated(BaseModel):
    """A registered resident, as in the list for recording attendance."""

    resident: int
    phone: str = Field(description="Phone number, masked; '' if the resident has none.")
    state: str = Field(description="`seat`, or `waiting` for residents on the waiting list.")
    since: datetime
    came: bool | None = Field(description="Whether the resident attended; null if not recorded.")
