"""Serve requests to a simulated provider: read each request, apply faults, answer, and report the exchange."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import QueryParams, UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from rehearsal.activity import Activity
from rehearsal.exchange import Exchange, Observer, Peer
from rehearsal.faults import Faults, Verdict
from rehearsal.web import LostAnswer, NoAnswer, SafeJSON, as_sent, content_type, path_below

_MISSING = {Verdict.LOSE: LostAnswer, Verdict.HANG: NoAnswer}


@dataclass(frozen=True, slots=True)
class Call:
    """One request as sent. `path` is below the provider's root, and `name` is the operation that it calls."""

    method: str
    path: str
    name: str
    content_type: str
    params: dict[str, Any]
    authorization: str
    route: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, a JSON value, and additional headers."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """The parts that all endpoints of one provider share.

    `refuse` creates the provider's 5xx and 429 answers. `operation` names a call for the observer.
    """

    peer: Peer
    faults: Faults
    activity: Activity
    observe: Observer | None
    refuse: Callable[[Verdict], Answer]
    operation: Callable[[Call], str]


class Endpoint:
    """One endpoint of a provider. `name` returns the operation that a request calls.

    The operations in `waiting` are long polls. They do not count as open work.
    """

    def __init__(
        self,
        provider: Provider,
        name: Callable[[Request], str],
        handle: Callable[[Call], Awaitable[Answer]],
        waiting: frozenset[str] = frozenset(),
    ) -> None:
        self._provider, self._name, self._handle, self._waiting = provider, name, handle, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        name = self._name(request)
        label = f"{self._provider.peer} request {name}"
        with nullcontext() if name in self._waiting else self._provider.activity.working(label):
            call = await _read(request, self._provider.peer, name)
            verdict = self._provider.faults.verdict(name)
            refused = verdict in (Verdict.FAIL, Verdict.THROTTLE)
            answer = self._provider.refuse(verdict) if refused else await self._handle(call)
            if self._provider.faults.slow:
                await asyncio.sleep(self._provider.faults.slow)
            missing = _MISSING.get(verdict, LostAnswer if answer.status == 0 else None)
            self._report(call, answer, lost=missing is not None)
            response = missing() if missing else SafeJSON(answer.content, answer.status, answer.headers)
            await response(scope, receive, send)

    def _report(self, call: Call, answer: Answer, *, lost: bool) -> None:
        provider = self._provider
        if provider.observe is None:
            return
        provider.observe(
            Exchange(
                direction="request",
                peer=provider.peer,
                method=call.method,
                path=call.path,
                operation=provider.operation(call),
                content_type=call.content_type,
                params=call.params,
                status=answer.status,
                answer=answer.content,
                lost=lost,
            )
        )


async def _read(request: Request, peer: Peer, name: str) -> Call:
    kind = content_type(request.headers)
    params, files = as_sent(request.query_params), {}
    if kind == "multipart/form-data":
        async with request.form() as form:
            params |= as_sent(form)
            files = {key: await part.read() for key, part in form.multi_items() if isinstance(part, UploadFile)}
    elif kind == "application/json":
        params |= _object(await request.body())
    else:
        # A byte that is not UTF-8 becomes a lone surrogate; what happens to it depends on the provider.
        text = (await request.body()).decode("latin-1")
        params |= as_sent(QueryParams(parse_qsl(text, keep_blank_values=True, errors="surrogateescape")))
    return Call(
        method=request.method,
        path=path_below(request, f"/{peer}"),
        name=name,
        content_type=kind,
        params=params,
        authorization=request.headers.get("authorization", ""),
        route=dict(request.path_params),
        files=files,
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
