"""A request under an `Idempotency-Key` is answered once: sent again, it gets the same answer, and nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from api import idempotency
from api.errors import Invalid
from api.idempotency import Claim, Repeated
from api.web.context import context_of

ACTOR = "X-Actor"
REPLAYED = "Idempotency-Replayed"
Answer = Callable[[Request], Coroutine[Any, Any, Response]]


async def answered(request: Request, key: str, answer: Answer, *, by: tuple[str, str]) -> Response:
    """Answer a request, or say again what was answered before under its key. Raises Conflict, Invalid.

    `by` is the token that was carried and the name of who acts, as they are read, however they were spelled.
    """
    bare = key.strip().strip('"')  # the draft puts it into quotation marks
    if not bare:
        raise Invalid("the key is empty", field=f"header.{idempotency.HEADER}")
    context, claim = context_of(request), await _claim(request, bare, *by)
    with idempotency.alone(context.answering, claim.key):
        try:
            async with context.db.transaction() as session:
                await claim.look(session)
            request.state.claim = claim
            response = await answer(request)
        except Repeated as before:
            kind = "application/json" if before.known.body else None
            return Response(before.known.body, before.known.status, {REPLAYED: "true"}, media_type=kind)
        if 200 <= response.status_code < 300:
            await _keep(request, claim, response)
        return response


async def _keep(request: Request, claim: Claim, response: Response) -> None:
    body = bytes(response.body)
    if claim.session is not None:  # it is committed after this, and the answer sent after that
        await claim.keep(claim.session, response.status_code, body)
        return
    # Of an act that has several transactions. A crash before this one leaves the act without its answer: such an act
    # refuses by itself to be done twice (closing answers 409 then), and whoever asks again reads how it stands.
    async with context_of(request).db.transaction() as session:
        await claim.keep(session, response.status_code, body)


async def _claim(request: Request, key: str, token: str, who: str) -> Claim:
    """What is asked under the key: by whom, of which address, with which body."""
    context = context_of(request)
    asked = "\0".join([request.method, str(request.url.path), request.url.query, who, ""]).encode("utf-8", "replace")
    return Claim(
        key=context.keyring.blind_index("repeat key", f"{token}\0{key}"),
        asked=context.keyring.keyed(asked + await request.body()),
        keyring=context.keyring,
        now=context.clock(),
    )
