"""JSON schemas of accounts, rights and API tokens, as /v1 receives and returns them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from api import actors
from api.reasons import Reasoned
from api.region.lookup import InProvince, Province
from api.security.rights import Principal
from api.staff import tokens
from api.staff.links import LASTS
from api.staff.models import ApiToken
from api.staff.service import Language, Member
from api.staff.tokens import Client

_SHOWN_NAME = StringConstraints(strip_whitespace=True, min_length=1, max_length=80)
_Permissions = Annotated[
    list[Annotated[str, StringConstraints(max_length=40)]],
    Field(max_length=20, description="Permissions, or roles, each of which stands for several permissions."),
]
_Where = Annotated[Province | None, Field(description="Name or HCP code of a province; null for the whole Region.")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InviteIn(_Strict):
    """A person to invite."""

    name: actors.Name = Field(description="Name to sign in with. The record of staff acts shows it too.")
    display_name: Annotated[str, _SHOWN_NAME, AfterValidator(actors.readable)] | None = None
    language: Language = Field("fr", description="Language of the console pages: ar or fr.")
    permissions: _Permissions = []
    province: _Where = None


class GrantIn(_Strict):
    """Rights to grant."""

    permissions: _Permissions
    province: _Where = None


class RevokeIn(GrantIn, Reasoned):
    """Rights to revoke."""


class ResetIn(Reasoned):
    """Whether a reset also renews the second factor."""

    factor: bool = Field(False, description="Whether to renew the second factor too, because the person has lost it.")


class TokenIn(_Strict):
    """An API token to create for a client."""

    name: actors.Name = Field(description="Name of the client in the record of staff acts.")
    permissions: _Permissions
    province: _Where = None
    days: int = Field(tokens.USUAL.days, ge=1, le=tokens.LONGEST.days, description="Days until the token expires.")


class SessionIn(_Strict):
    """The name, password and code with which a person signs in."""

    name: str = Field(max_length=1024)
    password: SecretStr = Field(max_length=1024)
    code: str = Field(max_length=1024, description="A code of the authenticator app, or a recovery code.")


class CodeIn(_Strict):
    """A fresh code of the second factor."""

    code: str = Field(max_length=1024, description="A code of the authenticator app, or a recovery code.")


class RightOut(InProvince):
    """A permission, and the province to which it applies."""

    permission: str
    province: str | None = Field(description="HCP code of the province; null for the whole Region.")


class AccountOut(BaseModel):
    """The account of a staff member."""

    number: int
    name: str
    display_name: str
    language: str
    state: Literal["invited", "active", "disabled"]
    rights: list[RightOut]
    made_at: datetime
    made_by: str


class LinkOut(BaseModel):
    """A one-time link. It is shown only once."""

    name: str
    link: str = Field(description="Link with which this person, and no one else, sets a password and a second factor.")
    expires_at: datetime


class SignedIn(BaseModel):
    """A new session."""

    name: str
    token: str = Field(description="Value of the token for `Authorization: Bearer`. It is not shown again.")
    ends_at: datetime = Field(
        description="When the session ends at the latest. It ends earlier after 30 minutes without use."
    )


class SessionOut(BaseModel):
    """The person or client that sends the request, and their rights."""

    name: str = Field(description="Name in the record of staff acts; empty for the shared token.")
    rights: list[RightOut]
    fresh: bool = Field(
        description="Whether a fresh code of the second factor was entered recently enough for acts that need one."
    )


class TokenOut(BaseModel):
    """An API token without its secret value, which only its client knows."""

    number: int
    name: str
    rights: list[RightOut]
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None = Field(description="When the token was last used, rounded down to the hour.")


class NewToken(TokenOut):
    """A new API token with its secret value, which is shown only once."""

    token: str = Field(description="Value of the token for `Authorization: Bearer`. It is not shown again.")


def account_out(member: Member) -> AccountOut:
    """Return an account in the form that /v1 returns."""
    account = member.account
    state: Literal["invited", "active"] = "active" if member.accepted else "invited"
    return AccountOut(
        number=account.id,
        rights=_rights(member),
        state="disabled" if account.disabled_at is not None else state,
        **{name: getattr(account, name) for name in ("name", "display_name", "language", "made_at", "made_by")},
    )


def session_out(principal: Principal) -> SessionOut:
    """Return who sends a request in the form that /v1 shows."""
    return SessionOut(name=principal.name, rights=_rights(principal), fresh=principal.fresh)


def token_out(client: Client) -> TokenOut:
    """Return an API token in the form that /v1 returns, without its secret value."""
    return TokenOut(number=client.token.id, rights=_rights(client), **_token(client.token))


def new_token(client: Client, value: str) -> NewToken:
    """Return a new API token together with its secret value."""
    return NewToken(number=client.token.id, rights=_rights(client), token=value, **_token(client.token))


def link_out(name: str, token: str, *, public_url: str, now: datetime) -> LinkOut:
    """Return a new one-time link in the form that /v1 returns once."""
    return LinkOut(name=name, link=link_of(token, public_url), expires_at=now + LASTS)


def link_of(token: str, public_url: str) -> str:
    """Return the URL of a one-time link."""
    return f"{public_url.rstrip('/')}/console/welcome/{token}"


def _token(token: ApiToken) -> dict[str, datetime | str | None]:
    names = ("name", "made_at", "made_by", "expires_at", "revoked_at", "used_at")
    return {name: getattr(token, name) for name in names}


def _rights(holder: Member | Client | Principal) -> list[RightOut]:
    rights = sorted((name.value, province) for name, provinces in holder.grants.items() for province in provinces)
    return [RightOut(permission=permission, province=province or None) for permission, province in rights]
