"""What pages for staff ask their application for: who is signed in, from where, and what compares passwords."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.console import forms
from api.security.networks import network_of
from api.security.rights import Principal
from api.staff.passwords import Passwords
from api.web.context import context_of


async def _passwords(request: Request) -> Passwords:
    found: Passwords = request.app.state.passwords
    return found


async def _signed(request: Request) -> Principal | None:
    cookie = forms.cookie(request)
    found = await context_of(request).authentication.session(cookie) if cookie else ""
    return None if isinstance(found, str) else found


PasswordsDep = Annotated[Passwords, Depends(_passwords)]
Signed = Annotated[Principal | None, Depends(_signed)]  # None: nobody is


def address_of(request: Request) -> str:
    """The network that a request comes from; behind a proxy on this machine, as it says."""
    return network_of(request.client.host if request.client is not None else "")
