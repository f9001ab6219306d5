"""What pages with passkeys share: who speaks WebAuthn, and challenges in a cookie."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Request, Response

from api.console import forms, pages
from api.console.deps import address_of
from api.errors import NotFound
from api.staff.ways import challenges
from api.staff.ways.challenges import Challenge
from api.staff.ways.offered import PasskeyParty
from api.staff.ways.passkeys import Answer
from api.web.context import context_of

LargeField = Annotated[str, Form(max_length=16_384)]  # what an authenticator answers, as JSON


async def _party(request: Request) -> PasskeyParty:
    party = pages.ways_of(request).passkeys
    if party is None:
        raise NotFound("passkeys are switched off: SAWT_PASSKEYS")
    return party


Party = Annotated[PasskeyParty, Depends(_party)]


def options(request: Request, challenge: Challenge, text: str, *, now: datetime) -> Response:
    """Return options for the browser, and keep their challenge in its cookie."""
    answer = Response(text, media_type="application/json", headers=pages.headers(request))
    sealed = challenges.seal(challenge, keyring=context_of(request).keyring, now=now)
    forms.set_cookie(request, answer, sealed, forms.CHALLENGE)
    return answer


def refused(request: Request) -> Response:
    """Return an empty refusal of options: the browser sends the form without an answer, and its page says why."""
    return Response(status_code=403, headers=pages.headers(request))


def answer_of(request: Request, text: str) -> Answer:
    """Return an authenticator's answer with the challenge from the browser's cookie."""
    return Answer(text, forms.cookie(request, forms.CHALLENGE), address_of(request))
