"""Whose turn it is to write into a database of SQLite, when other processes write there too."""

from __future__ import annotations

import time

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

ASKED_ANEW = 20  # milliseconds that SQLite itself waits
PATIENCE = 10.0  # seconds that a transaction waits to begin
_BUSY = "database is locked"


def begin(connection: Connection) -> None:
    """Begin a transaction that writes. Raises OperationalError where others hold the database all the time.

    SQLite's own patience asks less and less often, in the end ten times a second: whoever waits so finds it taken again
    and again while another process writes one transaction after the other. A short one, begun anew, asks often.
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
