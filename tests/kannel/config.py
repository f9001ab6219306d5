"""The configuration from docs/kannel.md, with the few changes that tests need."""

from __future__ import annotations

import re
import socket
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

from api.settings import root
from tests.sms.kannels import SECRET

SERVICE = "5757"
PASSWORD = "a-password"
UNROUTABLE = "+2126000999"  # a prefix that no message centre accepts
_NAMES = {"admin": 13000, "smsbox": 13001, "sendsms": 13013, "sawt": 8000}

# Listens on all addresses, so only `connect-allow-ip` protects it.
_FAKE = """
group = smsc
smsc = fake
smsc-id = fake
port = {port}
connect-allow-ip = 127.0.0.1
unified-prefix = {prefix}
throughput = 100
denied-prefix = "{unroutable}"
"""


def free_ports() -> dict[str, int]:
    """Free loopback ports, by name."""
    names = ("admin", "smsbox", "smsc", "sendsms")
    with ExitStack() as stack:
        sockets = {name: stack.enter_context(socket.socket()) for name in names}
        for each in sockets.values():
            each.bind(("127.0.0.1", 0))
        return {name: each.getsockname()[1] for name, each in sockets.items()}


def write(folder: Path, ports: dict[str, int]) -> Path:
    """Write kannel.conf and its database into a folder; `ports` also has "sawt"."""
    page = (root() / "docs" / "kannel.md").read_text(encoding="utf-8")
    gateway, table, operator = re.findall(r"^```\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    with closing(sqlite3.connect(folder / "dlr.db")) as database:
        database.execute(table)
    changed = {
        "/var/spool/kannel": str(folder), "/var/log/kannel": str(folder), "ADMIN-PASSWORD": PASSWORD,
        "PASSWORD": PASSWORD, "SECRET": SECRET, "sms-resend-freq = 10": "sms-resend-freq = 1",
        "http-queue-delay = 5": "http-queue-delay = 1",
        **{str(number): str(ports[name]) for name, number in _NAMES.items()},
    }  # fmt: skip
    for word, other in changed.items():
        assert word in gateway
        gateway = gateway.replace(word, other)
    (prefix,) = re.findall("^unified-prefix = (.*)$", operator, flags=re.MULTILINE)
    file = folder / "kannel.conf"
    file.write_text(gateway + _FAKE.format(port=ports["smsc"], prefix=prefix, unroutable=UNROUTABLE), "ascii")
    return file
