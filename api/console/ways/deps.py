"""What the pages of further ways to sign in share: their dependencies, and the cookie with the challenge."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Path, Request, Response

from api.console import forms, pages
from api.console.deps import address_of
from api.errors import NotFound
from api.staff.ways import challenges
from api.staff.ways.challenges import Challenge
from api.staff.ways.offered import Answer, IdentityProvider, PasskeyParty, Return
from api.web.context import context_of

Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
LargeField = Annotated[str, Form(max_length=16_384)]  # what an authenticator answers, as JSON


async def _party(request: Request) -> PasskeyParty:
    party = pages.ways_of(request).passkeys
    if party is None:
        raise NotFound("passkeys are switched off: set SAWT_PASSKEYS")
    return party


async def _provider(request: Request) -> IdentityProvider:
    provider = pages.ways_of(request).provider
    if provider is None:
        raise NotFound("there is no identity provider: set SAWT_OIDC_ISSUER")
    return provider


Party = Annotated[PasskeyParty, Depends(_party)]
Provider = Annotated[IdentityProvider, Depends(_provider)]


def options(request: Request, challenge: Challenge, text: str, *, now: datetime) -> Response:
    """Return options for the browser, and store the challenge in a cookie."""
    answer = Response(text, media_type="application/json", headers=pages.headers(request))
    return keep(request, answer, challenge, now=now)


def keep(request: Request, answer: Response, challenge: Challenge, *, now: datetime) -> Response:
    """Store a challenge in a cookie until it is answered."""
    sealed = challenges.seal(challenge, keyring=context_of(request).keyring, now=now)
    forms.set_cookie(request, answer, sealed, forms.CHALLENGE)
    return answer


def forget(request: Request, answer: Response) -> Response:
    """Delete the cookie of a challenge that was answered."""
    forms.set_cookie(request, answer, "", forms.CHALLENGE)
    return answer


def refused(request: Request) -> Response:
    """Refuse to give options. The browser then sends the form without an answer, and the next page says why."""
    return Response(status_code=403, headers=pages.headers(request))


def answer_of(request: Request, text: str) -> Answer:
    """Return an authenticator's answer with the challenge from the browser's cookie."""
    return Answer(text, forms.cookie(request, forms.CHALLENGE), address_of(request))


def return_of(request: Request, code: str, state: str, issuer: str) -> Return:
    """Return what a browser brought back from the provider, with the challenge from the browser's cookie."""
    return Return(code, state, issuer, forms.cookie(request, forms.CHALLENGE), address_of(request))
