"""Helpers for tests of the JSON API: authenticated calls, new consultations, and all rows of the database."""

from __future__ import annotations

from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import sqlalchemy

from api.db import Base
from tests.api.described import documented
from tests.consultations import main_consultation
from tests.world import API_TOKEN, World

_codes = count(1)
CONSULTATIONS = "/v1/consultations"


def as_staff(who: str | None = "amina", token: str | None = API_TOKEN) -> dict[str, str]:
    """The headers of a staff request: actor and token; None leaves one out."""
    carried = {"X-Actor": who and quote(who), "Authorization": token if token is None else f"Bearer {token}"}
    return {name: value for name, value in carried.items() if value is not None}


async def call(
    world: World,
    method: str,
    path: str,
    *,
    who: str | None = "amina",
    token: str | None = API_TOKEN,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> httpx.Response:
    """Send one staff request with additional `headers`. Its status must be one that the OpenAPI document lists."""
    answer = await world.http.request(method, path, headers=as_staff(who, token) | (headers or {}), **options)
    assert answer.status_code in documented(method, path, answer.status_code), (method, path, answer.text)
    return answer


async def every(world: World, path: str, *, limit: int = 500, **query: Any) -> list[Any]:
    """Every row of a list, read page by page."""
    rows, cursor = [], None
    while True:
        params = {**query, "limit": limit, **({"cursor": cursor} if cursor else {})}
        answer = await call(world, "GET", path, params=params)
        assert answer.status_code == 200, (path, answer.text)
        page = answer.json()
        assert set(page) == {"items", "next"}, path
        assert len(page["items"]) <= limit, path
        rows += page["items"]
        assert page["next"] is None or page["next"] != cursor, f"{path} does not go on"
        cursor = page["next"]
        if cursor is None:
            return rows


def draft(**changed: Any) -> dict[str, Any]:
    """The fields of a consultation with a new code."""
    return {**main_consultation(), "code": f"draft-{next(_codes)}", **changed}


async def created(world: World, **changed: Any) -> str:
    """Create a draft and return its code."""
    fields = draft(**changed)
    assert (await call(world, "POST", CONSULTATIONS, json=fields)).status_code == 201
    return str(fields["code"])


async def rows(world: World) -> dict[str, str]:
    """All rows of each table as one text; bytes both as letters and in hexadecimal."""
    texts = {}
    async with world.db.transaction() as session:
        for table in Base.metadata.sorted_tables:
            result = await session.execute(sqlalchemy.select(table))
            texts[table.name] = "\n".join(repr([_legible(value) for value in row]) for row in result)
    return texts


def _legible(value: Any) -> Any:
    return (value.decode("latin-1"), value.hex()) if isinstance(value, bytes) else value
