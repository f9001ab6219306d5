"""Requests to a service's JSON API on behalf of whoever is signed in. Refusals become the errors of api/errors.py."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, SecretStr
from pydantic_core import to_jsonable_python

from api.errors import Invalid, SawtError, Unavailable
from api.pagination import Page, PageRequest, PageRows
from sawt.cli import login_file
from sawt.cli.login_file import Login
from sawt.cli.printing import prompt
from sawt.cli.service_answers import STRANGE, NotFresh, check, checked, read_whole

T = TypeVar("T")

_CONNECT, _ANSWER = 10.0, 300.0  # seconds; a launch to a million people takes its time
_AWAY = "the service cannot be reached at {}: is it running?"
_NO_ADDRESS = "there is no service at {}: is the address right?"
_ONCE = "Idempotency-Key"


def get(kind: type[T], path: str, /, **query: Any) -> T:
    """Send a GET request to a path below /v1, and return the answer as `kind`. Parameters that are None are left out.

    If the service refuses, raises SawtError with the service's own sentence. If the service cannot be reached, raises
    Unavailable.
    """
    return read(kind, send("GET", path, query=query))


def post(kind: type[T], path: str, body: BaseModel | Mapping[str, Any] | None = None) -> T:
    """Send a POST request, and return the answer as `kind`. Raises the same errors as `get`.

    If the answer is lost, the request is sent again. The service does nothing twice.
    """
    return read(kind, send("POST", path, body=body))


def post_without_login(url: str, kind: type[T], path: str, body: BaseModel) -> T:
    """Send a POST request of somebody who is not signed in yet to the service at `url`, and return the answer.

    Raises the same errors as `get`.
    """
    headers = {"Content-Type": "application/json"}
    request = {"content": json.dumps(_revealed(body)).encode(), "headers": headers}
    return read(kind, _answered(Login(url, ""), "POST", path, request))


def put(kind: type[T], path: str, body: BaseModel | Mapping[str, Any] | None = None) -> T:
    """Send a PUT request, and return the answer as `kind`. Raises the same errors as `get`."""
    return read(kind, send("PUT", path, body=body))


def path(*parts: object) -> str:
    """Return the path of a route below /v1: `path("staff", name, "grant")`. Each part is quoted.

    Raises Invalid for a part that would lead to another route. A quoted slash would too, because servers unquote it.
    """
    return "/" + "/".join(_quoted(str(part)) for part in parts)


def read(kind: type[T], answer: httpx.Response) -> T:
    """Return the content of an answer as `kind`. Raises Unavailable if the content does not fit `kind`."""
    return checked(kind, answer)


def listed(kind: type[T], path: str, /, **query: Any) -> Callable[[PageRequest], PageRows[T]]:
    """Return a function that reads one page of a list in /v1, for `Pages.show`."""

    def read_page(asked: PageRequest) -> PageRows[T]:
        answer = send("GET", path, query={**query, "limit": asked.limit, "cursor": asked.cursor})
        page = checked(Page[kind], answer)  # type: ignore[valid-type]
        if page.next is not None and page.next == asked.cursor:  # it would be read for ever
            raise Unavailable(STRANGE)
        return PageRows(page.items, page.next)

    return read_page


def send(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: BaseModel | Mapping[str, Any] | None = None,
    content: bytes | None = None,
    content_type: str = "",
) -> httpx.Response:
    """Send a request for a path below /v1, and return the answer. Raises the same errors as `get`.

    `body` is sent as JSON; `content` as it is, such as a picture. If a fresh code of the second factor is needed and
    somebody is at the terminal, they are asked for it and the request is sent again.
    """
    headers = {"Content-Type": content_type} if content_type else {}
    if method == "POST":
        headers[_ONCE] = str(uuid.uuid4())  # the same for both tries
    if isinstance(body, BaseModel):
        content = body.model_dump_json(by_alias=True, exclude_unset=True).encode()
        headers["Content-Type"] = "application/json"
    elif body is not None:
        content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = {"params": _given(query or {}), "content": content, "headers": headers}
    who = login_file.current()
    try:
        return _answered(who, method, path, request)
    except NotFresh:
        if not sys.stdin.isatty():
            raise
        confirm(prompt("A fresh code of your app"))
        return _answered(who, method, path, request)


def confirm(code: str) -> None:
    """Send the service a fresh code of the second factor. Raises the same errors as `get`."""
    _answered(login_file.current(), "POST", "/session/confirm", {"json": {"code": code}})


def end(login: Login) -> None:
    """End an earlier session of this machine, if it has not ended yet."""
    with suppress(SawtError):  # it ends by itself after half an hour
        _answered(login, "DELETE", "/session", {})


@contextmanager
def stream(path: str, /, **query: Any) -> Iterator[Iterator[bytes]]:
    """Read a file of any size from a path below /v1, piece by piece. Raises the same errors as `get`."""
    who = login_file.current()
    given = _given(query)
    with _reached(who), connection(who) as http, http.stream("GET", f"/v1{path}", params=given) as answer:
        check(answer)
        yield answer.iter_bytes()


def connection(who: Login) -> httpx.Client:
    """Return a connection to the service, with the token if there is one.

    Over plain http, which is for this machine, no proxy of the environment is used: it would read passwords.
    """
    headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
    timeout, private = httpx.Timeout(_ANSWER, connect=_CONNECT), who.url.startswith("https:")
    return httpx.Client(base_url=who.url, headers=headers, timeout=timeout, transport=transport(), trust_env=private)


def transport() -> httpx.BaseTransport | None:
    """Return the httpx transport to use; None for the network. Tests replace this function."""
    return None


def _revealed(body: BaseModel) -> dict[str, Any]:
    """Return the fields of a body, with secrets in clear text, because the service needs them."""
    data = body.model_dump(mode="python")
    return {name: each.get_secret_value() if isinstance(each, SecretStr) else each for name, each in data.items()}


def _given(query: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that are not None, as JSON would write them."""
    return {name: to_jsonable_python(value) for name, value in query.items() if value is not None}


def _quoted(part: str) -> str:
    if part in ("", ".", "..") or "/" in part:
        raise Invalid(f"there is nothing with the name {part!r}")
    try:
        return quote(part, safe="")
    except UnicodeEncodeError:
        raise Invalid("a name is not written in UTF-8") from None


def _answered(who: Login, method: str, path: str, request: Mapping[str, Any]) -> httpx.Response:
    """Return the successful answer. A lost one is asked for again, unless that could do something twice."""
    repeatable = method != "POST" or _ONCE in request.get("headers", {})
    with _reached(who), connection(who) as http:
        try:
            answer = _asked(http, method, path, request)
        except httpx.TransportError as error:  # perhaps only the answer was lost
            if not repeatable and not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                raise
            answer = _asked(http, method, path, request)
    check(answer)
    return answer


def _asked(http: httpx.Client, method: str, path: str, request: Mapping[str, Any]) -> httpx.Response:
    with http.stream(method, f"/v1{path}", **request) as answer:
        return read_whole(answer)


@contextmanager
def _reached(who: Login) -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError:
        raise Unavailable(_AWAY.format(who.url)) from None
    except UnicodeDecodeError:
        raise Unavailable(STRANGE) from None
    except (httpx.InvalidURL, UnicodeError):
        raise Invalid(_NO_ADDRESS.format(who.url)) from None
