"""Dependencies of the staff pages: the signed-in user, the network of the request, and the password hasher."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.console import forms
from api.security.networks import network_of
from api.security.rights import Principal
from api.staff.passwords import Passwords
from api.web.context import context_of


async def _passwords(request: Request) -> Passwords:
    passwords: Passwords = request.app.state.passwords
    return passwords


async def _signed(request: Request) -> Principal | None:
    """Return who is signed in. If nobody is, return None."""
    cookie = forms.cookie(request)
    found = await context_of(request).authentication.session(cookie) if cookie else ""
    principal = None if isinstance(found, str) else found
    request.state.principal = principal  # for the menu of the page
    return principal


PasswordsDep = Annotated[Passwords, Depends(_passwords)]
Signed = Annotated[Principal | None, Depends(_signed)]  # None: nobody is signed in


def address_of(request: Request) -> str:
    """Return the network that a request comes from, as `network_of` defines it.

    A proxy on this machine is trusted to name the client.
    """
    return network_of(request.client.host if request.client is not None else "")
