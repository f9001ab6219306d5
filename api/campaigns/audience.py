"""Who is meant: conditions that staff write as data, as conditions of SQL."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, true

from api import places
from api.clock import MOROCCO
from api.consultations.ballots import BEGUN, FINISHED
from api.consultations.models import Consultation, Participation
from api.i18n import LANGUAGES
from api.outbox.models import Delivery
from api.outbox.replies import CAMPAIGN
from api.outbox.states import DELIVERED, SENT
from api.residents.models import Address, Resident

_DEEPEST = 5  # levels of all, any and not
Code = Annotated[str, StringConstraints(max_length=24)]


class Audience(BaseModel):
    """One condition on residents; `all`, `any` and `not` join others. An empty one means everybody.

    Examples: {"province": ["01.571"]}, {"all": [{"language": ["ar"]}, {"not": {"answered": "plan"}}]}.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    all_of: list[Audience] | None = Field(None, alias="all", min_length=1, max_length=20)
    any_of: list[Audience] | None = Field(None, alias="any", min_length=1, max_length=20)
    not_: Audience | None = Field(None, alias="not")
    province: list[Code] | None = Field(None, min_length=1, description="HCP codes; '' for those who did not say")
    language: list[Code] | None = Field(None, min_length=1)
    channel: list[Code] | None = Field(None, min_length=1, description="can be reached on one of these")
    joined_since: date | None = None
    answered: Code | None = Field(None, description="came to the end of this consultation")
    begun: Code | None = Field(None, description="began this consultation and did not come to its end")
    not_contacted_since: date | None = Field(None, description="no campaign message since that day")

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if len(self.model_fields_set) > 1:
            raise ValueError("each condition says one thing; join several by 'all' or 'any'")
        if unknown := set(self.language or ()) - set(LANGUAGES):
            raise ValueError(f"no language {', '.join(sorted(unknown))}; there are {', '.join(LANGUAGES)}")
        if unknown := {code for code in self.province or () if code and places.province(code) is None}:
            raise ValueError(f"no province {', '.join(sorted(unknown))}; use HCP codes like 01.571")
        if _depth(self) > _DEEPEST:
            raise ValueError(f"conditions are nested more than {_DEEPEST} deep")
        return self


def condition(audience: Audience) -> ColumnElement[bool]:
    """The condition on `Resident` in SQL."""
    if audience.all_of is not None:
        return and_(*(condition(each) for each in audience.all_of))
    if audience.any_of is not None:
        return or_(*(condition(each) for each in audience.any_of))
    if audience.not_ is not None:
        return not_(condition(audience.not_))
    return _plain(audience)


def _plain(audience: Audience) -> ColumnElement[bool]:
    if audience.province is not None:
        return func.coalesce(Resident.province, "").in_(audience.province)
    if audience.language is not None:
        return Resident.language.in_(audience.language)
    if audience.channel is not None:
        return _reached(audience.channel)
    if audience.joined_since is not None:
        return Resident.joined_at >= _midnight(audience.joined_since)
    if audience.answered is not None:
        return _took_part(audience.answered, FINISHED)
    if audience.begun is not None:
        return _took_part(audience.begun, BEGUN)
    if audience.not_contacted_since is not None:
        return not_(contacted(_midnight(audience.not_contacted_since)))
    return true()


def contacted(since: datetime) -> ColumnElement[bool]:
    """That a campaign's message reached them since this moment."""
    return exists(
        select(Delivery.id).where(
            Delivery.resident_id == Resident.id,
            Delivery.priority == CAMPAIGN,
            Delivery.state.in_((SENT, DELIVERED)),
            Delivery.settled_at >= since,
        )
    )


def _reached(channels: list[str]) -> ColumnElement[bool]:
    return exists(
        select(Address.id).where(
            Address.resident_id == Resident.id, Address.state == "active", Address.channel.in_(channels)
        )
    )


def _took_part(code: str, state: str) -> ColumnElement[bool]:
    # Nothing is asked of the ballots: that somebody took part is known, what they answered is not.
    return exists(
        select(Participation.resident_id)
        .join(Consultation, Consultation.id == Participation.consultation_id)
        .where(Participation.resident_id == Resident.id, Consultation.code == code, Participation.state == state)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MOROCCO)


def _depth(audience: Audience) -> int:
    inner = [*(audience.all_of or ()), *(audience.any_of or ()), *((audience.not_,) if audience.not_ else ())]
    return 1 + max((_depth(each) for each in inner), default=0)
