"""Take turns at writing to an SQLite database to which other processes also write."""

from __future__ import annotations

import time

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT = 20  # milliseconds that SQLite itself waits
PATIENCE = 10.0  # seconds that a transaction waits to begin
_BUSY = "database is locked"


def begin(connection: Connection) -> None:
    """Begin a transaction that writes. Raises OperationalError if the database stays locked for PATIENCE seconds.

    SQLite's own way of waiting retries less and less often, down to ten times a second. A process that writes one
    transaction after another would then always win. Many short waits retry often enough.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if _BUSY not in str(error) or time.monotonic() > until:
                raise
        else:
            return
