"""Helpers for both simulated providers: JSON for any text, lost answers, and parameters as they were sent."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class SafeJSON(Response):
    """A JSON response in ASCII, so that a lone surrogate in a text causes no error."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode the content; `None` becomes an empty body."""
        if content is None:
            return b""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


class LostAnswer(Response):
    """A response that is cut off: it announces more bytes than it sends.

    uvicorn then closes the connection, and the client reports a broken response.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send headers that announce a long body, send one byte, and stop."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class NoAnswer(Response):
    """A response that is never sent. The connection stays open until the client gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait for the client to disconnect."""
        while (await receive())["type"] != "http.disconnect":
            pass


def as_sent(pairs: FormData | QueryParams) -> dict[str, Any]:
    """Convert a form or a query to a dict of strings.

    If a name is repeated, its value is a list. The value of an uploaded file is the file's name.
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
    """Return the media type of a request, in lower case and without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def path_below(request: Request, mount: str) -> str:
    """Return the part of the request's path after `mount`."""
    path: str = request.scope["path"]
    return path[path.index(mount) + len(mount) :]
