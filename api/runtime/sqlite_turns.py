"""Take turns at writing to an SQLite database that other processes write to."""

from __future__ import annotations

import time

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

BUSY_TIMEOUT = 20  # milliseconds that SQLite itself waits
PATIENCE = 10.0  # seconds that a transaction waits to begin
_BUSY = "database is locked"


def begin(connection: Connection) -> None:
    """Begin a transaction that writes. Raises OperationalError if others keep the database locked all the time.

    SQLite's busy handler retries less and less often, down to ten times a second, so another process that writes one
    transaction after another keeps winning. Many short waits retry often enough.
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
