"""Small things both providers' servers need: JSON that survives any text, answers that get lost, parameters as sent."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class SafeJSON(Response):
    """A JSON answer in ASCII, so that a lone surrogate in somebody's text cannot break it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode the content; nothing at all for `None`."""
        if content is None:
            return b""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


class LostAnswer(Response):
    """An answer that never arrives whole: it promises more bytes than it sends, so that the server drops the
    connection.

    A server that speaks HTTP/1.1 (uvicorn does) must close there, and every client reports a broken connection.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send a head that promises a body, and stop."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class NoAnswer(Response):
    """An answer that never comes: the connection stays as it is until the client gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait for the client to go."""
        while (await receive())["type"] != "http.disconnect":
            pass


def as_sent(pairs: FormData | QueryParams) -> dict[str, Any]:
    """Turn a form or a query into a dict: a string for a name that came once, else a list; an uploaded file becomes its
    name.
    """
    result: dict[str, Any] = {}
    for name, value in pairs.multi_items():
        plain = f"<file {value.filename}>" if isinstance(value, UploadFile) else value
        if name not in result:
            result[name] = plain
        elif isinstance(result[name], list):
            result[name].append(plain)
        else:
            result[name] = [result[name], plain]
    return result


def content_type(headers: Mapping[str, str]) -> str:
    """The bare media type of a request, in lower case, without its parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def path_below(request: Request, mount: str) -> str:
    """The request's path from `mount` on, whatever prefix the rehearsal itself is mounted under."""
    path: str = request.scope["path"]
    return path[path.index(mount) + len(mount) :]
