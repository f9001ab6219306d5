"""Accounts, rights and tokens as staff write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api import actors
from api.region.lookup import InProvince, Province
from api.staff import service, tokens
from api.staff.links import LASTS
from api.staff.models import ApiToken
from api.staff.service import Language, Member
from api.staff.tokens import Client

_SHOWN_NAME = StringConstraints(strip_whitespace=True, min_length=1, max_length=80)
_Permissions = Annotated[
    list[Annotated[str, StringConstraints(max_length=40)]],
    Field(max_length=20, description="permissions, or roles that stand for several of them"),
]
_Where = Annotated[Province | None, Field(description="a name, or an HCP code like 01.571; null: the whole Region")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InviteIn(_Strict):
    """Somebody to invite."""

    name: actors.Name = Field(description="as they sign in, and as records write it")
    display_name: Annotated[str, _SHOWN_NAME, AfterValidator(actors.readable)] | None = None
    language: Language = Field("fr", description="of their pages: ar or fr")
    permissions: _Permissions = []
    province: _Where = None


class GrantIn(_Strict):
    """Rights to give, or to take away."""

    permissions: _Permissions
    province: _Where = None


class ResetIn(_Strict):
    """How much to set up again."""

    factor: bool = Field(False, description="the second factor too, whose owner has lost it")


class TokenIn(_Strict):
    """A client of this API to let in."""

    name: actors.Name = Field(description="as records write it")
    permissions: _Permissions
    province: _Where = None
    days: int = Field(tokens.USUAL.days, ge=1, le=tokens.LONGEST.days, description="how long it lasts")


class RightOut(InProvince):
    """A permission, and where it holds."""

    permission: str
    province: str | None = Field(description="null: the whole Region")


class AccountOut(BaseModel):
    """An account."""

    number: int
    name: str
    display_name: str
    language: str
    state: Literal["invited", "active", "disabled"]
    rights: list[RightOut]
    made_at: datetime
    made_by: str


class LinkOut(BaseModel):
    """A one-time link, which is not shown again."""

    name: str
    link: str = Field(description="for its reader alone: by it they set a password and their second factor")
    expires_at: datetime


class TokenOut(BaseModel):
    """A token; its value is known to whoever was given it, and to nobody here."""

    number: int
    name: str
    rights: list[RightOut]
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None = Field(description="the hour in which it was used last")


class NewToken(TokenOut):
    """A token that was just made."""

    token: str = Field(description="for `Authorization: Bearer`; it is not shown again")


def account_out(found: Member) -> AccountOut:
    """An account as it is shown."""
    account = found.account
    state: Literal["invited", "active"] = "active" if found.accepted else "invited"
    return AccountOut(
        number=account.id,
        rights=_rights(found),
        state="disabled" if account.disabled_at is not None else state,
        **{name: getattr(account, name) for name in ("name", "display_name", "language", "made_at", "made_by")},
    )


def token_out(found: Client) -> TokenOut:
    """A token as it is shown."""
    return TokenOut(number=found.token.id, rights=_rights(found), **_token(found.token))


def new_token(found: Client, value: str) -> NewToken:
    """A token that was just made."""
    return NewToken(number=found.token.id, rights=_rights(found), token=value, **_token(found.token))


def link_out(name: str, token: str, *, public_url: str, now: datetime) -> LinkOut:
    """A link as it is shown once."""
    return LinkOut(name=name, link=link_of(token, public_url), expires_at=now + LASTS)


def link_of(token: str, public_url: str) -> str:
    """The address of a link."""
    return f"{public_url.rstrip('/')}/console/welcome/{token}"


def _token(found: ApiToken) -> dict[str, datetime | str | None]:
    names = ("name", "made_at", "made_by", "expires_at", "revoked_at", "used_at")
    return {name: getattr(found, name) for name in names}


def _rights(found: Member | Client) -> list[RightOut]:
    held = service.shown(found.grants)
    return [RightOut(permission=permission, province=province or None) for permission, province in held]
