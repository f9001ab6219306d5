"""Who is signed in on this machine: the service's address and a token, from the environment or from a private file.

`SAWT_URL` and `SAWT_TOKEN` are for scripts and come first. `sawt login` writes the file; `sawt logout` removes it.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
import stat
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import typer

from api.errors import Forbidden, Invalid

URL, TOKEN, FILE = "SAWT_URL", "SAWT_TOKEN", "SAWT_LOGIN"
_NOBODY = "sign in first: sawt login"
_HOST = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?|[0-9a-f:.]+")  # letters of any script (IDNA), or an IPv6 address
_TOKEN = re.compile(r"[!-~]+")  # what a header can carry


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
    url = os.environ.get(URL, "").strip()
    if token := os.environ.get(TOKEN, "").strip():
        if not url:
            raise Invalid(f"{TOKEN} is set, but {URL} is not: where is the service?")
        return Login(checked(url), checked_token(token))
    kept = _kept(file())
    if url and checked(url) != kept.url:  # a command for one service must not reach another
        raise Invalid(f"{URL} is {checked(url)}, but you are signed in to {kept.url}: sawt login")
    return kept


def is_kept() -> bool:
    """Return whether the private file says who is signed in, not the environment."""
    return not os.environ.get(TOKEN, "").strip()


def earlier() -> Login | None:
    """Return the login in the private file; None if there is none of use."""
    try:
        return _kept(file())
    except (Forbidden, Invalid):
        return None


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
    try:  # never into a file or through a link that somebody else put there
        opened = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise Invalid(f"cannot write {new}: {error.strerror}") from None
    with open(opened, "w", encoding="utf-8") as out:
        json.dump(asdict(login), out)
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
    is_bare = host and parts.username is None and parts.path in ("", "/") and not parts.query and not parts.fragment
    if not is_bare or parts.scheme not in ("https", "http") or not _HOST.fullmatch(host) or _has_spaces(url):
        raise Invalid("the address of a service looks like https://sawt.example")
    if parts.scheme == "http" and not _is_here(host):
        raise Invalid("use https: with http, others on the network could read your password")
    return f"{parts.scheme}://{parts.netloc}"


def checked_token(token: str) -> str:
    """Return a token. Raises Invalid if no header can carry it."""
    if not _TOKEN.fullmatch(token):
        raise Invalid("a token has no spaces, line ends or letters with accents")
    return token


def _kept(path: Path) -> Login:
    """Return the login in the private file. Raises Forbidden if there is none, and Invalid if it cannot be trusted."""
    try:
        with path.open(encoding="utf-8") as opened:
            status = os.fstat(opened.fileno())
            if status.st_uid != os.geteuid() or stat.S_IMODE(status.st_mode) & 0o077:
                raise Invalid(f"cannot read {path}: others may read or write it; remove it, and {_NOBODY}")
            kept = json.load(opened)
        return Login(checked(str(kept["url"])), checked_token(str(kept["token"])), str(kept["name"]))
    except FileNotFoundError:
        raise Forbidden(_NOBODY) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Invalid(f"cannot read {path}: {_NOBODY}") from None


def _has_spaces(url: str) -> bool:
    """Whether there is anything in an address that `urlsplit` would leave out."""
    return any(each.isspace() or not each.isprintable() for each in url.strip())


def _is_here(host: str) -> bool:
    """Whether a host name stands for this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
