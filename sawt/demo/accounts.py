"""The demonstration's accounts: their names, passwords and second factors, which everybody who runs it may know."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from api.clock import now
from api.security.crypto import Keyring
from api.security.rights import WHOLE_REGION
from api.staff import second_factor
from api.staff.schemas import SessionIn

PEOPLE = (  # name, roles, province
    ("author", ("editor", "moderator", "desk_officer"), WHOLE_REGION),
    ("approver", ("approver", "administrator", "auditor"), WHOLE_REGION),
    ("tetouan", ("editor", "moderator", "desk_officer"), "01.571"),
)
_PASSWORD, _SECRET = "demo password", "demo secret"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account whose password and second factor are shown to everybody who runs the demonstration."""

    name: str
    password: str
    secret: str
    province: str


def people(keyring: Keyring) -> Iterator[DemoAccount]:
    """Yield the accounts. Their secrets are derived from the demonstration's keys, so that they need not be stored."""
    for name, _, province in PEOPLE:
        password = base64.b32encode(keyring.blind_index(_PASSWORD, name)).decode().lower()[:16]
        secret = keyring.blind_index(_SECRET, name) + keyring.blind_index(f"{_SECRET} 2", name)[:4]
        grouped = "-".join(password[at : at + 4] for at in range(0, 16, 4))
        yield DemoAccount(name, grouped, base64.b32encode(secret).decode(), province)


def form(name: str, keyring: Keyring) -> SessionIn | None:
    """Return what one of these accounts types to sign in. If there is no such account, return None."""
    for each in people(keyring):
        if each.name == name:
            code = second_factor.code_at(each.secret, now())
            return SessionIn(name=name, password=SecretStr(each.password), code=code)
    return None
