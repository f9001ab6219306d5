"""Handle a request with an `Idempotency-Key` once; a repeated request gets the stored response."""

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


async def answer_once(
    request: Request, key: str, answer: Answer, *, by: tuple[str, str], shown_once: bool = False
) -> Response:
    """Handle a request with `answer`, or return the response stored under its key. Raises Conflict or Invalid.

    `by` is the bearer token and the decoded name of the actor. The response to a `shown_once` request is not stored.
    """
    bare = key.strip().strip('"')  # the IETF draft puts the key in quotes
    if not bare:
        raise Invalid("the key is empty", field=f"header.{idempotency.HEADER}")
    context, claim = context_of(request), await _claim(request, bare, *by, shown_once=shown_once)
    with idempotency.exclusive(context.answering, claim.key):
        try:
            async with context.db.transaction() as session:
                await claim.check(session)
            request.state.claim = claim
            response = await answer(request)
        except Repeated as repeated:
            stored = repeated.answer
            kind = "application/json" if stored.body else None
            return Response(stored.body, stored.status, {REPLAYED: "true"}, media_type=kind)
        if 200 <= response.status_code < 300:
            await _store(request, claim, response)
        return response


async def _store(request: Request, claim: Claim, response: Response) -> None:
    body = bytes(response.body)
    if claim.session is not None:  # the request's commit follows, and the response is sent after that
        await claim.store(claim.session, response.status_code, body)
        return
    # The endpoint used several transactions. After a crash here the work is done, but its answer is not stored.
    # Such endpoints refuse to run twice (closing answers 409), and the client can read the current state.
    async with context_of(request).db.transaction() as session:
        await claim.store(session, response.status_code, body)


async def _claim(request: Request, key: str, token: str, actor: str, *, shown_once: bool) -> Claim:
    """Return what identifies a request: its key, and a hash of its actor, address and body."""
    context = context_of(request)
    head = "\0".join([request.method, str(request.url.path), request.url.query, actor, ""]).encode("utf-8", "replace")
    return Claim(
        key=context.keyring.blind_index("repeat key", f"{token}\0{key}"),
        request=context.keyring.keyed(head + await request.body()),
        keyring=context.keyring,
        now=context.clock(),
        shown_once=shown_once,
    )
