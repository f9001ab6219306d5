"""`sawt login`, `logout`, `whoami`, `confirm`: sign in to a service, so that other commands can work with it."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from api.errors import Forbidden
from api.staff.schemas import SessionIn, SessionOut, SignedIn
from sawt.cli import login_file, service
from sawt.cli.cli_format import place, when
from sawt.cli.cli_input import validated
from sawt.cli.login_file import Login
from sawt.cli.printing import Printer, Table, prompt
from sawt.context import keyring
from sawt.demo import accounts, environment

_out, _err = Printer(), Printer(stderr=True)

Name = Annotated[str | None, typer.Argument(help="the name to sign in with; asked for if left out")]
Url = Annotated[
    str | None, typer.Option(help="the service's address, such as https://sawt.example; by default the last one")
]


def login(name: Name = None, url: Url = None) -> None:
    """Sign in to a service: name, password and a code of your app."""
    where = login_file.checked(url) if url else login_file.last_url()
    data = _form(name)
    signed = service.post_without_login(where, SignedIn, "/session", data)
    before = login_file.earlier()
    login_file.save(Login(where, login_file.checked_token(signed.token), signed.name))
    if before is not None and before.url == where:
        service.end(before)
    _err.print(f"Signed in to {where} as {signed.name}, until {when(signed.ends_at)} at the latest.")


def logout() -> None:
    """Sign out, and forget the service on this machine."""
    try:
        service.send("DELETE", "/session")
    except Forbidden:
        pass  # the session had ended
    finally:
        if login_file.is_kept():
            login_file.forget()
    _err.print("Signed out.")


def whoami() -> None:
    """Show who is signed in, where, and with which rights."""
    found = service.get(SessionOut, "/session")
    table = Table("field", "value")
    table.add_row("name", found.name)
    table.add_row("service", login_file.current().url)
    table.add_row("fresh code", "yes" if found.fresh else "no: sawt confirm")
    for right in found.rights:
        table.add_row(right.permission, place(right.province) if right.province else "the whole Region")
    _out.print(table)


def confirm() -> None:
    """Enter a fresh code of your app, for commands that need one."""
    service.confirm(prompt("Code of your app"))
    _err.print("Confirmed, for ten minutes.")


def _form(name: str | None) -> SessionIn:
    """Return what somebody types to sign in; in the demonstration, what its accounts would type."""
    if environment.IN_USE in os.environ and (form := accounts.form(name or "author", keyring())) is not None:
        return form
    name = name or prompt("Name")
    password, code = prompt("Password", hidden=True), prompt("Code of your app")
    return validated(lambda: SessionIn(name=name, password=password, code=code))
