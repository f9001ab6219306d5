"""SQLite's connection uses its thread for work on the file alone, and never a cursor that the thread still works on."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from api.runtime.sqlite_connection import creator


async def test_only_work_on_the_file_goes_to_the_thread(tmp_path: Path) -> None:
    connection = await creator(str(tmp_path / "rows.db"))()
    cursor = await connection.cursor()
    assert connection._sent == 0
    await cursor.execute("SELECT 1")
    assert list(await cursor.fetchall()) == [(1,)]
    await cursor.close()
    assert (connection._sent, connection._done) == (2, 2)
    await connection.close()


async def test_a_cursor_is_not_closed_while_the_thread_uses_it(tmp_path: Path) -> None:
    connection = await creator(str(tmp_path / "rows.db"))()
    begun, may_end = threading.Event(), threading.Event()

    def wait() -> int:
        begun.set()
        may_end.wait()
        return 1

    await connection.create_function("wait", 0, wait)
    cursor = await connection.cursor()
    asked = asyncio.create_task(cursor.execute("SELECT wait()"))
    await asyncio.to_thread(begun.wait)
    asked.cancel()  # as a request does whose client left
    closing = asyncio.create_task(cursor.close())
    await asyncio.sleep(0)
    assert not closing.done()
    may_end.set()
    await closing
    await connection.close()


async def test_an_error_of_a_call_is_its_own(tmp_path: Path) -> None:
    connection = await creator(str(tmp_path / "rows.db"))()
    with pytest.raises(sqlite3.OperationalError, match="nothing"):
        await connection.execute("SELECT * FROM nothing")
    assert connection._sent == connection._done
    await connection.close()
