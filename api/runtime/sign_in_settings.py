"""Settings of how staff sign in, part of `api.settings.Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class SignInSettings(BaseSettings):
    """How staff sign in: passwords, and what may stand beside them."""

    password_memory: int = Field(65_536, ge=8, description="KiB of memory used to check a staff password")
    passkeys: bool = Field(
        False, description="whether staff can sign in with passkeys; needs SAWT_PUBLIC_URL with HTTPS"
    )
    oidc_issuer: str = Field(
        "", max_length=255, description="OpenID provider at which staff can sign in: its issuer URL, https://…"
    )
    oidc_client_id: str = Field("", description="this service's name at the OpenID provider")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="this service's secret at the OpenID provider")
    oidc_name: str = Field("", max_length=40, description="name of the provider, as shown on the pages for staff")
    oidc_second_factor: Literal["app", "provider"] = Field(
        "app",
        description="provider: its second factor replaces the code of the app if its token says that it was used",
    )
