"""Settings of how staff sign in, part of `api.settings.Settings`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class SignInSettings(BaseSettings):
    """How staff sign in: passwords, and what may stand beside them."""

    password_memory: int = Field(65_536, ge=8, description="KiB of memory that comparing a password of staff takes")
    passkeys: bool = Field(False, description="staff may sign in with passkeys; needs SAWT_PUBLIC_URL with HTTPS")
