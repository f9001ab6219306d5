"""The floor of a signed webhook on the same server: verify it, commit one row, return a constant response."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, Response
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from api.clock import now
from api.db import Database
from api.inbound.models import Inbound

# A constant response with all question numbers that the crowd waits for.
_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Message>2/5 3/5 4/5 5/5 ok</Message></Response>'


def application() -> FastAPI:
    """The floor's application, configured by the environment of the measured service."""
    db = Database(os.environ["SAWT_DATABASE_URL"])
    validator = RequestValidator(os.environ["SAWT_TWILIO_AUTH_TOKEN"])
    url = os.environ["SAWT_PUBLIC_URL"] + "/floor"

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await db.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/floor")
    async def floor(request: Request) -> Response:
        form = ImmutableMultiDict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if not validator.validate(url, form, request.headers["X-Twilio-Signature"]):
            return Response(status_code=403)
        async with db.transaction() as session:
            session.add(Inbound(provider="floor", external_id=secrets.token_hex(16), received_at=now()))
        return Response(_TWIML, media_type="application/xml")

    return app
