"""Who is signed in on this machine: the service's address and a token, from the environment or from a private file.

`SAWT_URL` and `SAWT_TOKEN` are for scripts and come first. `sawt login` writes the file; `sawt logout` removes it.
"""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import typer

from api.errors import Forbidden, Invalid

URL, TOKEN, FILE = "SAWT_URL", "SAWT_TOKEN", "SAWT_LOGIN"
_NOBODY = "sign in first: sawt login"


@dataclass(frozen=True, slots=True)
class Login:
    """Where a service is, and the token that it gave to somebody who signed in."""

    url: str
    token: str = field(repr=False)
    name: str = ""  # as the person signed in; "" for a token from the environment


def file() -> Path:
    """Return the path of the private file; the demonstration has one of its own (`SAWT_LOGIN`)."""
    return Path(os.environ.get(FILE) or Path(typer.get_app_dir("sawt")) / "login.json")


def current() -> Login:
    """Return who is signed in. Raises Forbidden if nobody is, and Invalid for an address or a file of no use."""
    if token := os.environ.get(TOKEN, "").strip():
        url = os.environ.get(URL, "").strip()
        if not url:
            raise Invalid(f"{TOKEN} is set, but {URL} is not: where is the service?")
        return Login(checked(url), token)
    path = file()
    if not path.is_file():
        raise Forbidden(_NOBODY)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Login(checked(str(kept["url"])), str(kept["token"]), str(kept["name"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid(f"cannot read {path}: {_NOBODY}") from None


def last_url() -> str:
    """Return the address of the service used last, or of `SAWT_URL`. Raises Invalid if there is neither."""
    if url := os.environ.get(URL, "").strip():
        return checked(url)
    try:
        return current().url
    except Forbidden:
        raise Invalid("which service? sawt login --url https://sawt.example") from None


def save(login: Login) -> None:
    """Write the private file, which only its owner may read."""
    path = file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps(asdict(login)), encoding="utf-8")
    new.replace(path)


def forget() -> None:
    """Remove the private file."""
    file().unlink(missing_ok=True)


def checked(url: str) -> str:
    """Return a service's address without a slash at its end.

    Raises Invalid if it is not an address, or if a password would cross the network unencrypted (ASVS 12.2.1).
    """
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("https", "http") or parts.username is not None:
        raise Invalid("the address of a service looks like https://sawt.example")
    if parts.scheme == "http" and not _is_here(host):
        raise Invalid("use https: with http, others on the network could read your password")
    return f"{parts.scheme}://{parts.netloc}"


def _is_here(host: str) -> bool:
    """Whether a host name stands for this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
